"""Does the whole log hold: every entry, every table, every signature of an order or an approval?"""

from __future__ import annotations

from dataclasses import dataclass

from detection.outside.registry.reports.reading import Reader
from detection.rules.registry.readings import Head

SHOWN = 50
"""Faults of signatures that are told."""


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit found.

    Attributes:
        head: where the log ends.
        entries: how many there are.
        signatures: that were verified and are good.
        faults: a sentence each; empty if all of it holds.
    """

    head: Head
    entries: int
    signatures: int
    faults: tuple[str, ...]


def audited(reader: Reader, kept: Head | None = None) -> Audited:
    """Check the chain, the tables against it, and every signature in it.

    Args:
        reader: of the registry.
        kept: an end of the log that somebody kept elsewhere.

    Raises:
        RegistryError: the database refuses.
    """
    registry = reader.registry
    broken = registry.fault(kept)
    faults = [] if broken is None else [f"entry {broken.number}: {broken.words}"]
    good = entries = 0
    for entry in registry.entries():
        entries += 1
        said = reader.entry_fault(entry)
        good += said == ""
        if said:
            faults.append(f"entry {entry.number}: {said}")
    return Audited(registry.head(), entries, good, tuple(faults[:SHOWN]))
