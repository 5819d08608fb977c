"""Agreement: measured, written, and a floor."""

from __future__ import annotations

from pathlib import Path

import pytest

from detection.errors import LabelsError
from detection.outside import documents, tables
from detection.outside.exits import status_of
from detection.rules.labels.agreement.pairs import Agreement
from detection.rules.labels.intake.arrivals import Tables
from detection.stages import agreement
from detection.stages.agreement import Settled
from tests.examples_labels import SPEC, collected, said

ROOT = Path(__file__).parents[2]
A, B = ("box", 0.0, 0.0, 10.0, 10.0), ("box", 20.0, 20.0, 30.0, 30.0)


def _settled(made: Tables) -> Settled:
    return agreement.run(made.boxes, made.assignments, SPEC.classes, SPEC.labelling)


def test_labels_that_agree_go_on() -> None:
    """One set of labels per frame."""
    settled = _settled(collected((said("ann-1", A), said("ann-2", A)), (said("ann-1", B), said("ann-2", B))))
    agreement.refuse(settled)
    assert (len(settled.agreed.labels), len(settled.agreed.labelled)) == (2, 2)


def test_disagreement_stops_the_run_with_class_value_floor_and_frames() -> None:
    """The message is what people take to the meeting."""
    settled = _settled(collected((said("ann-1", A, B), said("ann-2"))))
    with pytest.raises(
        LabelsError, match=r"class box: F1 0\.000 \(needs 0\.85\) at IoU 0\.5; they differ most in [0-9a-f]"
    ):
        agreement.refuse(settled)


def test_one_annotator_is_said_and_does_not_stop_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Public data sets have one; nothing is claimed about them."""
    made = collected((said("original", A),), (said("original"),))
    tables.write_annotations(tmp_path / "data" / "validate" / "boxes.parquet", made.boxes)
    tables.write_assignments(tmp_path / "data" / "validate" / "assignments.parquet", made.assignments)
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "spec.yaml").write_bytes((ROOT / "specs" / "spec.yaml").read_bytes())
    (tmp_path / "params.yaml").write_text("agreement: {}\n")
    monkeypatch.chdir(tmp_path)
    assert status_of(agreement.main) == 0
    assert "one annotator: agreement not measurable" in capsys.readouterr().out
    written = documents.read_value(Agreement, tmp_path / "data" / "agreement" / "agreement.json")
    assert [c.f1 for c in written.classes] == [None, None, None]
    assert len(tables.read_assignments(tmp_path / "data" / "agreement" / "labelled.parquet")) == 2
