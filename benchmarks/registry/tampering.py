"""A log of some hundred entries, attacked in every single way: each must be found when the log is read again.

Every cell of every row of every table edited, every row removed, neighbours swapped, the log cut behind each entry with
its head moved there; and every two entries of the log exchanged. The laws are off for it, as for the database's owner.

    python -m benchmarks.registry.tampering [--entries 300] [--on sqlite]
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, NoResultFound

from benchmarks.registry.growth import Size, grow
from benchmarks.registry.places import KINDS, place
from detection.outside.database.answers import auditing, reading
from detection.outside.database.engines import Database
from detection.rules.registry.entries import first_fault
from detection.rules.registry.readings import Head
from tests import examples_attacks as attacks
from tests.examples_attacks import Attack


def main() -> None:
    """Attack, and print what was not found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--entries", type=int, default=300)
    parser.add_argument("--on", choices=KINDS, action="append")
    words = parser.parse_args()
    for kind in words.on or KINDS:
        with place(kind, lambda _: None) as made:
            grow(made.url, Size(versions=10, entries=words.entries, slots=3))
            with lawless(made.url) as connection:
                print(f"{kind}: {told(connection)}", flush=True)
                print(f"  {exchanged(connection)}", flush=True)


@contextmanager
def lawless(url: str) -> Iterator[Connection]:
    """A connection of which the laws are off; nothing that is done by it stays."""
    database = Database(url)
    try:
        with database.changing() as connection:
            attacks.lift_laws(connection)
            yield connection
            connection.rollback()
    finally:
        database.close()


def told(connection: Connection) -> str:
    """All attacks, by kind, and those that went unseen."""
    began, kept = time.monotonic(), attacks.end_of(connection)
    every = list(attacks.all_of(connection))
    silent = [one.name for one in every if not found(connection, one, kept)]
    alone = [one.name for one in attacks.cuts(connection) if not found(connection, one, None)]
    kinds = Counter(one.name.split()[-1] if "cut" not in one.name else "cut" for one in every)
    counted = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return (
        f"log of {kept.number} entries: {len(every) - len(silent)} of {len(every)} found ({counted}) in "
        f"{time.monotonic() - began:.0f} s; unseen: {silent[:9] or 'none'}; "
        f"cuts that only a kept head shows: {alone[:9] or 'none'}"
    )


def found(connection: Connection, attack: Attack, kept: Head | None) -> bool:
    """Whether an attack shows; it is undone again."""
    doing = connection.begin_nested()
    try:
        for statement in attack.statements:
            connection.execute(statement)
        return auditing.fault(connection, kept) is not None
    except (DBAPIError, NoResultFound):
        return True
    finally:
        doing.rollback()


def exchanged(connection: Connection) -> str:
    """Every two entries of the log in each other's place."""
    registry, entries = reading.registry_id(connection), list(reading.entries(connection))
    pairs = list(combinations(range(len(entries)), 2))
    unseen = 0
    for one, other in pairs:
        other_order = entries.copy()
        other_order[one], other_order[other] = entries[other], entries[one]
        fault = first_fault(registry, other_order)
        unseen += fault is None or fault.number != one + 1
    return f"every two entries exchanged: {len(pairs) - unseen} of {len(pairs)} found, at the first of the two"


if __name__ == "__main__":
    main()
