"""Operating points for people: the curve with the chosen cut, what was promised, and what a change would cost."""

from __future__ import annotations

from dataclasses import replace

from detection.rules.evidence.judging import operating
from detection.rules.evidence.page import Folded
from detection.rules.evidence.tables import Table
from detection.rules.evidence.tone import Tone
from tests import examples_results as example

NAMES = {"box": "Cardboard box", "polybag": "Polybag", "tube": "Tube"}
SHEET = example.operating_sheet()


def first_tables() -> list[Table]:
    return [block for block in operating.section(SHEET, NAMES, {}).blocks if isinstance(block, Table)]


def test_each_class_stands_with_its_policy_and_what_it_was_chosen_on() -> None:
    points = first_tables()[0]
    assert [(row[0].text, row[0].note) for row in points.rows][1] == ("Polybag", "least cost: false 1, missed 3")
    assert points.rows[1][1].note == "210 frames, 5 groups"


def test_a_promise_that_could_not_be_kept_is_said_instead() -> None:
    promises = [row[-1] for row in first_tables()[0].rows]
    assert [cell.text for cell in promises][:3] == ["none", "costs 0.41 a frame", "risk at most 0.094 at 95%"]
    assert promises[3].tone is Tone.UNSURE
    assert "no cut keeps the bound" in promises[3].text


def test_a_change_of_the_cut_is_told_in_false_missed_and_cost() -> None:
    changes = first_tables()[1]
    assert [column.name for column in changes.columns] == ["Class", "Lower", "Higher", "Higher still"]
    lower, higher, still = changes.rows[1][1:]
    assert (lower.text, lower.note) == ("+9 false, -4 missed", "at 0.310, cost of a frame -0.02")
    assert (higher.text, higher.note) == ("-5 false, +6 missed", "at 0.510, cost of a frame +0.04")
    assert [cell.tone for cell in (lower, higher, still)] == [Tone.GOOD, Tone.BAD, Tone.QUIET]


def test_other_variants_wait_in_a_fold() -> None:
    folded = [block for block in operating.section(SHEET, NAMES, {}).blocks if isinstance(block, Folded)]
    assert [block.title for block in folded] == ["Variant int8"]


def test_every_cut_that_ships_is_marked_on_its_curve() -> None:
    charts = operating.charts(example.operating_curves(), SHEET, NAMES)["fp32"]
    marks = {chart.title: [mark.name for mark in chart.marks] for chart in charts}
    assert marks["Tube, fp32"] == ["ships: 0.29", "ships, lighting dusk: 0.01"]


def test_cost_has_a_chart_only_where_a_policy_has_costs() -> None:
    charts = operating.charts(example.operating_curves(), SHEET, NAMES)["fp32"]
    assert [chart.title for chart in charts if "cost" in chart.title] == ["Polybag, fp32: cost"]


def test_of_many_classes_those_that_err_most_are_drawn() -> None:
    one = example.operating_curves()[0]
    curves = tuple(replace(one, label=f"c{i}") for i in range(20))
    rows = tuple(replace(SHEET.rows[0], label=f"c{i}", missed=i) for i in range(20))
    drawn = operating.charts(curves, replace(SHEET, rows=rows), {})["fp32"]
    assert [chart.title for chart in drawn] == [f"c{i}, fp32" for i in range(19, 13, -1)]


def test_no_points_are_no_fault() -> None:
    assert operating.section(replace(SHEET, rows=()), NAMES, {}).blocks == ()
