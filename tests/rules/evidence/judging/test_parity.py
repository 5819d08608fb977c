"""Parity for people: differences with their limits and units, without digits that say nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detection.rules.evidence.judging import parity as page
from detection.rules.evidence.tables import Table
from detection.rules.judging.parity import Difference, Measured, Note
from tests.examples_verdict import parity


@pytest.mark.parametrize(
    ("difference", "said"),
    [
        pytest.param(Difference("box corner", "px", 0.123, 0.5), "box corner 0.123 px (0.5)", id="pixels"),
        pytest.param(Difference("score", "", 1.73e-06, 0.01), "score < 0.00001 (0.01)", id="tiny"),
        pytest.param(Difference("score", "", 0.0, 0.0), "score 0 (0)", id="exact"),
        pytest.param(
            Difference("without a partner", "share", 0.004, 0.01), "without a partner 0.4 % (1 %)", id="share"
        ),
    ],
)
def test_a_difference_stands_with_its_unit_and_limit(difference: Difference, said: str) -> None:
    report = parity()
    [block] = page.section(replace(report, rows=(replace(report.rows[0], differences=(difference,)),))).blocks
    assert isinstance(block, Table)
    assert block.rows[0][-2].text == said


def test_each_level_has_its_table_and_known_differences_have_one_more() -> None:
    known = Note(
        "Torn files", "Some are read.", 9, (Measured("read", "pictures", 2), Measured("apart", "share", 0.085))
    )
    blocks = page.section(replace(parity(), notes=(known,))).blocks
    titles = [block.title for block in blocks if isinstance(block, Table)]
    assert [title.split(":")[0] for title in titles] == ["Tensors", "Detections", "Known differences of the trainer"]
    [row] = blocks[-1].rows  # type: ignore[union-attr]
    assert (row[0].text, row[0].note, row[1].text, row[2].text) == (
        "Torn files", "Some are read.", "9", "read 2 pictures; apart 8.5 %",
    )  # fmt: skip


def test_only_detections_are_counted_and_pixels_belong_to_every_file() -> None:
    rows = [block.rows[0] for block in page.section(parity()).blocks if isinstance(block, Table)]
    assert [row[4].text for row in rows] == ["–", "161"]
    pixels = replace(parity().rows[0], level="pixels")
    [block] = page.section(replace(parity(), rows=(pixels,))).blocks
    assert block.rows[0][2].text == "every file"  # type: ignore[union-attr]
