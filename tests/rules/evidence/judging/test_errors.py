"""The section of errors: what costs most stands out, and what to do stands first."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from detection.rules.evidence.judging import errors
from detection.rules.evidence.page import Findings, Folded, Note, Pictures
from detection.rules.evidence.tables import Table
from detection.rules.evidence.tone import Tone
from detection.rules.judging.errors.advice import made
from detection.rules.judging.errors.confusion import ConfusionSheet
from detection.rules.judging.errors.diagnosis import Diagnosis, Scope, diagnose
from detection.rules.judging.errors.sheet import ErrorSheet
from detection.rules.judging.scores.observations import FrameFacts
from tests.examples_errors import every_kind, setting

LABELS = ("box", "tube")
DISPLAYS = {"box": "Cardboard box", "tube": "Tube"}

B = TypeVar("B")


def diagnosed(minimum: int) -> Diagnosis:
    """The example with every kind, all of it in the set test."""
    one = every_kind()
    around = setting(one.truth, 8)
    names = np.array([f"f{i}" for i in range(8)], object)
    facts = FrameFacts(names, names, names, np.full(8, "test", object), around.conditions)
    return diagnose((one,), Scope(facts, LABELS, (), minimum), around)


def blocks(kind: type[B], minimum: int = 3) -> list[B]:
    """The section's blocks of one kind."""
    found = diagnosed(minimum)
    section = errors.section(found.sheet, found.confusions, "fp32", DISPLAYS, (Pictures((), title="Worst frames"),))
    return [block for block in section.blocks if isinstance(block, kind)]


def test_what_to_do_about_the_costliest_kind_stands_first() -> None:
    [cards] = blocks(Findings)
    assert [card.title for card in cards.findings] == ["Cardboard box: missed"]
    assert cards.findings[0].action.startswith("Data: ")
    assert cards.findings[0].told[0].startswith("3 errors")


def test_too_few_errors_are_no_ground_for_advice() -> None:
    assert not blocks(Findings, minimum=4)
    assert [note.tone for note in blocks(Note, minimum=4)] == [Tone.GOOD]


def test_further_advice_is_folded() -> None:
    [folded] = blocks(Folded)
    [table] = folded.blocks
    assert isinstance(table, Table)
    assert {row[0].text for row in table.rows} == {"All classes"}


def test_every_kind_has_a_row_with_its_meaning_and_its_costs() -> None:
    kinds = blocks(Table)[0]
    assert [row[0].text for row in kinds.rows][:2] == ["Classification", "Localisation"]
    missed = next(row for row in kinds.rows if row[0].text == "Missed")
    assert [cell.text for cell in missed[1:3]] == ["3", "+0.303"]


def test_the_costliest_kind_of_each_row_stands_out() -> None:
    table = next(t for t in blocks(Table) if t.title == "Where they are")
    washed = {row[0].text: [cell.washed for cell in row[1:]] for row in table.rows}
    assert washed["Cardboard box"] == [False, False, False, False, False, True]
    assert [row[0].text for row in table.rows] == [
        "All classes", "Cardboard box", "Tube", "lighting bright", "lighting dusk"
    ]  # fmt: skip


def test_the_confusion_matrix_names_nothing_on_both_sides() -> None:
    table = next(t for t in blocks(Table) if t.title == "What is taken for what")
    assert [column.name for column in table.columns] == [
        "There is", "Said: cardboard box", "Said: tube", "Said: nothing"
    ]  # fmt: skip
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["Cardboard box", "1", "1", "4"], ["Tube", "0", "1", "0"], ["Nothing", "3", "1", "–"]
    ]  # fmt: skip


def test_a_variant_that_was_not_judged_has_no_figures() -> None:
    empty = ErrorSheet((), (), 0.5, 0.1)
    assert errors.section(empty, ConfusionSheet(()), "fp32", DISPLAYS, ()).blocks == ()


def test_what_is_not_shown_is_kept_for_the_question_of_another_threshold() -> None:
    hidden = made(every_kind()).hidden
    assert (hidden.frame.tolist(), hidden.right.tolist()) == ([6], [True])
