"""Who signed, and may they? The first doubt ends it: of a signature that is not good nothing else is worth telling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from detection.rules.registry.guards.case import said
from detection.rules.registry.refusals import Refusal
from detection.rules.registry.signatures import orders
from detection.rules.registry.signatures.orders import EXECUTOR, SignedOrder
from detection.rules.spec.people import People, Person


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says of themselves.

    Attributes:
        person: id.
        public: their key, Base64.
        sound: that key made the signature.
    """

    person: str
    public: str
    sound: bool


def doubts(claim: Claim, people: People, now: datetime) -> tuple[Refusal, ...]:
    """Why a signature does not count now: one reason, or none."""
    known = person_of(claim.person, people)
    if known is None:
        words = f"{claim.person!r} is not in specs/people.yaml; enrol them: detection registry enrol {claim.person}"
        return (Refusal("unknown-person", words),)
    key = next((one for one in known.keys if one.public == claim.public), None)
    if key is None:
        holder = people.holder(claim.public)
        whose = f"is the key of {holder.id!r}" if holder else "is nobody's in specs/people.yaml"
        words = f"key {claim.public[:12]}... {whose}, not of {known.id!r}; sign with a key of your own"
        return (Refusal("unknown-key", words),)
    if key.revoked_at is not None and key.revoked_at <= now:
        words = f"key {claim.public[:12]}... of {known.id!r} was revoked from {said(key.revoked_at)}"
        return (Refusal("revoked-key", f"{words}; sign with another key"),)
    if not claim.sound:
        words = f"the signature of {known.id!r} is not of what stands above it; sign again"
        return (Refusal("forged-signature", words),)
    return ()


def of_order(signed: SignedOrder, people: People, now: datetime) -> tuple[Refusal, ...]:
    """Why an order is not by whom it says; the executor has no key, and guards of its own."""
    if signed.order.actor != EXECUTOR:
        return doubts(Claim(signed.order.actor, signed.public, orders.is_sound(signed)), people, now)
    if orders.is_sound(signed):
        return ()
    return (Refusal("forged-signature", "the executor signs nothing; an order with its name bears a signature"),)


def person_of(name: str, people: People) -> Person | None:
    """Somebody by their id."""
    return next((one for one in people.people if one.id == name), None)
