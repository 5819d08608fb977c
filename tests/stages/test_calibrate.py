"""A real model on real frames: the maps, cuts and reference that would ship."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detection.edge.telemetry.reference import Reference
from detection.edge.vision.calibration import read_calibrations, read_thresholds
from detection.errors import LabelsError, ModelError
from detection.outside import documents, inference
from detection.outside.dataset import Dataset
from detection.rules.judging.calibration.maps import ReliabilitySheet
from detection.rules.spec.spec import Spec
from detection.stages import calibrate
from detection.stages.calibrate import Calibrated, Params
from tests import examples_dataset
from tests.examples_models import CLASSES

SPEC = documents.read_document(Spec, Path("specs/spec.yaml"))
SETTINGS = inference.settings_of(SPEC.output)
PARAMS = Params(minimum_detections=20, threads=1)
VAL_FRAMES = 60


def calibrated(root: Path, params: Params = PARAMS) -> Calibrated:
    variants = examples_dataset.write_model(root)
    models = inference.open_models(root / "convert", variants, params.threads)
    return calibrate.run(params, SETTINGS, SPEC.monitoring, Dataset.open(root), models)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return examples_dataset.write(tmp_path_factory.mktemp("data"), {"val": VAL_FRAMES, "test": 8})


def test_scores_mean_more_than_they_did(root: Path) -> None:
    for row in calibrated(root).reliability.rows:
        assert row.raw.error is not None
        assert row.calibrated.error is not None
        assert row.calibrated.error < row.raw.error
        assert row.warning == ""


def test_a_device_reads_what_the_stage_writes(root: Path, tmp_path: Path) -> None:
    result = calibrated(root)
    variants = examples_dataset.colours()
    calibrate.write(tmp_path / "out", result, variants)
    models = {"fp32": variants.variants[0].sha256}
    maps = read_calibrations(documents.read_json(tmp_path / "out" / "calibration.json"), CLASSES)["fp32"]
    cuts = read_thresholds(documents.read_json(tmp_path / "out" / "thresholds.json"), CLASSES, models)["fp32"]
    reference = Reference.from_json(documents.read_json(tmp_path / "out" / "reference.json"))
    assert np.array_equal(cuts.per_class, result.thresholds["fp32"].per_class)
    assert np.array_equal(maps.maps[1].calibrated, result.calibrations["fp32"].maps[1].calibrated)
    assert reference.total().frames == VAL_FRAMES
    assert documents.read_value(ReliabilitySheet, tmp_path / "out" / "reliability.json") == result.reliability


def test_the_reference_counts_each_scene_of_val_alone(root: Path) -> None:
    """A monitor draws whole scenes: frames of one scene are not independent."""
    reference = calibrated(root).reference
    assert [block.tally.frames for block in reference.blocks] == [examples_dataset.SCENES_OF_FRAMES] * len(
        reference.blocks
    )
    assert reference.edges["score"].tolist() == SPEC.monitoring.score_edges
    detections = reference.total().signals["score"].counts.sum()
    assert detections == sum(row.detections for row in calibrated(root).reliability.rows)


def test_the_same_frames_give_the_same_bytes(root: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        calibrate.write(tmp_path / name, calibrated(root), examples_dataset.colours())
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_too_few_detections_leave_scores_alone_and_say_so(root: Path) -> None:
    result = calibrated(root, Params(minimum_detections=10_000, threads=1))
    assert all("scores stay as they are" in row.warning for row in result.reliability.rows)
    assert result.calibrations["fp32"].maps[0].raw.tolist() == [0.0, 1.0]


def test_no_val_frame_is_said_and_not_survived(tmp_path: Path) -> None:
    examples_dataset.write(tmp_path, {"test": 4})
    with pytest.raises(LabelsError, match="split val holds no frame"):
        calibrated(tmp_path)


def test_another_model_than_the_converted_one_is_refused(root: Path, tmp_path: Path) -> None:
    variants = examples_dataset.write_model(tmp_path)
    content = bytearray((tmp_path / "convert" / "fp32.onnx").read_bytes())
    content[-1] ^= 1
    (tmp_path / "convert" / "fp32.onnx").write_bytes(bytes(content))
    with pytest.raises(ModelError, match=r"fp32\.onnx: SHA-256 is"):
        inference.open_models(tmp_path / "convert", variants, 1)


def test_labels_the_model_does_not_know_are_refused(root: Path) -> None:
    dataset = Dataset.open(root)
    with pytest.raises(ModelError, match="frames are labelled blue, the model knows red, green"):
        inference.truth_of(dataset, dataset.chosen("val"), ("red", "green"))
