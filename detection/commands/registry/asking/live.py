"""``detection registry live``: what is live, who approved it, on what evidence; now or at any moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from detection.commands.registry.asking.options import FORMATS, PeopleFile, SomeSlot, is_named, opened, utc
from detection.commands.registry.options import RegistryUrl
from detection.outside import exits
from detection.outside.registry.people import PEOPLE
from detection.outside.registry.places import slot_of
from detection.outside.registry.reports.reading import Reader
from detection.rules.evidence.registry import lines

EPILOG = "Example: detection registry live --at 2026-06-01"

At = Annotated[
    datetime | None,
    typer.Option(formats=FORMATS, metavar="DATE", help="What was live then, UTC, such as 2026-06-01T08:30."),
]


def run(slot: SomeSlot = "", at: At = None, registry: RegistryUrl = None, people: PeopleFile = PEOPLE) -> None:
    """Say what is live in each slot, since when, by whom, on what evidence. Exit status 2 if a signature is bad."""
    asked = utc(at)
    with opened(registry) as found_in:
        found = [one for one in Reader(found_in, people).live(asked) if is_named(one.slot, slot)]
    if not found:
        print(f"nothing is live in {slot_of(slot)}" if slot else "nothing is live")
    for one in found:
        for line in lines.live(one, asked or datetime.now(UTC)):
            print(exits.shown(line))
    if any(one.deed.faults() for one in found):
        raise typer.Exit(exits.REFUSED)
