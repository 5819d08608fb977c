"""Which names have arrived: whatever the order, nothing is forgotten and nothing is made up."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.outside.telemetry.stored.names import Identities, Name, Names, Runs

NUMBERS = st.lists(st.integers(0, 60), unique=True, max_size=40)


@settings(max_examples=50)
@given(NUMBERS)
def test_runs_hold_what_was_added_in_any_order_and_nothing_else(numbers: list[int]) -> None:
    runs = Runs()
    for number in numbers:
        runs.add(number, number)
    assert {number for number in range(-2, 64) if number in runs} == set(numbers)
    assert all(last + 1 < first for last, first in zip(runs.lasts, runs.firsts[1:], strict=False))


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9)), max_size=12))
def test_runs_may_overlap_and_touch(spans: list[tuple[int, int]]) -> None:
    runs, expected = Runs(), set()
    for first, more in spans:
        runs.add(first, first + more)
        expected |= set(range(first, first + more + 1))
    assert {number for number in range(64) if number in runs} == expected


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.integers(0, 30)), unique=True, max_size=40))
def test_a_files_worth_is_added_as_one_by_one(rows: list[tuple[str, str, int]]) -> None:
    device, boot, sequence = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
    ids = Identities(
        np.array(device, object), np.array(boot, object), np.array(sequence, np.int64), np.zeros(len(rows), np.int64)
    )
    names = Names()
    names.add_all(ids)
    assert len(names) == len(rows)
    assert all(Name(*row) in names for row in rows)
    assert Name("c", "x", 0) not in names
    assert all((Name(d, b, n) in names) == ((d, b, n) in rows) for d in "ab" for b in "xy" for n in range(31))


def test_a_month_without_a_gap_is_one_run() -> None:
    """Memory does not grow with the number of records."""
    runs = Runs()
    for number in range(4_000):
        runs.add(number, number)
    assert (runs.firsts, runs.lasts) == ([0], [3_999])
