"""Rows of the error sheet: counts, costs and F1 of every class in a slice."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.judging.errors.rows import Place, error_rows, examined, f1_gains, ranked
from detection.rules.judging.errors.sheet import EVERY, ErrorRow, ErrorSheet
from detection.rules.judging.errors.taxonomy import KINDS
from tests.examples_errors import every_kind, predictions, truth

LABELS = ("box", "tube")
PLACE = Place("fp32", "test", "all")


def rows(frames: int = 8) -> dict[tuple[str, str], ErrorRow]:
    """Of the example with every kind, in its first ``frames`` frames, by class and kind."""
    found = error_rows(PLACE, ranked(every_kind(), 2), np.arange(8) < frames, LABELS)
    return {(row.label, row.kind): row for row in found}


def test_every_class_and_kind_has_a_row() -> None:
    assert list(rows()) == [
        (label, kind) for label in (EVERY, *LABELS) for kind in (*KINDS, "false positives", "false negatives")
    ]


def test_errors_are_counted_where_they_are_said_and_missed_objects_where_they_are() -> None:
    """One of each kind but ``missed``; frame 6 is found below the threshold, so more is missed of what is shown."""
    found = rows()
    assert [found[EVERY, kind].count for kind in KINDS] == [1, 1, 1, 1, 1, 2]
    assert [found[EVERY, kind].shown for kind in KINDS] == [1, 1, 1, 1, 1, 3]
    assert (found["tube", "classification"].shown, found["box", "classification"].shown) == (1, 0)
    assert (found["box", "missed"].shown, found["tube", "missed"].shown) == (3, 0)
    assert found[EVERY, "false positives"].shown == 5
    assert found[EVERY, "false negatives"].shown == 5


def test_f1_rises_as_if_the_errors_had_not_been_made() -> None:
    """2 right of 7 detections and 7 objects; three objects are missed, two more stand under other errors."""
    found = rows()
    before = 2 * 2 / (7 + 7)
    assert found[EVERY, "missed"].df1 == pytest.approx(2 * 5 / (10 + 7) - before)
    assert found[EVERY, "background"].df1 == pytest.approx(2 * 2 / (6 + 7) - before)
    assert found[EVERY, "localisation"].df1 == pytest.approx(2 * 3 / (7 + 7) - before)
    assert found[EVERY, "false positives"].df1 == pytest.approx(2 * 2 / (2 + 7) - before)
    assert found[EVERY, "false negatives"].df1 == pytest.approx(2 * 7 / (12 + 7) - before)


def test_a_confusion_mended_is_a_detection_of_the_class_that_is_there() -> None:
    """In frame 0 nothing says box and a box is there; mended, nothing says tube any longer and none is there."""
    found = rows(1)
    assert found["box", "classification"].df1 == pytest.approx(1.0)
    assert found["tube", "classification"].df1 is None
    assert found["tube", "classification"].dap_every_class == pytest.approx(1.0)
    assert np.isnan(f1_gains(ranked(every_kind(), 2).shown, np.zeros(8, bool))).all()


def test_a_slice_without_objects_has_no_dap() -> None:
    one = examined("fp32", truth(), predictions((0, 0, 0, 0.9)), np.array([True]), 0.5)
    found = {(r.label, r.kind): r for r in error_rows(PLACE, ranked(one, 1), np.array([True]), ["box"])}
    assert found["box", "background"].dap is None
    assert found["box", "background"].shown == 1
    assert found["box", "background"].df1 is None
    assert found["box", "false positives"].dap_every_class is None


def test_the_mean_of_the_classes_dap_is_that_of_all() -> None:
    found = rows()
    for kind in ("classification", "localisation", "missed"):
        own = [found[label, kind].dap for label in LABELS]
        assert found[EVERY, kind].dap == pytest.approx(np.mean([d for d in own if d is not None]))


def test_the_worst_kind_is_the_one_that_costs_most_f1() -> None:
    sheet = ErrorSheet(tuple(rows().values()), (), 0.5, 0.1)
    worst = sheet.worst("fp32", "test")
    assert worst is not None
    assert worst.kind == "missed"
    assert sheet.worst("fp32", "golden") is None
