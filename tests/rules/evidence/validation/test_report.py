"""The validation report: data, limits, method, results, failures, open findings, in this order, and room to decide."""

from __future__ import annotations

from detection.outside import html
from detection.rules.evidence.page import Note
from detection.rules.evidence.tables import Table
from tests import examples_report as example


def test_sections_stand_in_the_order_of_a_validation() -> None:
    ids = [section.id for section in example.validation("FAIL").sections]
    asked = ["purpose", "data", "limits", "method", "scores", "failures", "errors", "findings", "decision", "lineage"]
    assert [name for name in ids if name in asked] == asked
    assert len(set(ids)) == len(ids)


def test_every_line_that_is_not_proven_is_a_failure_in_words() -> None:
    [failures] = [section for section in example.validation("FAIL").sections if section.id == "failures"]
    table = failures.blocks[0]
    assert isinstance(table, Table)
    assert [row[-1].text for row in table.rows] == ["FAIL"]
    assert "recall of tube" in table.rows[0][0].text


def test_a_release_that_passes_has_no_failing_line() -> None:
    [failures] = [section for section in example.validation("PASS").sections if section.id == "failures"]
    assert isinstance(failures.blocks[0], Note)


def test_people_decide_and_the_program_leaves_them_room() -> None:
    [decision] = [section for section in example.validation("PASS").sections if section.id == "decision"]
    table = decision.blocks[0]
    assert isinstance(table, Table)
    assert all(cell.text == "" for row in table.rows for cell in row[1:])
    assert "The gate says PASS" in decision.lead


def test_the_sets_that_judge_are_named_by_digest() -> None:
    text = html.validation_report(example.validation("PASS"))
    assert "0a" * 32 in text
    assert text.startswith("# Validation report: warehouse-parcels")


def test_where_it_loses_most_is_told_once() -> None:
    assert html.validation_report(example.validation("FAIL")).count("### Where it loses most") == 1
