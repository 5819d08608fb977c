"""The incident log: every time something went back, out of use or out of life, and what triggers and people said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from detection.rules.evidence.page import Block, Folded, Note, Section
from detection.rules.evidence.registry import log
from detection.rules.evidence.registry.known import Known
from detection.rules.evidence.registry.words import moment, short, version_cell
from detection.rules.evidence.tables import Cell, Column, Table, count, text
from detection.rules.evidence.tone import Tone
from detection.rules.registry.entries import Action, Entry

TOLD: tuple[Action, ...] = ("rollback", "withdraw", "deprecate", "retire", "triggers", "intent")
"""Actions of the audit log that tell of an incident or of what was done about it."""
TONES: dict[str, Tone] = {
    "rollback": Tone.BAD, "withdraw": Tone.BAD, "triggers": Tone.UNSURE, "intent": Tone.UNSURE,
    "deprecate": Tone.UNSURE, "retire": Tone.QUIET,
}  # fmt: skip
PAGE = 50


@dataclass(frozen=True, slots=True)
class FieldIncident:
    """Something that the monitor saw, as far as this page needs it.

    Attributes:
        id: its name in the monitor's records.
        bundle: digest of the version that was running.
        camera: where.
        severity: ``ALARM`` or ``warning``.
        signals: what moved.
        opened: UTC.
        closed: UTC; None while it is open.
    """

    id: str
    bundle: str
    camera: str
    severity: str
    signals: tuple[str, ...]
    opened: datetime
    closed: datetime | None


def sections(known: Known, field: Sequence[FieldIncident] | None = None) -> tuple[Section, ...]:
    """What the registry did, then what the monitor saw.

    Args:
        known: the registry.
        field: of the monitor; None where none was asked.
    """
    return (_registry(known), _field(known, field))


def _registry(known: Known) -> Section:
    newest = [one for one in reversed(known.entries) if one.action in TOLD]
    lead = "Returns, withdrawals, deprecations and retirements, by people and by triggers, newest first."
    if not newest:
        note = Note("Nothing was ever taken back or out of use.", tone=Tone.GOOD)
        return Section("registry", "In the registry", lead, (note,))
    blocks: list[Block] = []
    for begin in range(0, len(newest), PAGE):
        part = newest[begin : begin + PAGE]
        rows = Table(COLUMNS, tuple(_row(one, known) for one in part), note="Times in UTC.")
        blocks.append(rows if not begin else Folded(f"{begin + 1} to {begin + len(part)}, older", (rows,)))
    return Section("registry", "In the registry", lead, tuple(blocks))


COLUMNS = (
    Column("When"), Column("What"), Column("Slot"), Column("Version"), Column("By"), Column("Why"),
    Column("Audit entry", number=True),
)  # fmt: skip


def _row(entry: Entry, known: Known) -> tuple[Cell, ...]:
    version = known.version(entry.version)
    return (
        text(entry.at[:16].replace("T", " ")),
        Cell(entry.action, TONES.get(entry.action, Tone.PLAIN), chip=True),
        text(entry.slot or "everywhere"),
        version_cell(version) if version else text(short(entry.version)),
        text(entry.actor),
        text(log.words(entry) or "–"),
        count(entry.number),
    )


def _field(known: Known, field: Sequence[FieldIncident] | None) -> Section:
    lead = "Incidents of the monitor: windows of the field that differ from their baselines for as long as it takes."
    if field is None:
        said = "None was named. detection monitor TELEMETRY --json incidents.json writes them; --incidents reads them."
        return Section("field", "In the field", lead, (Note(said),))
    if not field:
        return Section("field", "In the field", lead, (Note("The monitor has seen none.", tone=Tone.GOOD),))
    ordered = sorted(field, key=lambda one: one.opened, reverse=True)
    rows = tuple(
        (
            Cell(one.camera or "(no name)", note=one.id),
            Cell(one.severity, Tone.BAD if one.severity == "ALARM" else Tone.UNSURE, chip=True),
            text(moment(one.opened)),
            text(moment(one.closed) if one.closed else "open"),
            text(", ".join(one.signals)),
            _running(one, known),
        )
        for one in ordered
    )
    columns = (
        Column("Camera"), Column("Severity"), Column("Opened"), Column("Closed"), Column("What moved"),
        Column("Version"),
    )  # fmt: skip
    return Section("field", "In the field", lead, (Table(columns, rows, note="Newest first; times in UTC."),))


def _running(one: FieldIncident, known: Known) -> Cell:
    version = known.version(one.bundle)
    return version_cell(version) if version else Cell(short(one.bundle), code=True)
