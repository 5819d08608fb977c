"""What somebody signed, as entries of the log hold it; and whether it is of them, and of that entry and no other."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter, ValidationError

from detection.rules.registry.entries import Entry
from detection.rules.registry.signatures import approvals, orders
from detection.rules.registry.signatures.approvals import SignedApproval
from detection.rules.registry.signatures.orders import Order, SignedOrder
from detection.rules.spec.people import People

ORDERED = ("stage", "promote", "supersede", "rollback", "withdraw", "deprecate", "retire")
"""Actions whose entries hold the order they follow from."""
_VERBS = ("promote", "rollback", "withdraw", "deprecate", "retire")
"""Of these, those that are called as the order's verb."""
_APPROVAL, _ORDER = TypeAdapter(SignedApproval), TypeAdapter(SignedOrder)


def fault_of(entry: Entry, people: People) -> str | None:
    """Why the statement in an entry does not hold; ``""`` if it does, None if an entry of its kind has none.

    A good signature is not enough: an order of another day, put into an entry anew, bears one too.
    """
    if entry.action == "approve":
        approved = approval_of(entry.payload)
        return "holds no approval" if approved is None else approvals.fault_of(approved, people) or _of(entry, approved)
    if entry.action in ORDERED:
        signed = order_of(entry.payload)
        return "holds no order" if signed is None else orders.fault_of(signed, people) or _follows(entry, signed.order)
    return None


def order_of(payload: str) -> SignedOrder | None:
    """The order that an entry's payload holds; None if it holds none that can be read."""
    try:
        return _ORDER.validate_json(json.dumps(_said(payload)["order"]))
    except (ValueError, TypeError, KeyError, ValidationError):
        return None


def approval_of(payload: str) -> SignedApproval | None:
    """The approval that an entry's payload holds; None if it holds none that can be read."""
    try:
        return _APPROVAL.validate_json(json.dumps(_said(payload)["approval"]))
    except (ValueError, TypeError, KeyError, ValidationError):
        return None


def _said(payload: str) -> Any:
    return json.loads(payload)


def _of(entry: Entry, signed: SignedApproval) -> str:
    said = signed.approval
    if (said.person, str(said.slot), said.version_digest) == (entry.actor, entry.slot, entry.version):
        return ""
    return f"holds an approval of {said.person!r} of {said.version_digest[:12]} for {said.slot}: it is of another entry"


def _follows(entry: Entry, order: Order) -> str:
    """Why an entry does not follow from an order: actor, slot, verb, version, and the epoch that the order was for."""
    found = [order.actor == entry.actor, str(order.slot or "") == entry.slot]
    if entry.action in _VERBS:
        found.append(order.verb == entry.action)
    if entry.action in _VERBS and order.verb != "withdraw":
        found.append(order.version_digest == entry.version)
    period = _said(entry.payload).get("period")
    if isinstance(period, dict):
        found.append(period.get("epoch") == order.epoch + 1)
    if all(found):
        return ""
    return f"holds an order of {order.actor!r} to {order.verb} in epoch {order.epoch}: it is of another entry"
