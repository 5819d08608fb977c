"""The deployment history: every period of every slot, by whose order, and what was in between."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from detection.rules.evidence.page import Block, Folded, Note, Section
from detection.rules.evidence.registry import signatures
from detection.rules.evidence.registry.deeds import KnownPeriod
from detection.rules.evidence.registry.words import lasted, moment, short, slot_cell, version_cell, version_page
from detection.rules.evidence.tables import Cell, Column, Table, count, linked, text
from detection.rules.evidence.tone import Tone

COLUMNS = (
    Column("No."), Column("Live"), Column("From"), Column("Lasted"), Column("What"), Column("By"),
    Column("Approved by"), Column("Reason"), Column("Signature"), Column("Audit entry", number=True),
)  # fmt: skip
PAGE = 50
ACTIONS = {"promote": Tone.GOOD, "rollback": Tone.UNSURE, "withdraw": Tone.BAD}


def table(periods: Sequence[KnownPeriod], as_of: datetime, before: datetime | None = None) -> Table:
    """Periods of one slot.

    Args:
        periods: newest first.
        as_of: when it was read.
        before: when the newest of them ended; None if it has not.
    """
    ends = [before or as_of, *(one.period.since for one in periods)]
    rows = tuple(_row(one, end, ongoing=end is as_of) for one, end in zip(periods, ends, strict=False))
    return Table(COLUMNS, rows, note="Newest first; times in UTC.")


def section(periods: Sequence[KnownPeriod], as_of: datetime) -> Section:
    """The periods of one slot, newest first; older ones are folded."""
    blocks: list[Block] = []
    if not periods:
        blocks.append(Note("Nothing has ever been live here."))
    for begin in range(0, len(periods), PAGE):
        ended = periods[begin - 1].period.since if begin else None
        part = table(periods[begin : begin + PAGE], as_of, ended)
        last = min(begin + PAGE, len(periods))
        blocks.append(part if begin == 0 else Folded(f"Periods {begin + 1} to {last}, older", (part,)))
    lead = "What was live, from when to when, by whose order and for what reason. Nothing here is ever changed."
    return Section("history", "History", lead, tuple(blocks))


def latest(periods: Sequence[KnownPeriod], as_of: datetime) -> Table:
    """The newest changes of all slots together."""
    columns = (
        Column("When"),
        Column("Slot"),
        Column("What"),
        Column("Live since then"),
        Column("By"),
        Column("Reason"),
    )
    ordered = sorted(periods, key=lambda one: one.period.since, reverse=True)
    rows = tuple(
        (
            text(moment(one.period.since)),
            slot_cell(one.slot),
            Cell(one.period.action, ACTIONS.get(one.period.action, Tone.PLAIN), chip=True),
            version_cell(one.version),
            text(signatures.actor(one.deed, one.period.actor)),
            text(one.period.reason or "–"),
        )
        for one in ordered
    )
    return Table(columns, rows, note=f"Times in UTC; read {moment(as_of)}.")


def _row(one: KnownPeriod, end: datetime, *, ongoing: bool) -> tuple[Cell, ...]:
    since = one.period.since
    span = lasted(end - since)
    return (
        count(one.period.epoch),
        _live(one),
        text(moment(since)),
        Cell(f"{span}, until now", Tone.GOOD) if ongoing else text(span),
        Cell(one.period.action, ACTIONS.get(one.period.action, Tone.PLAIN)),
        text(one.period.actor),
        text(signatures.approvers(one.deed)),
        text(one.period.reason or "–"),
        signatures.order_cell(one.deed),
        count(one.period.entry),
    )


def _live(one: KnownPeriod) -> Cell:
    """The number alone: the slot says of which model."""
    if one.version is None:
        return Cell("nothing", Tone.QUIET)
    return linked(str(one.version.number), version_page(one.version), short(one.version.content.digest))
