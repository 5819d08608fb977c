"""What a terminal is told, line by line: narrow, whole digests where they are copied, no colour to rely on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from detection.rules.evidence.registry import signatures
from detection.rules.evidence.registry.deeds import KnownPeriod
from detection.rules.evidence.registry.words import lasted, moment, short
from detection.rules.registry.readings import Standing
from detection.rules.registry.registered import Version
from detection.rules.registry.slots import Slot, Stage


def live(one: KnownPeriod, as_of: datetime) -> tuple[str, ...]:
    """A slot: what is live, who says so, on what evidence."""
    if one.version is None:
        return (f"{one.slot}  nothing",)
    version, period, content = one.version, one.period, one.version.content
    reason = f": {period.reason}" if period.reason else ""
    return (
        f"{one.slot}  {version.number}",
        f"  version   {content.digest}",
        f"  since     {moment(period.since)} UTC ({lasted(as_of - period.since)})",
        f"  {period.action:<9} by {signatures.actor(one.deed, period.actor)}{reason}",
        f"  approved  by {signatures.approvers(one.deed)}",
        f"  gate      {content.verdict} {content.verdict_digest}",
        f"  parity    {'holds' if content.parity else 'does not hold'} {content.parity_digest}",
        f"  spec      {content.spec_digest}",
        *(f"  {said}" for said in ended(version)),
        *(f"  NOT VERIFIED: {fault}" for fault in one.deed.faults()),
    )


def version(one: Version, standings: Sequence[tuple[Slot, Standing]]) -> tuple[str, ...]:
    """A version: number, digest, verdict, when and by whom; below it where it stands, if it has moved."""
    head = f"  {one.number!s:<9} {short(one.content.digest)}  {one.content.verdict:<10}  {moment(one.registered_at)}"
    tags = f"  [{', '.join(one.content.tags)}]" if one.content.tags else ""
    stands = [
        f"    {standing.stage.value} in {slot.place}/{slot.environment} since {moment(standing.since)}"
        for slot, standing in standings
        if standing.stage not in (Stage.DEVELOPMENT, Stage.NONE)
    ]
    return (f"{head}  {one.submitter}{tags}", f"    {one.reason}", *stands, *(f"    {said}" for said in ended(one)))


def period(one: KnownPeriod, end: datetime, *, ongoing: bool) -> tuple[str, ...]:
    """A period of a slot: its number, what was live, for how long, by whose order."""
    told, live_then = one.period, "nothing" if one.version is None else f"{one.version.number}"
    digest = short(told.version_digest)
    span = lasted(end - told.since) + (", until now" if ongoing else "")
    reason = f": {told.reason}" if told.reason else ""
    approved = f"; approved by {signatures.approvers(one.deed)}" if one.deed.approvals else ""
    return (
        f"  {told.epoch:>4}  {moment(told.since)}  {live_then:<9} {digest}  for {span}",
        f"        {told.action} by {signatures.actor(one.deed, told.actor)}{reason}{approved} (audit {told.entry})",
        *(f"        NOT VERIFIED: {fault}" for fault in one.deed.faults()),
    )


def ended(one: Version) -> tuple[str, ...]:
    """That a version should not, or may not, be used any more."""
    if one.retired:
        return ("retired: it may never be promoted again",)
    return (f"deprecated, end of life {one.end_of_life}: {one.deprecated}",) if one.deprecated else ()
