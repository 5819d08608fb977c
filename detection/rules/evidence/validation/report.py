"""The validation report: the report's evidence in the order in which an independent validator asks for it."""

from __future__ import annotations

from dataclasses import replace

from detection.rules.evidence.judging.verdict import TONES
from detection.rules.evidence.page import Block, Fact, Note, Page, Section
from detection.rules.evidence.tables import Cell, Column, Table, text
from detection.rules.evidence.tone import Tone
from detection.rules.evidence.validation import open_findings
from detection.rules.evidence.validation.open_findings import OpenFinding
from detection.rules.judging.gates.lines import Verdict

ORDER = (
    "purpose", "data", "coverage", "agreement", "split", "limits", "method", "scores", "variants", "operating",
    "calibration", "parity", "failures", "errors", "suspicions", "findings", "decision", "lineage", "licence",
)  # fmt: skip
"""Scope and data, limits of use, method, results, failures, open findings; what is not named here stays out."""
PARTS = {
    "purpose": "Scope", "data": "Data", "coverage": "Data", "agreement": "Data", "split": "Data",
    "limits": "Limits of use", "method": "Method", "scores": "Results", "variants": "Results", "operating": "Results",
    "calibration": "Results", "parity": "Results", "failures": "Failures", "errors": "Failures",
    "suspicions": "Failures", "findings": "Open findings", "decision": "Decision", "lineage": "Lineage",
    "licence": "Licence",
}  # fmt: skip
"""The part each section belongs to; it stands before the section's own title."""
ROLES = ("Made by", "Validated by, who had no part in making it", "Accepted by")


def page(report: Page, verdict: Verdict, method: Section, findings: tuple[OpenFinding, ...]) -> Page:
    """Put together what an independent validator needs.

    Args:
        report: the release report.
        verdict: of the gate.
        method: how it was judged.
        findings: what is open.
    """
    own = (method, _failures(report, verdict), open_findings.section(findings))
    known = {section.id: section for section in (*report.sections, *own)}
    known["decision"] = _decision(report)
    sections = tuple(_titled(known[name]) for name in ORDER if name in known)
    said = "Data, limits of use, results, failures and open findings, for a validator who had no part in making it."
    plain = None
    if report.banner is not None:
        opened = Fact("Open findings", str(len(findings)), open_findings.counted(findings))
        facts = (*report.banner.facts, opened)
        plain = replace(report.banner, weakest=None, facts=facts)
    return replace(report, subtitle=said, banner=plain, sections=sections, kicker="Validation report")


def _titled(section: Section) -> Section:
    part = PARTS[section.id]
    title = part if section.title.startswith((part, "Limits")) else f"{part}: {section.title}"
    return replace(section, title=title)


def _failures(report: Page, verdict: Verdict) -> Section:
    """What was not proven, line by line, and where it loses most."""
    open_lines = [line for line in verdict.lines if line.verdict != "PASS"]
    rows = tuple((text(line.sentence), Cell(line.verdict, TONES[line.verdict], chip=True)) for line in open_lines)
    blocks: list[Block] = []
    if rows:
        blocks.append(Table((Column("Line"), Column("Verdict")), rows, title="Lines that are not proven"))
    else:
        blocks.append(Note("Every line of the gate is proven.", title="Lines that are not proven", tone=Tone.GOOD))
    if report.banner is not None and report.banner.weakest is not None:
        blocks.append(report.banner.weakest)
    lead = "Where the detector falls short, with the costliest kind of error and what would mend it."
    return Section("failures", "Failures", lead, tuple(blocks))


def _decision(report: Page) -> Section:
    """Lines to be filled in by people; nothing here is filled in by a program."""
    columns = (Column("Role"), Column("Name"), Column("Date"), Column("Decision and conditions"))
    rows = tuple((text(role), text(""), text(""), text("")) for role in ROLES)
    answer = report.banner.answer if report.banner else "unknown"
    lead = f"The gate says {answer}. What follows is for people: a program measures, it does not accept."
    return Section("decision", "Decision", lead, (Table(columns, rows),))
