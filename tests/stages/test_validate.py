"""Validate: findings are written, and some of them stop the run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import yaml

from detection.errors import LabelsError, SourceError
from detection.outside import documents, tables
from detection.outside.exits import status_of
from detection.rules.labels.findings.coverage import Coverage
from detection.rules.labels.intake.arrivals import Rejected, Tables
from detection.rules.labels.intake.collection import Collection
from detection.stages import collect, validate
from detection.stages.validate import Validated
from tests.examples_labels import SPEC, Box, collected, said

ROOT = Path(__file__).parents[2]
GOOD: Box = ("box", 1, 1, 9, 9)


def _collection(*rejected: Rejected) -> Collection:
    return Collection("voc", "scenes", "0" * 64, 1, 1, ("ann-1",), rejected)


def _validated(made: Tables, *rejected: Rejected) -> Validated:
    return validate.run(made, _collection(*rejected), SPEC.classes, SPEC.conditions, SPEC.labelling)


def _refuse(made: Tables, *rejected: Rejected, share: float = 0.02) -> None:
    validate.refuse(_validated(made, *rejected), made, _collection(*rejected), share)


def test_what_collect_set_aside_is_a_finding() -> None:
    """With the severity that the spec gives it."""
    validated = _validated(collected((said("ann-1", GOOD),)), Rejected("a.jpg", "unreadable", "half a file"))
    assert [(f.finding, f.severity, f.name, f.detail) for f in validated.findings if f.finding != "coverage"] == [
        ("unreadable", "warning", "a.jpg", "half a file")
    ]


def test_what_is_not_covered_is_a_finding() -> None:
    """All four lightings and both crowdings are missing from an unlit frame."""
    details = [f.detail for f in _validated(collected((said("ann-1", GOOD),))).findings if f.finding == "coverage"]
    assert "lighting dusk: 0 frames (needs 40); needs 40 more" in details


def test_an_unknown_class_stops_the_run_and_says_the_fix() -> None:
    """The default spec calls it blocking: an object nobody decided about would become background."""
    with pytest.raises(LabelsError, match=r"class 'crate' on 1 box\(es\).*declare it in the spec"):
        _refuse(collected((said("ann-1", GOOD, ("crate", 1, 1, 9, 9)),)))


def test_an_unknown_class_that_the_spec_calls_a_warning_goes_without_its_boxes() -> None:
    """The boxes are dropped, which counts as rejecting them."""
    labelling = SPEC.labelling.model_copy(update={"findings": {"unknown-class": "warning"}})
    made = collected((said("ann-1", GOOD, ("crate", 1, 1, 9, 9)),))
    validated = validate.run(made, _collection(), SPEC.classes, SPEC.conditions, labelling)
    assert validated.accepted.boxes.label.tolist() == ["box"]
    with pytest.raises(LabelsError, match=r"1 of 2 boxes rejected: 0\.500 \(at most 0\.02\)"):
        validate.refuse(validated, made, _collection(), 0.02)


@pytest.mark.parametrize(("bad", "stops"), [(2, False), (3, True)])
def test_more_rejected_boxes_than_the_spec_allows_stop_the_run(bad: int, stops: bool) -> None:
    """Two of a hundred are allowed by the default."""
    boxes = [("box", 1, 1, 9 + n / 8, 9) for n in range(100 - bad)] + [("box", 5, 5, 5, 5 + n) for n in range(bad)]
    made = collected((said("ann-1", *boxes),))
    if stops:
        with pytest.raises(LabelsError, match="3 of 100 boxes rejected"):
            _refuse(made)
    else:
        _refuse(made)


def test_rejected_frames_count_and_duplicates_do_not() -> None:
    """A copy is no fault; half a file is."""
    made = collected((said("ann-1", GOOD),))
    _refuse(made, Rejected("a.jpg", "duplicate-frame", "twice"))
    with pytest.raises(LabelsError, match="1 of 2 frames rejected"):
        _refuse(made, Rejected("a.jpg", "unreadable", "half a file"))


def test_no_frames_are_an_error() -> None:
    """Nothing later can be said about nothing."""
    with pytest.raises(SourceError, match="no frame is left"):
        _refuse(collected())


def test_findings_are_written_even_when_they_stop_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """People mend what the table names; a stop without the table would hide it."""
    monkeypatch.chdir(tmp_path)
    made = collected((said("ann-1", GOOD, ("crate", 1, 1, 9, 9), ("box", 5, 5, 5, 5)),))
    folder = tmp_path / "data" / "collect"
    tables.write_frames(folder / "frames.parquet", made.frames)
    tables.write_frames(folder / "duplicates.parquet", made.frames.take(np.zeros(0, np.int64)))
    tables.write_annotations(folder / "boxes.parquet", made.boxes)
    tables.write_assignments(folder / "assignments.parquet", made.assignments)
    documents.write_value(folder / "source.json", _collection())
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "spec.yaml").write_bytes((ROOT / "specs" / "spec.yaml").read_bytes())
    (tmp_path / "params.yaml").write_text("validate: {}\n")
    assert status_of(validate.main) == 1
    assert "unknown-class: class 'crate'" in capsys.readouterr().err
    found = tables.read_columns(tmp_path / "data" / "validate" / "findings.parquet")
    assert {"unknown-class", "degenerate-box", "coverage"} == set(found["finding"])
    coverage = documents.read_value(Coverage, tmp_path / "data" / "validate" / "coverage.json")
    assert coverage.frames == 1


@pytest.mark.real_data
def test_the_degenerate_boxes_of_a_public_set_are_named_and_do_not_stop_it(
    real_data: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of 4,888, published beside the data."""
    preset = ROOT / "specs" / "examples" / "bccd"
    params = yaml.safe_load((preset / "params.yaml").read_text())
    params["collect"]["path"] = str(real_data("bccd"))
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "spec.yaml").write_bytes((preset / "spec.yaml").read_bytes())
    monkeypatch.chdir(tmp_path)
    assert (status_of(collect.main), status_of(validate.main)) == (0, 0)
    found = tables.read_columns(Path("data/validate/findings.parquet"))
    assert found["finding"].tolist() == ["degenerate-box"] * 2
    assert sorted(str(name)[-9:] for name in found["name"]) == ["00338.jpg", "00343.jpg"]
