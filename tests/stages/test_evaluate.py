"""A real model on real frames: every variant, set, class and condition that has frames, and no other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detection.edge.vision.calibration import ConditionCut, Thresholds, identity, spell_thresholds
from detection.errors import LabelsError
from detection.outside import documents, exits, files, inference, tables
from detection.outside.dataset import Dataset
from detection.outside.examination import Shipped
from detection.rules.judging import sets
from detection.rules.judging.calibration.reliability import ReliabilitySheet
from detection.rules.judging.scores.observations import FrameFacts, Observations
from detection.rules.judging.scores.rows import ScoreSheet
from detection.rules.spec.spec import Spec
from detection.stages import evaluate
from detection.stages.evaluate import Asked, Evaluation, Params
from tests import examples_dataset
from tests.examples_models import CLASSES

SPEC = documents.read_document(Spec, Path("specs/spec.yaml"))
SETTINGS = inference.settings_of(SPEC.output)
PARAMS = Params(resamples=20, confidence=0.95, seed=0, threads=1)
CUTS = Thresholds(np.array([0.5, 0.6, 0.7], np.float32))


def evaluated(root: Path, cuts: Thresholds = CUTS) -> Evaluation:
    variants = examples_dataset.write_model(root)
    models = inference.open_models(root / "convert", variants, 1)
    shipped = Shipped(models, {"fp32": identity(len(CLASSES))}, {"fp32": cuts}, {"fp32": variants.variants[0].sha256})
    dataset = Dataset.open(root)
    return evaluate.run(PARAMS, asked(dataset), dataset, shipped)


def asked(dataset: Dataset) -> Asked:
    """By thresholds that were chosen with these very sets."""
    chosen_with = sets.digests(dataset.frames, dataset.labels, dataset.split_of)
    return Asked(SETTINGS, SPEC.judging, ReliabilitySheet((), 0.5, 20, 0.95, 0), chosen_with)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return examples_dataset.write(tmp_path_factory.mktemp("data"), {"val": 4, "test": 40, "golden": 16})


@pytest.fixture(scope="module")
def result(root: Path) -> Evaluation:
    return evaluated(root)


def test_a_set_without_frames_has_no_rows(result: Evaluation) -> None:
    assert {row.set for row in result.scores.rows} == {"test", "golden"}


def test_every_set_has_rows_for_every_class_and_condition(result: Evaluation) -> None:
    of_golden = {(row.slice, row.label) for row in result.scores.rows if row.set == "golden"}
    slices = {"all", "lighting=bright", "lighting=dusk", "crowding=sparse"}
    slices |= {f"lighting={light},crowding=sparse" for light in ("bright", "dusk")}
    slices |= {f"size={size}" for size in ("small", "medium", "large")}
    assert of_golden == {(part, label) for part in slices for label in ("every", *CLASSES)}


def test_the_parts_of_a_condition_add_up_to_the_set(result: Evaluation) -> None:
    whole = result.scores.row("fp32", "test")
    parts = [result.scores.row("fp32", "test", slice=f"lighting={light}") for light in ("bright", "dusk")]
    assert whole is not None
    for name in ("frames", "truths", "detections", "correct"):
        assert getattr(whole, name) == sum(getattr(part, name) for part in parts)


def test_whole_sets_have_intervals_over_their_groups(result: Evaluation) -> None:
    whole = result.scores.row("fp32", "test")
    assert whole is not None
    assert whole.ap50 is not None
    interval = whole.intervals.ap50
    assert interval is not None
    assert interval.groups == whole.groups == 40 // examples_dataset.SCENES_OF_FRAMES
    assert interval.lower <= whole.ap50 <= interval.upper


def test_the_observations_count_what_the_scores_count(result: Evaluation) -> None:
    """So the gate cannot see other numbers than the report."""
    seen = result.observations
    for row in result.scores.rows:
        if row.slice == "all" and row.label != "every":
            ours = (seen.set == row.set) & (seen.label == row.label)
            shown, there = ours & (seen.kind == "detection") & seen.kept, ours & (seen.kind == "object")
            assert (shown.sum(), seen.correct[shown].sum()) == (row.detections, row.correct)
            assert (there.sum(), seen.correct[there].sum()) == (row.truths, row.correct)


def test_everything_written_reads_back(result: Evaluation, tmp_path: Path) -> None:
    evaluate.write(tmp_path / "out", result)
    assert documents.read_value(ScoreSheet, tmp_path / "out" / "scores.json") == result.scores
    seen = Observations.from_columns(tables.read_columns(tmp_path / "out" / "observations.parquet"))
    assert np.array_equal(seen.correct, result.observations.correct)
    assert set(seen.conditions) == {"lighting", "crowding"}
    frames = FrameFacts.from_columns(tables.read_columns(tmp_path / "out" / "frames.parquet"))
    assert set(frames.set) == {"test", "golden"}
    assert len(frames) == 56
    said = documents.read_value(ReliabilitySheet, tmp_path / "out" / "reliability.json")
    assert {row.set for row in said.rows} == {"test", "golden"}
    found = tables.read_columns(tmp_path / "out" / "predictions.parquet")
    assert list(found) == ["variant", "set", "frame", "label", "score", "x1", "y1", "x2", "y2"]
    assert documents.read_json(tmp_path / "out" / "metrics.json")["fp32"]["golden"]["ap50"] > 0
    for name in ("precision_recall", "threshold", "reliability"):
        lines = (tmp_path / "out" / "plots" / f"{name}.csv").read_text().splitlines()
        assert lines[0].startswith("variant,label,")
        assert {line.split(",")[1] for line in lines[1:]} == set(CLASSES)
    assert (tmp_path / "out" / "plots" / "mean_precision_recall.csv").read_text().startswith("recall,fp32\n0,")


def test_the_same_frames_give_the_same_bytes(root: Path, result: Evaluation, tmp_path: Path) -> None:
    evaluate.write(tmp_path / "a", result)
    evaluate.write(tmp_path / "b", evaluated(root))
    for path in (path for path in (tmp_path / "a").rglob("*") if path.is_file()):
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()


def test_no_frozen_frame_is_said_and_not_survived(tmp_path: Path) -> None:
    examples_dataset.write(tmp_path, {"val": 4})
    with pytest.raises(LabelsError, match="hold no frame"):
        evaluated(tmp_path)


def test_a_set_that_changed_after_thresholds_were_chosen_is_refused(root: Path) -> None:
    """Whoever moved a label after the cut was chosen has chosen the cut for another exam."""
    variants = examples_dataset.write_model(root)
    models = inference.open_models(root / "convert", variants, 1)
    shipped = Shipped(models, {"fp32": identity(len(CLASSES))}, {"fp32": CUTS}, {"fp32": variants.variants[0].sha256})
    dataset = Dataset.open(root)
    then = asked(dataset)
    dataset.labels.corners[np.searchsorted(dataset.labels.frame, dataset.frames.id[dataset.chosen("golden")[0]])] += 3
    with pytest.raises(LabelsError, match="set golden: frames or labels changed after the thresholds were chosen"):
        evaluate.run(PARAMS, then, dataset, shipped)


def test_thresholds_of_another_model_are_refused(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What 0.5 means was measured on the other model's scores."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/spec.yaml").write_bytes(Path("specs/spec.yaml").read_bytes())
    (tmp_path / "params.yaml").write_text("evaluate: {resamples: 20, confidence: 0.95, seed: 0, threads: 1}\n")
    examples_dataset.write_model(tmp_path / "data")
    calibration = {"fp32": identity(len(CLASSES)).to_json(CLASSES)}
    files.write_json(tmp_path / "data/calibrate/calibration.json", calibration)
    other = spell_thresholds({"fp32": CUTS}, CLASSES, {"fp32": "b" * 64})
    files.write_json(tmp_path / "data/calibrate/thresholds.json", other)
    monkeypatch.chdir(tmp_path)
    assert exits.status_of(evaluate.main) == 1
    assert "thresholds.json: fp32: was chosen for the model bbbbbbbbbbbb..., expected" in capsys.readouterr().err
    assert not (tmp_path / "data/evaluate").exists()


def test_a_cut_for_dusk_holds_at_dusk_alone(root: Path, result: Evaluation) -> None:
    """Class 0 is cut at 0 at dusk, so everything above the floor is shown there and nothing changes elsewhere."""
    special = Thresholds(CUTS.per_class, (ConditionCut(0, "lighting", "dusk", 0.0),))
    seen = evaluated(root, special).observations
    dusk = (seen.conditions["lighting"] == "dusk") & (seen.label == CLASSES[0])
    assert seen.kept[dusk].all()
    assert not result.observations.kept[dusk].all()
    assert np.array_equal(seen.kept[~dusk], result.observations.kept[~dusk])
