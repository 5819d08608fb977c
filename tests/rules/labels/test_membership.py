"""Membership in a column of strings: NumPy's answer, in time that grows with the columns and not with their product."""

from __future__ import annotations

from time import process_time

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detection.rules.labels.intake.arrivals import strings
from detection.rules.labels.membership import among

WORDS = st.lists(st.sampled_from(["", "a", "b", "ä", "zz"]), max_size=8)


@given(WORDS, WORDS)
def test_the_answer_is_that_of_numpy(column: list[str], wanted: list[str]) -> None:
    """None, one, equal ones."""
    expected = np.isin(strings(column), strings(wanted)).tolist()
    assert among(strings(column), strings(wanted)).tolist() == expected


def test_large_columns_take_no_product_of_their_lengths() -> None:
    """A hundred thousand against as many: ten thousand million comparisons would take minutes."""
    column = strings([f"{n:064x}" for n in range(100_000)])
    begin = process_time()
    assert among(column, column[::-1]).all()
    assert process_time() - begin < 5
