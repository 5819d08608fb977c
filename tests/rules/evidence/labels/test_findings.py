"""Findings and coverage as people read them."""

from __future__ import annotations

from detection.rules.evidence.labels import findings as findings_page
from detection.rules.evidence.page import Facts, Picture, Pictures
from detection.rules.evidence.tables import Table
from detection.rules.evidence.tone import Tone
from detection.rules.labels.findings.brightness import Brightness
from detection.rules.labels.findings.finding import Finding
from detection.rules.labels.findings.kinds import KINDS
from detection.rules.spec.units import Severity
from tests.examples_report import FINDINGS, certificate, coverage


def _finding(kind: str, severity: Severity, name: str) -> Finding:
    return Finding(kind, severity, "", name, "", "detail")


def test_kinds_that_block_come_first_then_the_most_frequent() -> None:
    kinds = findings_page.kinds_of(
        [_finding("coverage", "warning", "a"), *[_finding("few-boxes", "warning", n) for n in "bc"],
         _finding("unknown-class", "blocking", "d")]
    )  # fmt: skip
    assert [(k.finding, k.number, k.example) for k in kinds] == [
        ("unknown-class", 1, "d detail"), ("few-boxes", 2, "b detail"), ("coverage", 1, "a detail"),
    ]  # fmt: skip
    assert findings_page.kinds_of([]) == ()


def test_blocking_findings_are_counted_in_red_and_none_in_green() -> None:
    kinds = findings_page.kinds_of([_finding("unknown-class", "blocking", "d"), _finding("coverage", "warning", "a")])
    facts = findings_page.findings_section(coverage(), kinds).blocks[0]
    assert isinstance(facts, Facts)
    said = {f.name: (f.value, f.tone) for f in facts.facts}
    assert (said["Blocking findings"], said["Warnings"][0]) == (("1", Tone.BAD), "1")
    good = findings_page.findings_section(coverage(), ()).blocks[0]
    assert isinstance(good, Facts)
    assert good.facts[4].tone is Tone.GOOD


def test_every_kind_is_explained_where_it_is_listed() -> None:
    table = findings_page.findings_section(coverage(), FINDINGS).blocks[1]
    assert isinstance(table, Table)
    assert [row[3].text for row in table.rows] == [KINDS["degenerate-box"], KINDS["duplicate-frame"]]


def test_a_crossing_is_a_table_that_says_what_is_missing() -> None:
    """Of tubes at dusk there are 70 where 200 are asked for."""
    section = findings_page.coverage_section(coverage(), None, ())
    [crossing] = [b for b in section.blocks if isinstance(b, Table) and b.title == "class x lighting"]
    assert [c.name for c in crossing.columns] == ["class", "bright", "normal", "dim", "dusk"]
    assert (crossing.rows[2][4].text, crossing.rows[2][4].tone) == ("70, needs 130 more", Tone.UNSURE)
    assert crossing.rows[0][1].text == "300"


def test_sets_are_counted_once_there_is_a_split() -> None:
    heads = [
        [c.name for c in block.columns]
        for made in (None, certificate())
        for block in findings_page.coverage_section(coverage(), made, ()).blocks
        if isinstance(block, Table) and block.title == "Conditions"
    ]
    assert heads[0] == ["Condition", "Frames", "Needs", "Covered"]
    assert "Golden" in heads[1]


def test_a_rare_class_shows_its_part_of_the_fair_share() -> None:
    section = findings_page.coverage_section(coverage(), None, ())
    [classes] = [b for b in section.blocks if isinstance(b, Table) and b.title == "Classes"]
    assert [row[4].text for row in classes.rows] == ["1.538", "1.000", "0.462"]


def test_falling_light_is_a_line_and_a_row() -> None:
    told = [Brightness("cam-1", "cam-1", 40, (108.2, 81.4, 64.0, 58.9)), Brightness("", "", 30, (1.0, 1.0, 1.0, 1.0))]
    chart = findings_page.brightness_chart(told)
    assert chart.series[0].y.tolist() == [108.2, 81.4, 64.0, 58.9]
    section = findings_page.brightness_section(told, Pictures((Picture("data:,", "chart"),), charts=True))
    table = section.blocks[1]
    assert isinstance(table, Table)
    assert [cell.text for cell in table.rows[0]] == ["cam-1", "40", "108", "81", "64", "59", "-49"]
    assert table.rows[1][0].text == "unknown camera"
