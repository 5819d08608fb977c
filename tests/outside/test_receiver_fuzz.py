"""The short form of ``python -m benchmarks.receiver_fuzz``: requests made from the receiver's own description."""

from __future__ import annotations

import random

import pytest

from benchmarks.receiver_fuzz import Tried, damaged, fuzz
from tests.examples_telemetry import Sent, record


@pytest.mark.slow
def test_requests_that_are_almost_right_are_answered() -> None:
    tried = fuzz(120)
    assert tried.statuses.total() == 120
    assert tried.failures == []
    assert {403, 422} <= set(tried.statuses)


def test_a_server_error_would_be_noted() -> None:
    tried = Tried()
    tried.note(200, b"fine")
    tried.note(500, b"not")
    assert tried.failures == ["500: b'not'"]


def test_damaged_records_are_damaged_and_differ() -> None:
    """Else the fuzzer would try the same thing over and over."""
    dice = random.Random(1)
    made = {damaged(dice, 0) for _ in range(50)}
    assert len(made) > 40
    assert record(Sent(0, boot=f"{0:016x}")).to_line().encode() not in made
