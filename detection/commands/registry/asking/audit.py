"""``detection registry audit``: who did what and when; is the log whole, and does every signature in it hold?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer

from detection.commands.registry.asking.options import FORMATS, PeopleFile, opened, utc
from detection.commands.registry.options import RegistryUrl
from detection.errors import DetectionError
from detection.outside import exits
from detection.outside.database.registry import Registry
from detection.outside.registry.people import PEOPLE
from detection.outside.registry.reports import auditing
from detection.outside.registry.reports.reading import Reader
from detection.rules.evidence.registry import log
from detection.rules.registry.entries import Entry
from detection.rules.registry.readings import Head

EPILOG = 'Example: detection registry audit --verify --against "128 3f9c..."'

NEWEST = 50
_HEAD = re.compile(r"(\d{1,18})\s+([0-9a-f]{64})")

From = Annotated[
    datetime | None,
    typer.Option("--from", formats=FORMATS, metavar="DATE", help="First moment, UTC, such as 2026-06-01T08:30."),
]
To = Annotated[datetime | None, typer.Option("--to", formats=FORMATS, metavar="DATE", help="Before this moment, UTC.")]
Verify = Annotated[bool, typer.Option("--verify", help="Check every entry, every table and every signature.")]
Show = Annotated[bool, typer.Option("--head", help="Print where the log ends, to keep it elsewhere.")]
Against = Annotated[
    str,
    typer.Option(
        metavar='"NO DIGEST"',
        help="What --head printed once, kept elsewhere; checks as --verify does, and that nothing was cut.",
    ),
]


def run(
    begin: From = None, end: To = None, verify: Verify = False, head: Show = False, against: Against = "",
    registry: RegistryUrl = None, people: PeopleFile = PEOPLE,
) -> None:  # fmt: skip
    """Show the audit log, its newest entries or those of a period; or check it. Exit status 2 if it does not hold."""
    with opened(registry) as asked:
        if head:
            found = asked.head()
            print(f"{found.number} {found.digest}")
        elif verify or against:
            _check(Reader(asked, people), _head(against))
        else:
            for entry in _chosen(asked, utc(begin), utc(end)):
                print(exits.shown(log.line(entry)))


def _chosen(registry: Registry, begin: datetime | None, end: datetime | None) -> Iterator[Entry]:
    if begin is None and end is None:
        return registry.entries(first=max(1, registry.head().number - NEWEST + 1))
    last = datetime(9999, 12, 31, tzinfo=UTC)
    return registry.entries_between(begin or datetime(1970, 1, 1, tzinfo=UTC), end or last)


def _check(reader: Reader, kept: Head | None) -> None:
    found = auditing.audited(reader, kept)
    for fault in found.faults:
        print(exits.shown(fault))
    said = "does not hold" if found.faults else "whole"
    print(f"audit log {said}: {found.entries} entries, {found.signatures} signatures verified")
    print(f"head {found.head.number} {found.head.digest}")
    if kept is None:
        print("a log that was cut, or written anew from some entry on, can only be told by a head kept elsewhere: "
              "--against")  # fmt: skip
    if found.faults:
        raise typer.Exit(exits.REFUSED)


def _head(words: str) -> Head | None:
    if not words:
        return None
    found = _HEAD.fullmatch(words.strip())
    if found is None:
        raise DetectionError(f"--against {words!r}: expected what `audit --head` printed, a number and 64 hex digits")
    return Head(int(found[1]), found[2])
