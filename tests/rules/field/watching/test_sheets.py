"""Many rows at once give what one row gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from detection.rules.field.watching.distances import js, psi
from detection.rules.field.watching.sheets import Layout, Sheet, Sides, apart
from detection.rules.field.watching.tally import Counts, Tally
from tests.examples_drift import minutes

ROWS = arrays.arrays(np.int64, (3, 9), elements=st.integers(0, 500))


def tally(table: Counts) -> Tally:
    """Two signals, of four and of five bins."""
    whole = np.ones(len(table), np.int64)
    return Tally(np.full(len(table), "a", object), whole, whole, {"x": table[:, :4], "y": table[:, 4:]})


@given(ROWS, ROWS)
def test_all_signals_of_all_rows_at_once_are_each_of_them_alone(before: Counts, after: Counts) -> None:
    """To the precision of what counts are kept in."""
    layout = Layout.of(tally(before))
    one_side, other_side = (Sides.of(side.astype(np.float32), layout) for side in (before, after))
    found = apart(one_side, other_side, layout)
    for column, cut in enumerate(layout.cuts):
        for row in range(3):
            one, other = before[row, cut], after[row, cut]
            for distance, values in zip((psi, js), found, strict=True):
                if one.sum() == 0 or other.sum() == 0:
                    assert np.isnan(values[row, column])
                else:
                    assert values[row, column] == pytest.approx(float(distance(one, other)), rel=1e-3, abs=1e-5)


def test_the_mean_ridit_of_a_reference_against_itself_is_a_half() -> None:
    counts = np.array([[3, 0, 5, 1, 2, 2, 0, 0, 9]], np.float32)
    layout = Layout.of(tally(counts.astype(np.int64)))
    assert layout.points(counts, layout.places(counts[0])) == pytest.approx(0.5)


def test_a_signal_that_was_not_met_lies_in_the_middle() -> None:
    """Nothing is known of it, so it must not pull the joint reading anywhere."""
    counts = np.array([[3, 0, 5, 1, 0, 0, 0, 0, 0]], np.float32)
    layout = Layout.of(tally(counts.astype(np.int64)))
    assert layout.points(counts, np.zeros(9, np.float32))[0, 1] == 0.5


def test_sums_of_rows_are_the_tallys() -> None:
    """Gaps and windows of unequal numbers of minutes are nothing special."""
    field = minutes(3, 0.0, 1).take(np.array([0, 1, 2, 55, 56, 110, 111, 112, 140]))
    sheet, sums = Sheet.of(field, 60).summed(3600), field.summed(3600)
    assert sheet.frames.tolist() == sums.frames.tolist()
    assert sheet.slots.tolist() == [3, 2, 4]
    assert np.array_equal(sheet.counts, np.concatenate(list(sums.counts.values()), axis=1))
