"""Quick ways through columns of strings, equal to the plain ones."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detection.rules.labels.intake.arrivals import strings
from detection.rules.labels.splits.columns import ranked, rows_of

WORDS = st.lists(st.sampled_from(["", "a", "b", "ä", "zz", "10", "9"]), max_size=12)


@given(WORDS, st.booleans())
def test_ranks_are_those_of_numpy(words: list[str], ordered: bool) -> None:
    """Sorted or not, none, one, equal ones."""
    column = strings(sorted(words) if ordered else words)
    values, number = np.unique(column, return_inverse=True)
    assert ranked(column).values.tolist() == values.tolist()
    assert ranked(column).number.tolist() == number.tolist()


@given(WORDS, WORDS)
def test_rows_are_found_where_they_are(column: list[str], wanted: list[str]) -> None:
    """The last of equal ones; -1 for none."""
    for asked in (wanted, column, sorted(set(column))):
        known = sorted(set(column)) if asked == sorted(set(column)) else column
        found = rows_of(strings(known), strings(asked))
        expected = [max((row for row, word in enumerate(known) if word == one), default=-1) for one in asked]
        assert found.row.tolist() == expected
        assert found.found.tolist() == [row >= 0 for row in expected]
