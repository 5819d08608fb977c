"""Orders and approvals of people: signed with their keys, judged and carried out in one transaction of the registry.

Whether an order may be carried out is decided by :mod:`detection.rules.registry.guards`, on what the registry has at
that moment; a refused one changes nothing.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace

from detection.errors import DetectionError
from detection.outside.database.log.chain import ClockError
from detection.outside.database.registry import Registry
from detection.outside.keys import Signer
from detection.outside.registry import places
from detection.outside.registry.people import public_of
from detection.rules.registry import guards
from detection.rules.registry.plans import Judged, Plan, Refused
from detection.rules.registry.refusals import Refusal
from detection.rules.registry.returns import destination
from detection.rules.registry.signatures import orders
from detection.rules.registry.signatures.orders import Order, SignedOrder, Verb
from detection.rules.registry.situations import Pin, Situation, Surroundings
from detection.rules.registry.slots import Slot, Stage
from detection.rules.spec.people import People


class OrderError(DetectionError):
    """An order that cannot even be written down: say what it is missing."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the person whose key it is; with a key that nobody has, whom the file's name claims."""

    person: str
    signer: Signer

    @property
    def public(self) -> str:
        """Base64 of the public key's 32 bytes."""
        return public_of(self.signer.key)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants of a slot.

    Attributes:
        verb: promote, rollback or withdraw.
        slot: where.
        digest: of which version; ``""`` of a withdrawal.
        to: the stage wanted.
        reason: in words.
    """

    verb: Verb
    slot: Slot
    digest: str
    to: Stage
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """What somebody wants of a version everywhere.

    Attributes:
        verb: deprecate or retire.
        digest: of which version.
        reason: in words.
        day: of a deprecation, the end of its life, ``YYYY-MM-DD``; ``""`` otherwise.
    """

    verb: Verb
    digest: str
    reason: str
    day: str = ""


def actor_of(signer: Signer, people: People) -> Actor:
    """The person who holds a key; whether they may act is for the guards to say."""
    holder = people.holder(public_of(signer.key))
    return Actor(holder.id if holder else signer.key.name, signer)


def carry_out(registry: Registry, wish: Wish, actor: Actor, now: Surroundings) -> Judged:
    """Sign an order about a slot, and have it judged and carried out.

    A promotion pins the slot's file as it stands, if it is another than the one pinned last: before the promotion, and
    only if everything else that is asked for holds.

    Raises:
        RegistryError: the database refuses.
    """
    situation = registry.situation(wish.slot, wish.digest)
    order = Order(wish.verb, wish.slot, wish.digest, wish.to, situation.epoch, wish.reason, "", actor.person, now.now)
    signed = _signed(order, actor)
    if wish.verb == "promote":
        first = guards.judged(signed, _pinned(situation, now), now)
        if isinstance(first, Refused):
            return first
        try:
            _pin(registry, wish.slot, situation, actor, now)
        except ClockError as error:
            return Refused((Refusal("clock-set-back", str(error)),))
    return registry.carry_out(signed, lambda found: guards.judged(signed, found, now), now.now)


def end(registry: Registry, ending: Ending, actor: Actor, now: Surroundings) -> Judged:
    """Sign a deprecation or a retirement, and have it judged and carried out.

    Raises:
        RegistryError: the database refuses.
    """
    order = Order(ending.verb, None, ending.digest, Stage.ARCHIVED, 0, ending.reason, ending.day, actor.person, now.now)
    signed = _signed(order, actor)
    return registry.carry_out(signed, lambda found: guards.judged(signed, found, now), now.now)


def back_to(registry: Registry, slot: Slot, wanted: str | None, reason: str) -> Wish:
    """What a rollback wants: the version before, one that was named, or nothing at all.

    Args:
        registry: the registry, open.
        slot: where.
        wanted: a version's name; ``nothing`` withdraws what is live; None goes back to what was live before.
        reason: in words.

    Raises:
        RegistryError: no such version.
        OrderError: nobody named a version, and none was live before.
    """
    if wanted == "nothing":
        return Wish("withdraw", slot, "", Stage.ARCHIVED, reason)
    if wanted is not None:
        return Wish("rollback", slot, registry.version(wanted, slot.model).content.digest, Stage.PRODUCTION, reason)
    before = destination.previous(registry.history(slot))
    return Wish("rollback", slot, before or "", Stage.PRODUCTION, reason)


def refusals_of(judged: Judged) -> tuple[Refusal, ...]:
    """Why an order was not carried out; empty if it was."""
    return () if isinstance(judged, Plan) else judged.refusals


def _signed(order: Order, actor: Actor) -> SignedOrder:
    return SignedOrder(order, actor.public, spelled(actor.signer.private.sign(orders.payload(order))))


def _pinned(situation: Situation, now: Surroundings) -> Situation:
    """As it will be once the slot's file is pinned."""
    return situation if now.plan is None else replace(situation, pin=Pin(now.plan_digest, now.plan))


def _pin(registry: Registry, slot: Slot, situation: Situation, actor: Actor, now: Surroundings) -> None:
    deployment = places.deployment(slot.place)
    if deployment is None or (situation.pin is not None and situation.pin.digest == now.plan_digest):
        return
    if deployment.digest != now.plan_digest:
        raise OrderError(f"{deployment.path}: was changed this very moment; run the same command again")
    registry.pin(slot, deployment.plan, deployment.content, actor.person, now.now)


def spelled(content: bytes) -> str:
    """Base64, as signatures are kept."""
    return base64.b64encode(content).decode()
