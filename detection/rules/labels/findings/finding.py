"""Findings: what is wrong with frames and labels, said once each, weighed by the spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detection.rules.labels.findings.kinds import KINDS
from detection.rules.labels.intake.arrivals import strings
from detection.rules.labels.samples import Frames, Strings
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
        corners: the box it is about, ``x1 y1 x2 y2``; none if it is not about one. Not part of the table.
        other: id of the frame it is compared with; ``""`` if none. Not part of the table.
    """

    finding: str
    severity: Severity
    frame: str
    name: str
    annotator: str
    detail: str
    corners: tuple[float, float, float, float] | None = None
    other: str = ""


COLUMNS = ("finding", "severity", "frame", "name", "annotator", "detail")
"""Of ``data/validate/findings.parquet``."""


def severity(labelling: Labelling, finding: str) -> Severity:
    """What the spec makes of a kind of finding; those it does not name are warnings."""
    return labelling.findings.get(finding, "warning")


def of_all(kind: str, labelling: Labelling, detail: str) -> Finding:
    """A finding about the data as a whole.

    Raises:
        KeyError: the kind stands not in :data:`KINDS`; describe it there.
    """
    return Finding(_known(kind), severity(labelling, kind), "", "", "", detail)


def of_frame(kind: str, labelling: Labelling, frames: Frames, row: int, detail: str) -> Finding:
    """A finding about one frame.

    Raises:
        KeyError: as :func:`of_all`.
    """
    return Finding(_known(kind), severity(labelling, kind), str(frames.id[row]), str(frames.name[row]), "", detail)


def columns(findings: Sequence[Finding]) -> Mapping[str, Strings]:
    """The findings as a table, in the order given."""
    return {name: strings([getattr(finding, name) for finding in findings]) for name in COLUMNS}


def blocking(findings: Sequence[Finding], shown: int = 20) -> list[str]:
    """One line for each finding that stops the run, the first ``shown`` of them."""
    lines = [" ".join(filter(None, (f"{f.finding}:", f.name, f.detail))) for f in findings if f.severity == "blocking"]
    return lines[:shown] + ([f"... and {len(lines) - shown} more"] if len(lines) > shown else [])


def _known(kind: str) -> str:
    KINDS[kind]
    return kind
