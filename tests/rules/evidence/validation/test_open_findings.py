"""Open findings: collected by rule, the heaviest first, and none forgotten because the gate is green."""

from __future__ import annotations

from dataclasses import replace

from detection.rules.evidence.tables import Table
from detection.rules.evidence.validation import open_findings
from detection.rules.evidence.validation.open_findings import Measured
from detection.rules.labels.agreement.sheet import Figure
from tests import examples_report as example
from tests import examples_results as results
from tests.examples_verdict import SPEC, gate

NAMES = {c.id: c.display for c in SPEC.classes}


def whats(measured: Measured) -> list[str]:
    return [finding.what for finding in open_findings.collected(measured, NAMES)]


def clean() -> Measured:
    """Nothing to find but what the specification declares."""
    full = replace(
        example.coverage(),
        crossings=tuple(replace(c, needs_more=0) for c in example.coverage().crossings),
    )
    kept = tuple(replace(row, warning="") for row in results.operating_sheet().rows)
    maps = results.reliability_sheet("test")
    return replace(
        example.measured("PASS"), coverage=full, practice=False, suspicions=0,
        verdict=replace(gate("PASS"), unmeasured=()),
        sheet=replace(results.score_sheet(), rows=()),
        operating=replace(results.operating_sheet(), rows=kept),
        calibration=replace(maps, rows=tuple(replace(row, warning="") for row in maps.rows)),
    )  # fmt: skip


def test_a_release_with_nothing_to_find_still_says_what_nothing_enforces() -> None:
    assert whats(clean()) == ["Sections of the specification that nothing enforces yet"]


def test_a_failing_line_blocks_and_comes_first() -> None:
    found = open_findings.collected(example.measured("FAIL"), NAMES)
    assert (found[0].weight, found[0].what) == ("blocking", "A line of the gate fails")
    weights = [finding.weight for finding in found]
    assert weights == sorted(weights, key=["blocking", "major", "minor"].index)


def test_a_target_that_was_not_measured_stays_open() -> None:
    found = open_findings.collected(replace(clean(), verdict=gate("PASS")), NAMES)
    assert [one.evidence.partition(":")[0] for one in found if one.area == "Targets"] == ["jetson"]


def test_a_line_that_is_not_proven_says_how_many_images_would_settle_it() -> None:
    verdict = gate("NOT PROVEN")
    lines = tuple(replace(line, needs_images=120) if line.verdict == "NOT PROVEN" else line for line in verdict.lines)
    found = open_findings.collected(replace(clean(), verdict=replace(verdict, lines=lines)), NAMES)
    assert found[0].next_step == "about 120 more images"


def test_every_kind_of_finding_is_collected() -> None:
    agreement = example.agreement()
    low = replace(agreement.classes[2], f1=Figure(0.5, 0.4, 0.6))
    maps = results.reliability_sheet("test")
    worse = replace(maps.rows[0], calibrated=replace(maps.rows[0].calibrated, error=0.3))
    measured = replace(
        example.measured("FAIL"),
        agreement=replace(agreement, classes=(*agreement.classes[:2], low)),
        certificate=replace(example.certificate(), crossings=2, crossing_examples=("camera 'c' in train and val",)),
        calibration=replace(maps, rows=(worse, *maps.rows[1:])),
        lineage=replace(example.LINEAGE, changed=True),
    )
    said = " | ".join(whats(measured))
    for part in (
        "line of the gate fails", "share material", "Annotators do not agree on Tube", "hardly covered",
        "look at again",
        "Tube, lighting dusk is surely worse", "Calibration makes scores worse", "map with a caveat: Tube",
        "cut does not follow its policy: Tube", "real world", "not what was committed", "nothing enforces",
    ):  # fmt: skip
        assert part in said


def test_findings_are_numbered_so_that_an_answer_can_name_them() -> None:
    section = open_findings.section(open_findings.collected(example.measured("FAIL"), NAMES))
    table = section.blocks[0]
    assert isinstance(table, Table)
    assert [row[0].text for row in table.rows][:2] == ["F01", "F02"]
    assert section.lead.startswith("What is not settled, whatever the verdict: 1 blocking")
