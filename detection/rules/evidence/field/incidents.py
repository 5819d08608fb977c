"""Incidents, and what came of each in one row: the decision, the queue, the review session, the new data version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detection.rules.evidence.field import words
from detection.rules.evidence.page import Block, Folded, Note, Section
from detection.rules.evidence.tables import Cell, Column, Table, code, text
from detection.rules.evidence.tone import Tone
from detection.rules.field.watching.findings import Incident

SHOWN = 20
"""Incidents in the table that is open."""
PAGE = 100


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was made because of another.

    Attributes:
        id: its name in the records; empty while there is none.
        said: what it came to, in a few words.
    """

    id: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """What came of one incident, each step as far as it has been taken.

    Attributes:
        incident: its id.
        decision: what was decided on it.
        queue: frames that were asked for.
        session: the review in which people looked at them.
        version: data version that their corrections made.
    """

    incident: str
    decision: Step = Step()
    queue: Step = Step()
    session: Step = Step()
    version: Step = Step()


def section(
    incidents: Sequence[Incident], traces: Sequence[Trace], displays: Mapping[str, str], now_s: float
) -> Section:
    """Open ones first, then the newest.

    Args:
        incidents: of the period.
        traces: what came of them; an incident without one has had no consequence yet.
        displays: class id to its name for people.
        now_s: end of the period.
    """
    lead = (
        "An incident opens when windows are further from their baseline than chance and the specification allow, for "
        "as long as the specification asks, and closes when they have been quiet for as long as it asks. Each row "
        "leads from the incident to the labels that came of it."
    )
    if not incidents:
        return Section("incidents", "Incidents", lead, (Note("None in this period.", tone=Tone.GOOD),))
    known = {trace.incident: trace for trace in traces}
    ordered = sorted(incidents, key=lambda i: (not i.open, i.severity.value, -i.opened_s, i.camera))
    rows = [_row(i, known.get(i.id, Trace(i.id)), displays, now_s) for i in ordered]
    blocks: list[Block] = [Table(COLUMNS, tuple(rows[:SHOWN]))]
    for begin in range(SHOWN, len(rows), PAGE):
        part = tuple(rows[begin : begin + PAGE])
        blocks.append(Folded(f"Incidents {begin + 1} to {begin + len(part)}", (Table(COLUMNS, part),)))
    return Section("incidents", "Incidents", lead, tuple(blocks))


COLUMNS = (
    Column("Incident"), Column("Severity"), Column("Lasted"), Column("What moved"), Column("Decision"),
    Column("Queue"), Column("Review session"), Column("Data version"),
)  # fmt: skip


def _row(incident: Incident, trace: Trace, displays: Mapping[str, str], now_s: float) -> tuple[Cell, ...]:
    severity = words.SEVERITY_WORDS[incident.severity]
    return (
        Cell(incident.camera or "(no name)", note=incident.id),
        Cell(severity, words.SEVERITY_TONES[incident.severity] if incident.open else Tone.QUIET, chip=True),
        _lasted(incident, now_s),
        _moved(incident, displays),
        *(_step(step) for step in (trace.decision, trace.queue, trace.session, trace.version)),
    )


def _lasted(incident: Incident, now_s: float) -> Cell:
    if incident.closed_s is None:
        return Cell(f"open since {words.moment(incident.opened_s)}", note=words.lasted(now_s - incident.opened_s))
    span = words.lasted(incident.closed_s - incident.opened_s)
    return Cell(f"{words.moment(incident.opened_s)} to {words.moment(incident.closed_s)}", note=span)


def _moved(incident: Incident, displays: Mapping[str, str]) -> Cell:
    worst = max(incident.parts, key=lambda part: words.excess(part.worst), default=None)
    names = ", ".join(words.signal(name, displays) for name in incident.signals)
    if worst is None:
        return text(names)
    return Cell(names, note=f"{words.signal(worst.signal, displays)}: {words.told(worst.worst)}")


def _step(step: Step) -> Cell:
    if not step.id and not step.said:
        return Cell("–", Tone.QUIET)
    if not step.said:
        return code(step.id)
    return Cell(step.said, note=step.id)
