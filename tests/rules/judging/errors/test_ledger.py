"""The ledger: a row an error that is shown."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.judging.errors.ledger import ledger, overlaps, to_columns
from detection.rules.judging.errors.rows import examined
from detection.rules.judging.errors.taxonomy import KINDS
from tests.examples_errors import every_kind, predictions, truth


def test_every_error_that_is_shown_has_a_row() -> None:
    errors = ledger(every_kind())
    assert sorted(errors.frame.tolist()) == [0, 1, 2, 2, 3, 4, 5, 6]
    assert [KINDS[kind] for kind in errors.kind[:5]] == list(KINDS[:5])
    assert {KINDS[kind] for kind in errors.kind[5:]} == {"missed"}


def test_a_missed_object_knows_the_detection_below_the_threshold() -> None:
    errors = ledger(every_kind())
    missed = dict(zip(errors.frame[5:].tolist(), errors.score[5:].tolist(), strict=True))
    assert missed[6] == pytest.approx(0.2)
    assert np.isnan(missed[5])


def test_a_duplicate_knows_how_much_it_overlaps_the_detection_that_won() -> None:
    errors = ledger(every_kind())
    duplicate = errors.kind == KINDS.index("duplicate")
    assert errors.rival[duplicate].tolist() == [pytest.approx(19 / 21)]
    assert np.isnan(errors.rival[~duplicate]).all()


def test_columns_carry_names_for_numbers() -> None:
    errors = ledger(every_kind())
    names = {"frame": np.array([f"frame-{i}" for i in range(8)], object)}
    columns = to_columns(errors, names, ("box", "tube"))
    assert columns["frame"][0] == "frame-0"
    assert (columns["kind"][0], columns["label"][0], columns["other"][0]) == ("classification", "tube", "box")
    assert columns["other"][4] == ""
    assert columns["x1"][0] == 101


def test_no_errors_are_no_rows() -> None:
    errors = ledger(examined("x", truth(), predictions(), np.zeros(0, bool), 0.5))
    assert len(errors) == 0
    assert all(len(column) == 0 for column in to_columns(errors, {}, ("box",)).values())


def test_empty_boxes_overlap_by_nothing() -> None:
    box = np.array([[5.0, 5.0, 5.0, 5.0]])
    assert overlaps(box, box).tolist() == [0.0]
