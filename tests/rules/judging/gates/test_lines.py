"""What a line says: proven, refuted, or neither; and what the whole verdict makes of it."""

from __future__ import annotations

import pytest

from detection.rules.judging.gates.lines import Outcome, overall, parity_line
from detection.rules.judging.parity import ParityReport
from tests.examples_gates import certificate


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        pytest.param(["PASS", "PASS"], "PASS", id="all proven"),
        pytest.param(["PASS", "NOT PROVEN"], "NOT PROVEN", id="one open"),
        pytest.param(["NOT PROVEN", "FAIL", "PASS"], "FAIL", id="one refuted"),
        pytest.param([], "NOT PROVEN", id="nothing asked"),
    ],
)
def test_the_verdict_is_the_worst_line(outcomes: list[Outcome], expected: Outcome) -> None:
    assert overall(outcomes) == expected


def test_a_red_certificate_is_a_red_line() -> None:
    line = parity_line(certificate("FAIL"))
    assert line.kind == "parity"
    assert line.sentence == "parity · edge and runtime differ in detections int8: FAIL"


def test_a_certificate_without_comparisons_fails() -> None:
    assert parity_line(ParityReport("FAIL", (), "ab")).sentence == "parity · nothing was compared: FAIL"
