"""A real model on real frames: the maps, cuts and reference that would ship."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from detection.edge.guard.guard import Guard
from detection.edge.telemetry.domain import Domain
from detection.edge.telemetry.optics import OpticalBench
from detection.edge.telemetry.reference import Reference
from detection.edge.vision.calibration import read_calibrations, read_thresholds
from detection.errors import LabelsError, ModelError
from detection.outside import documents, inference
from detection.outside.dataset import Dataset
from detection.rules.judging.calibration.reliability import ReliabilityRow, ReliabilitySheet
from detection.rules.judging.calibration.rows import ALL, EVERY
from detection.rules.judging.operating.points import OperatingSheet
from detection.rules.spec.judging import OperatingPoint
from detection.rules.spec.spec import Spec
from detection.stages import calibrate
from detection.stages.calibrate import Calibrated, Params
from tests import examples_dataset
from tests.examples_models import CLASSES

SPEC = documents.read_document(Spec, Path("specs/spec.yaml"))
PARAMS = Params(
    isotonic_minimum=60, platt_minimum=20, condition_minimum=10, resamples=50, confidence=0.9, seed=0, threads=1
)
VAL_FRAMES = 60


def calibrated(root: Path, params: Params = PARAMS, spec: Spec = SPEC) -> Calibrated:
    variants = examples_dataset.write_model(root)
    models = inference.open_models(root / "convert", variants, params.threads)
    return calibrate.run(params, spec, Dataset.open(root), models)


def whole(result: Calibrated) -> list[ReliabilityRow]:
    """The rows of single classes, over all of val."""
    return [row for row in result.reliability.rows if row.slice == ALL and row.label != EVERY]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return examples_dataset.write(tmp_path_factory.mktemp("data"), {"val": VAL_FRAMES, "test": 8})


def test_scores_mean_more_than_they_did(root: Path) -> None:
    for row in whole(calibrated(root)):
        assert row.map == "isotonic"
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
    assert sorted(reference.views) == reference.cameras()
    assert Domain.from_json(documents.read_json(tmp_path / "out" / "domain.json")) == result.domain
    assert documents.read_value(ReliabilitySheet, tmp_path / "out" / "reliability.json") == result.reliability
    assert documents.read_value(OperatingSheet, tmp_path / "out" / "operating.json") == result.operating
    assert list(documents.read_json(tmp_path / "out" / "sets.json")) == ["test"]
    curves = (tmp_path / "out" / "plots" / "operating.csv").read_text().splitlines()
    assert curves[0] == "variant,label,threshold,precision,recall,f1,cost"
    assert len(curves) == 1 + 51 * len(CLASSES)


def test_the_reference_counts_each_scene_of_val_alone(root: Path) -> None:
    """A monitor draws whole scenes: frames of one scene are not independent."""
    reference = calibrated(root).reference
    assert [block.tally.frames for block in reference.blocks] == [examples_dataset.SCENES_OF_FRAMES] * len(
        reference.blocks
    )
    assert reference.classes == CLASSES
    assert reference.edges["score/red"].tolist() == SPEC.monitoring.edges.score
    detections = sum(reference.total().signals[f"score/{label}"].counts.sum() for label in CLASSES)
    assert detections == sum(row.detections for row in whole(calibrated(root)))


def test_the_domain_holds_nearly_all_frames_it_was_measured_on(root: Path) -> None:
    """A device that calls the validated frames foreign would be switched off."""
    result, dataset = calibrated(root), Dataset.open(root)
    bench = OpticalBench({})
    guard = Guard(result.domain, bench)
    rows = dataset.chosen("val").tolist()
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    outside = 0
    for number, row in enumerate(rows):
        camera = str(dataset.frames.camera[row])
        optics = bench.measure(inference.image_of(dataset, row), camera)
        outside += guard.judge(camera, noon + timedelta(hours=number), optics).outside
    assert outside <= 0.02 * len(rows)
    assert result.domain.sizes == frozenset({(optics.width, optics.height)})


def test_the_same_frames_give_the_same_bytes(root: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        calibrate.write(tmp_path / name, calibrated(root), examples_dataset.colours())
    for path in (path for path in (tmp_path / "a").rglob("*") if path.is_file()):
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()


def test_too_few_detections_leave_scores_alone_and_say_so(root: Path) -> None:
    result = calibrated(root, PARAMS.model_copy(update={"platt_minimum": 10_000, "isotonic_minimum": 10_000}))
    assert all("scores stay as they are" in row.warning for row in whole(result))
    assert {row.map for row in result.reliability.rows} == {"identity"}
    assert result.calibrations["fp32"].maps[0].raw.tolist() == [0.0, 1.0]


def test_a_class_is_cut_by_a_condition_where_the_spec_asks_and_objects_suffice(root: Path) -> None:
    point = {"label": "every", "policy": {"kind": "cost", "false_detection": 1, "missed_object": 4}, "by": "lighting"}
    spec = SPEC.model_copy(update={"operating_points": [OperatingPoint.model_validate(point)]})
    result = calibrated(root, spec=spec)
    values = ["lighting=bright", "lighting=normal", "lighting=dim", "lighting=dusk"]
    assert [row.by for row in result.operating.rows if row.label == CLASSES[0]] == ["", *values]
    chosen = {(row.label, row.by): row.cut for row in result.operating.rows}
    dusk = result.thresholds["fp32"].under({"lighting": "dusk"}).common(CLASSES)
    assert dusk == {label: chosen[label, "lighting=dusk"] for label in CLASSES}
    assert result.thresholds["fp32"].common(CLASSES) == {label: chosen[label, ""] for label in CLASSES}
    few = calibrated(root, PARAMS.model_copy(update={"condition_minimum": 10_000}), spec)
    assert few.thresholds["fp32"].under({"lighting": "dusk"}).common(CLASSES) == few.thresholds["fp32"].common(CLASSES)
    assert all("cut in common" in row.warning for row in few.operating.rows if row.by)


def test_labels_that_judge_have_no_say_in_what_ships_but_their_change_shows(root: Path) -> None:
    """A cut chosen where it is judged would be praised for its luck."""
    dataset = Dataset.open(root)
    models = inference.open_models(root / "convert", examples_dataset.colours(), 1)
    judging = np.isin(dataset.labels.frame, dataset.frames.id[dataset.chosen("test")])
    without = replace(dataset, labels=dataset.labels.take(~judging))
    before, after = (calibrate.run(PARAMS, SPEC, one, models) for one in (dataset, without))
    assert after.thresholds["fp32"].common(CLASSES) == before.thresholds["fp32"].common(CLASSES)
    assert after.calibrations["fp32"].to_json(CLASSES) == before.calibrations["fp32"].to_json(CLASSES)
    assert after.sets != before.sets


def test_no_val_frame_is_said_and_not_survived(tmp_path: Path) -> None:
    examples_dataset.write(tmp_path, {"test": 4})
    with pytest.raises(LabelsError, match="split val holds no frame"):
        calibrated(tmp_path)


def test_a_model_that_says_nothing_keeps_its_scores_and_is_warned_of(root: Path) -> None:
    silent = SPEC.model_copy(update={"output": SPEC.output.model_copy(update={"score_floor": 1.0})})
    result = calibrated(root, spec=silent)
    assert {row.map for row in whole(result)} == {"identity"}
    assert all(row.warning.startswith("0 detections") for row in whole(result))
    assert {row.recall for row in result.operating.rows} == {0.0}
    assert all(row.warning for row in result.operating.rows)


def test_val_without_an_object_is_warned_of(root: Path) -> None:
    """Every detection is wrong then, and a map to next to nothing silences the class: not without a word."""
    dataset = Dataset.open(root)
    dataset = replace(dataset, labels=dataset.labels.take(np.zeros(0, np.int64)))
    models = inference.open_models(root / "convert", examples_dataset.write_model(root), 1)
    result = calibrate.run(PARAMS, SPEC, dataset, models)
    assert all("detections found an object: scores are mapped to next to 0" in row.warning for row in whole(result))
    assert all(row.recall is None and row.warning for row in result.operating.rows)


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
