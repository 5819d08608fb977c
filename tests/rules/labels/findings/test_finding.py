"""Findings carry the spec's weight."""

from __future__ import annotations

from detection.rules.labels.findings import finding as findings
from detection.rules.labels.findings.finding import Finding
from tests.examples_labels import SPEC


def _finding(number: int, severity: str = "blocking") -> Finding:
    return Finding("unknown-class", severity, "", f"{number}.jpg", "", "detail")  # type: ignore[arg-type]


def test_the_spec_weighs_findings_and_those_it_does_not_name_are_warnings() -> None:
    """A new check must not stop runs that it never stopped."""
    assert findings.severity(SPEC.labelling, "unknown-class") == "blocking"
    assert findings.severity(SPEC.labelling, "invented-tomorrow") == "warning"


def test_only_blocking_findings_are_shown_and_not_all_of_a_thousand() -> None:
    """A message of a thousand lines is not read."""
    lines = findings.blocking([_finding(n) for n in range(1000)] + [_finding(0, "warning")], shown=3)
    assert lines == [f"unknown-class: {n}.jpg detail" for n in range(3)] + ["... and 997 more"]
    assert findings.blocking([_finding(0, "warning")]) == []


def test_findings_make_a_table_even_when_there_are_none() -> None:
    """The report reads the columns in any case."""
    assert list(findings.columns([])) == ["finding", "severity", "frame", "name", "annotator", "detail"]
    assert findings.columns([_finding(1)])["name"].tolist() == ["1.jpg"]
