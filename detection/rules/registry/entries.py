"""The audit log: entries in a chain, each with the digest of the one before and of itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

Action = Literal[
    "found", "register", "pin", "nonce", "approve", "stage", "promote", "supersede", "rollback", "withdraw",
    "deprecate", "retire", "intent", "triggers", "export", "migrate",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened.

    Attributes:
        number: from 1, without gaps.
        at: UTC, ``2026-11-21T03:15:00.123456Z``; never before the entry before.
        actor: id of a person; ``executor`` for the automatic return; ``pipeline`` for `dvc repro`.
        action: what.
        slot: ``model/place/environment``; ``""`` where it concerns none.
        version: digest of the version; ``""`` where it concerns none.
        payload: canonical JSON of everything else that a replay needs.
        before: digest of the entry before; of the first: of the registry's own id.
        digest: SHA-256 over all other fields.
    """

    number: int
    at: str
    actor: str
    action: Action
    slot: str
    version: str
    payload: str
    before: str
    digest: str


def digest_of(entry: Entry) -> str:
    """SHA-256 over the entry's other fields as a JSON array, lower-case hex."""
    fields = [entry.number, entry.at, entry.actor, entry.action, entry.slot, entry.version, entry.payload, entry.before]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def sealed(entry: Entry) -> Entry:
    """With its digest."""
    return replace(entry, digest=digest_of(entry))


def seed_of(registry: str) -> str:
    """What the first entry has for the one before: the digest of the registry's own random id."""
    return hashlib.sha256(f"detection registry {registry}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ChainFault:
    """Where a chain is broken: the number of the entry, and how in words."""

    number: int
    words: str


def first_fault(registry: str, entries: Iterable[Entry]) -> ChainFault | None:
    """The first entry that was edited, removed, swapped, added or taken from another registry; None if none was.

    A shortened end cannot be seen from the entries alone: compare the last digest with one that was exported, and the
    tables with what the entries say.
    """
    before, number, at = seed_of(registry), 1, ""
    for entry in entries:
        fault = _fault(entry, number, before, at)
        if fault:
            return ChainFault(number, fault)
        before, number, at = entry.digest, number + 1, entry.at
    return None


def _fault(entry: Entry, number: int, before: str, at: str) -> str:
    if entry.number != number:
        return f"has number {entry.number}: an entry is missing or out of place"
    if entry.before != before:
        return "does not follow the entry before it: that one was changed, removed, or is of another registry"
    if digest_of(entry) != entry.digest:
        return "its digest is not that of its content: it was changed after it was written"
    if entry.at < at:
        return f"is of {entry.at}, before the entry before it"
    return ""
