"""What stands in the log of a return that a trigger asked for and that is for a person: on what, and why not.

A look that finds every trigger quiet leaves nothing: it decides nothing, and comes every few minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from detection.outside.database.registry import Registry
from detection.outside.registry.orders.executor import Meant
from detection.rules.registry.entries import Entry
from detection.rules.registry.refusals import Refusal
from detection.rules.registry.signatures.orders import EXECUTOR


@dataclass(frozen=True, slots=True)
class Refused:
    """A return that was asked for and refused, as the log keeps it."""

    meant: Meant
    refusals: tuple[Refusal, ...]


_REFUSED = TypeAdapter(Refused)


def note(registry: Registry, meant: Meant, refusals: Sequence[Refusal], at: datetime) -> Entry | None:
    """Leave a line in the log; while a version is live the same reasons leave one, however often the executor looks.

    Returns:
        The entry; None where it is there already.

    Raises:
        RegistryError: the registry takes no entry, because it can only be read, or the clock lies behind.
    """
    said = Refused(meant, tuple(refusals))
    for period in registry.history(meant.slot, limit=1):
        if any(_repeats(said, refused_of(entry)) for entry in registry.entries(first=period.entry)):
            return None
    return registry.note("triggers", EXECUTOR, meant.slot, meant.back_from, _REFUSED.dump_json(said).decode(), at)


def refused_of(entry: Entry) -> Refused | None:
    """What an entry tells of a refused return; None if it tells of none."""
    try:
        return _REFUSED.validate_json(entry.payload) if entry.action == "triggers" else None
    except ValidationError:
        return None


def _repeats(said: Refused, earlier: Refused | None) -> bool:
    """Whether the same was said before, of the same time that the version was live; figures may differ."""
    return (
        earlier is not None
        and earlier.meant.key == said.meant.key
        and [one.why for one in earlier.refusals] == [one.why for one in said.refusals]
    )
