"""``detection registry history``: what was live in a slot, from when to when, by whose order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from detection.commands.registry.asking.options import PeopleFile, SomeSlot, opened, slots_of
from detection.commands.registry.options import RegistryUrl
from detection.outside import exits
from detection.outside.registry.people import PEOPLE
from detection.outside.registry.reports.reading import Reader
from detection.rules.evidence.registry import lines
from detection.rules.evidence.registry.deeds import KnownPeriod

EPILOG = "Example: detection registry history line-1/prod --limit 20"

Limit = Annotated[int, typer.Option(min=1, max=1000, help="So many periods of each slot, the newest.")]
Before = Annotated[int | None, typer.Option(min=1, metavar="NO", help="Only periods before the one of this number.")]


def run(
    slot: SomeSlot = "", limit: Limit = 50, before: Before = None, registry: RegistryUrl = None,
    people: PeopleFile = PEOPLE,
) -> None:  # fmt: skip
    """Show the periods of each slot, newest first, with the order behind each. Exit status 2 if a signature is bad."""
    faults = False
    with opened(registry) as asked:
        reader = Reader(asked, people)
        for one in slots_of(asked, slot):
            found = reader.periods(one, limit + 1, None if before is None else before + 1)
            after = found[:1] if found and found[0].period.epoch == before else ()
            shown = found[len(after) :][:limit]
            faults |= any(period.deed.faults() for period in shown)
            for line in (str(one), *_told(shown, after)):
                print(exits.shown(line))
    if faults:
        raise typer.Exit(exits.REFUSED)


def _told(shown: Sequence[KnownPeriod], after: Sequence[KnownPeriod]) -> Iterator[str]:
    """Periods newest first; ``after`` is the one that ended the first of them, if any did."""
    if not shown:
        yield "  nothing before that" if after else "  nothing was ever live here"
        return
    now = datetime.now(UTC)
    ends = [after[0].period.since if after else now, *(one.period.since for one in shown)]
    for one, end in zip(shown, ends, strict=False):
        yield from lines.period(one, end, ongoing=end is now)
    if shown[-1].period.epoch > 1:
        yield f"  older: --before {shown[-1].period.epoch}"
