"""Parity for people: differences with their limits and units, without digits that say nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detection.rules.evidence.judging import parity as page
from detection.rules.evidence.page import Table
from detection.rules.judging.parity import Difference
from tests.examples_verdict import parity


@pytest.mark.parametrize(
    ("difference", "said"),
    [
        pytest.param(Difference("box corner", "px", 0.123, 0.5), "box corner 0.123 px (0.5)", id="pixels"),
        pytest.param(Difference("score", "", 1.73e-06, 0.01), "score < 0.00001 (0.01)", id="tiny"),
        pytest.param(Difference("score", "", 0.0, 0.0), "score 0 (0)", id="exact"),
        pytest.param(Difference("without a partner", "share", 0.004, 0.01), "without a partner 0.4 % (1)", id="share"),
    ],
)
def test_a_difference_stands_with_its_unit_and_limit(difference: Difference, said: str) -> None:
    report = parity()
    [block] = page.section(replace(report, rows=(replace(report.rows[0], differences=(difference,)),))).blocks
    assert isinstance(block, Table)
    assert block.rows[0][-2].text == said
