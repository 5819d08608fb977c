"""``detection registry live``: what is live, who approved it, on what evidence; now or at any moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from detection.commands.registry.doing.options import PeopleFile, RegistryUrl
from detection.outside import exits
from detection.outside.database.registry import open_registry
from detection.outside.registry.people import PEOPLE
from detection.outside.registry.places import registry_url, slot_of
from detection.outside.registry.reading import Reader
from detection.rules.evidence.registry import signatures
from detection.rules.evidence.registry.deeds import KnownPeriod
from detection.rules.evidence.registry.words import lasted, moment
from detection.rules.registry.slots import Slot

EPILOG = "Example: detection registry live --at 2026-06-01"

FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]

At = Annotated[datetime | None, typer.Option(formats=FORMATS, metavar="DATE", help="What was live then, UTC.")]
InSlot = Annotated[str, typer.Argument(metavar="[SLOT]", help="Only this one, such as line-1/prod.")]


def run(slot: InSlot = "", at: At = None, registry: RegistryUrl = None, people: PeopleFile = PEOPLE) -> None:
    """Say what is live in each slot, since when, by whom, on what evidence. Exit status 2 if a signature is bad."""
    asked = None if at is None else at.replace(tzinfo=UTC)
    with open_registry(registry_url(registry)) as opened:
        found = [one for one in Reader(opened, people).live(asked) if is_named(one.slot, slot)]
    if not found:
        print(f"nothing is live in {slot_of(slot)}" if slot else "nothing is live")
    for one in found:
        for line in told(one, asked or datetime.now(UTC)):
            print(exits.shown(line))
    if any(one.deed.faults() for one in found):
        raise typer.Exit(exits.REFUSED)


def is_named(slot: Slot, words: str) -> bool:
    """Whether somebody who typed ``words`` means this slot; nothing typed means every one."""
    return words in ("", str(slot), f"{slot.place}/{slot.environment}")


def told(one: KnownPeriod, as_of: datetime) -> tuple[str, ...]:
    """A slot in a few lines."""
    if one.version is None:
        return (f"{one.slot}  nothing",)
    version, period = one.version, one.period
    content = version.content
    reason = f": {period.reason}" if period.reason else ""
    ended = (
        *(["  retired: it may never be promoted again"] if version.retired else []),
        *([f"  deprecated: {version.deprecated}; end of life {version.end_of_life}"] if version.deprecated else []),
    )
    return (
        f"{one.slot}  {version.number}",
        f"  version   {content.digest}",
        f"  since     {moment(period.since)} UTC ({lasted(as_of - period.since)})",
        f"  {period.action:<9} by {signatures.actor(one.deed, period.actor)}{reason}",
        f"  approved  by {signatures.approvers(one.deed)}",
        f"  evidence  gate {content.verdict} {content.verdict_digest}",
        f"            parity {'holds' if content.parity else 'does not hold'} {content.parity_digest}",
        f"            specification {content.spec_digest}",
        *ended,
        *(f"  NOT VERIFIED: {fault}" for fault in one.deed.faults()),
    )
