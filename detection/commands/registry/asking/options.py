"""What the verbs that ask have in common: which registry, which slots, which moments; no key is ever read here."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from detection.outside.database.registry import Registry, open_registry
from detection.outside.registry.places import registry_url, slot_of
from detection.rules.registry.slots import Slot

FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]

PeopleFile = Annotated[
    Path, typer.Option("--people", metavar="FILE", help="Who may act; signatures are checked with their keys.")
]
SomeSlot = Annotated[str, typer.Argument(metavar="SLOT", help="Only this one, such as line-1/prod; all if left out.")]
OfModel = Annotated[str | None, typer.Option("--model", metavar="NAME", help="Of which model, if there are several.")]


def opened(url: str | None) -> Registry:
    """The registry, only to be read: no clock matters.

    Raises:
        DocumentError: nothing was asked for, and params.yaml does not say where it is.
        RegistryError: there is none, or the database refuses.
    """
    return open_registry(registry_url(url))


def is_named(slot: Slot, words: str) -> bool:
    """Whether somebody who typed ``words`` means this slot; nothing typed means every one."""
    return words in ("", str(slot), f"{slot.place}/{slot.environment}")


def slots_of(registry: Registry, words: str) -> tuple[Slot, ...]:
    """The slots that somebody means; one that was never used is known by its file.

    Raises:
        SlotError: there is no such slot.
    """
    found = tuple(one for one in registry.slots() if is_named(one, words))
    return found if found or not words else (slot_of(words),)


def utc(at: datetime | None) -> datetime | None:
    """A moment that was typed; moments are UTC."""
    return None if at is None else at.replace(tzinfo=UTC)
