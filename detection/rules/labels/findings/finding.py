"""Findings: what is wrong with frames and labels, said once each, weighed by the spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from detection.rules.labels.intake.arrivals import strings
from detection.rules.labels.samples import Strings
from detection.rules.spec.labels import Labelling
from detection.rules.spec.units import Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        finding: which kind; a key of the spec's ``labelling.findings``, or another name, which is a warning.
        severity: what the spec makes of it.
        frame: frame id; ``""`` if it is not about one frame.
        name: the file's name, for people.
        annotator: whose label; ``""`` if it is not about a label.
        detail: what was found, and what to do.
    """

    finding: str
    severity: Severity
    frame: str
    name: str
    annotator: str
    detail: str


def severity(labelling: Labelling, finding: str) -> Severity:
    """What the spec makes of a kind of finding; those it does not name are warnings."""
    return labelling.findings.get(finding, "warning")


def columns(findings: Sequence[Finding]) -> Mapping[str, Strings]:
    """The findings as a table, one column per attribute, in the order given."""
    return {f.name: strings([getattr(finding, f.name) for finding in findings]) for f in fields(Finding)}


def blocking(findings: Sequence[Finding], shown: int = 20) -> list[str]:
    """One line for each finding that stops the run, the first ``shown`` of them."""
    lines = [" ".join(filter(None, (f"{f.finding}:", f.name, f.detail))) for f in findings if f.severity == "blocking"]
    return lines[:shown] + ([f"... and {len(lines) - shown} more"] if len(lines) > shown else [])
