"""Real models, real frames: what its stages observed counts only if it is of today's sets, models and thresholds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from detection.errors import LabelsError, ModelError
from detection.outside import documents, tables
from detection.outside.contenders.examining import Terms, compared, contestant, why_again
from detection.outside.contenders.opening import open_contender
from detection.outside.dataset import Dataset
from detection.rules.judging.comparison.guardrails import Drawing
from detection.rules.judging.comparison.promotion import replay
from detection.rules.judging.comparison.sheet import ComparisonSheet
from tests import examples_contenders, examples_dataset
from tests.examples_contenders import PLAIN, SPEC

TERMS = Terms(SPEC, Drawing(200, 0, 0.95), timed=10, threads=1, again=False)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A workspace whose model was evaluated."""
    root = examples_dataset.write(tmp_path / "data", {"val": 4, "test": 40, "golden": 12})
    examples_contenders.write(root)
    examples_contenders.write_observations(root, Dataset.open(root))
    return root


def reason(data: Path) -> str:
    """Why the workspace's model must be run again."""
    return why_again(open_contender(str(data)), Dataset.open(data), SPEC)


def test_what_was_observed_of_the_same_sets_models_and_thresholds_counts(data: Path) -> None:
    """Nothing is run twice without a reason."""
    assert reason(data) == ""


def test_running_again_observes_the_same(data: Path) -> None:
    """The examination is that of stage evaluate, and not another."""
    opened, dataset = open_contender(str(data)), Dataset.open(data)
    stored = contestant(opened, dataset, TERMS)
    again = contestant(opened, dataset, Terms(SPEC, TERMS.drawing, 0, 1, again=True))
    assert (stored.side.rescored, again.side.rescored) == ("", "it was asked for")
    first, second = stored.observations.to_columns(), again.observations.to_columns()
    assert first.keys() == second.keys()
    for name, column in first.items():
        same = np.array_equal(column, second[name], equal_nan=column.dtype.kind == "f")
        assert same, name


def test_a_threshold_that_was_moved_since_is_noticed(data: Path) -> None:
    """Otherwise the comparison would be of a model that does not ship."""
    examples_contenders.write_thresholds(data, 0.7)
    assert "thresholds" in reason(data)


def test_a_map_that_was_fitted_since_is_noticed(data: Path) -> None:
    """Scores of another scale were cut."""
    path = data / "calibrate" / "calibration.json"
    maps = documents.read_json(path)
    maps["fp32"]["red"] = {"raw": [0.0, 1.0], "calibrated": [0.0, 0.9]}
    path.write_text(json.dumps(maps))
    assert "calibration" in reason(data)


def test_a_label_that_was_mended_since_is_noticed(data: Path) -> None:
    """The set is another, so the figures are."""
    labels = tables.read_annotations(data / "agreement" / "labels.parquet")
    splits = tables.read_columns(data / "split" / "splits.parquet")
    golden = splits["frame"][splits["split"] == "golden"]
    labels.corners[np.flatnonzero(np.isin(labels.frame, golden))[0]] += 3
    tables.write_annotations(data / "agreement" / "labels.parquet", labels)
    assert reason(data) == "it was scored on other frames or labels (golden)"


def test_a_model_without_observations_is_run(data: Path) -> None:
    """Such as a folder of models that somebody sent."""
    (data / "evaluate" / "observations.parquet").unlink()
    assert reason(data) == "it came without observations"


def test_scores_of_another_version_are_no_reason_to_stop(data: Path) -> None:
    """An old release must stay comparable."""
    (data / "evaluate" / "scores.json").write_text('{"rows": "of old"}')
    assert "another version" in reason(data)


def sheet_of(data: Path, shift_px: float) -> ComparisonSheet:
    """A champion whose boxes are off, against the workspace."""
    champion = data.parent / "champion"
    examples_contenders.write(champion, shift_px)
    return compared(str(champion), "workspace", TERMS, data.parent)


def test_a_challenger_that_places_boxes_better_leads(data: Path) -> None:
    """From models and frames to the standing, and the champion was run again because it brought no observations."""
    sheet = sheet_of(data, shift_px=3)
    assert sheet.benefit.standing == "BETTER"
    assert (sheet.champion.rescored, sheet.challenger.rescored) == ("it came without observations", "")
    assert set(sheet.set_digests) == {"test", "golden"}
    assert replay(sheet) == sheet.recommendation


def test_a_sheet_is_read_back_as_it_was_written(data: Path, tmp_path: Path) -> None:
    """The document is what replays."""
    sheet = sheet_of(data, shift_px=3)
    documents.write_value(tmp_path / "comparison.json", sheet)
    assert documents.read_value(ComparisonSheet, tmp_path / "comparison.json") == sheet


def test_the_workspace_against_itself_is_a_tie(data: Path) -> None:
    """The champion stays."""
    sheet = compared("workspace", "workspace", TERMS, data.parent)
    assert (sheet.benefit.standing, sheet.recommendation.advice) == ("TIE", "KEEP")
    assert {one.verdict for one in sheet.guardrails if one.watch != "latency"} == {"PASS"}


def test_a_model_of_other_classes_is_refused(data: Path) -> None:
    """Its mean would be over other things."""
    with pytest.raises(ModelError, match=r"expected the classes of specs/spec\.yaml, box, polybag, tube"):
        compared("workspace", "workspace", Terms(PLAIN, TERMS.drawing, 0, 1, again=False), data.parent)


def test_a_set_without_frames_decides_nothing(data: Path) -> None:
    """Said, and not survived."""
    challenge = SPEC.model_copy(update={"comparison": SPEC.comparison.model_copy(update={"set": "challenge"})})
    with pytest.raises(LabelsError, match="set challenge holds no frame"):
        compared("workspace", "workspace", Terms(challenge, TERMS.drawing, 0, 1, again=False), data.parent)


def test_a_class_that_came_later_counts_as_missed_by_the_champion_and_is_asked_of_the_challenger(data: Path) -> None:
    """A new kind of object is a reason for a challenger, not against a comparison."""
    newer = SPEC.classes[0].model_copy(update={"id": "crate"})
    spec = SPEC.model_copy(update={"classes": [*SPEC.classes, newer]})
    assert why_again(open_contender(str(data)), Dataset.open(data), spec).startswith("it knows no crate: all of them")
    with pytest.raises(ModelError, match="expected the classes of"):
        compared("workspace", "workspace", Terms(spec, TERMS.drawing, 0, 1, again=False), data.parent)
