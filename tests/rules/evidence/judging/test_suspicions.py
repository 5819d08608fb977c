"""Labels to look at again: what is labelled, what the model says, and nothing where nothing is suspected."""

from __future__ import annotations

from detection.rules.evidence.judging import suspicions
from detection.rules.evidence.page import Folded
from detection.rules.evidence.tables import Table
from tests.examples_results import suspicions as example


def test_an_overlooked_object_is_labelled_nothing() -> None:
    [folded] = suspicions.section(example(), {"tube": "Tube", "box": "Cardboard box"}).blocks
    assert isinstance(folded, Folded)
    [table] = folded.blocks
    assert isinstance(table, Table)
    assert [[cell.text for cell in row][3:5] for row in table.rows] == [
        ["nothing", "Tube 0.97"], ["Cardboard box", "polybag 0.91"]
    ]  # fmt: skip


def test_without_suspicions_there_is_no_table() -> None:
    nothing = {name: column[:0] for name, column in example().items()}
    section = suspicions.section(nothing, {})
    assert section.blocks == ()
    assert section.lead.startswith("No label")
