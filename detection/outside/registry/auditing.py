"""Does the whole log hold: every entry, every table, every signature of an order or an approval?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from detection.outside.registry.reading import Reader, order_of
from detection.rules.registry.approvals import SignedApproval
from detection.rules.registry.entries import Entry
from detection.rules.registry.readings import Head

ORDERED = ("stage", "promote", "supersede", "rollback", "withdraw", "deprecate", "retire")
"""Actions whose entries hold the order they follow from."""
SHOWN = 50
"""Faults of signatures that are told."""
_APPROVAL = TypeAdapter(SignedApproval)


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
        said = _signature_fault(reader, entry)
        good += said == ""
        if said:
            faults.append(f"entry {entry.number}: {said}")
    return Audited(registry.head(), entries, good, tuple(faults[:SHOWN]))


def _signature_fault(reader: Reader, entry: Entry) -> str | None:
    """Why the signature in an entry is not good; ``""`` if it is, None if an entry of its kind has none."""
    if entry.action == "approve":
        signed = approval_of(entry.payload)
        return "holds no approval" if signed is None else reader.approval_fault(signed)
    if entry.action in ORDERED:
        order = order_of(entry.payload)
        return "holds no order" if order is None else reader.order_fault(order)
    return None


def approval_of(payload: str) -> SignedApproval | None:
    """The approval that an audit entry holds; None if it holds none that can be read."""
    try:
        said: Any = json.loads(payload)
        return _APPROVAL.validate_json(json.dumps(said["approval"]))
    except (ValueError, TypeError, KeyError, ValidationError):
        return None
