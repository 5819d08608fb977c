"""What a person or the executor asks of the registry, and the statement that the person signs with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import AwareDatetime, ConfigDict

from detection.rules.field.retrain.evidence import STRICT
from detection.rules.registry.signatures import signing
from detection.rules.registry.slots import Slot, Stage
from detection.rules.spec.people import People

PAYLOAD_TYPE = "application/vnd.detection.order.v1+json"
EXECUTOR = "executor"
"""Who returns by itself: no person, has no key, and may do nothing else."""

Verb = Literal["promote", "rollback", "withdraw", "deprecate", "retire"]


@dataclass(frozen=True, slots=True)
class Order:
    """One change that somebody wants.

    Attributes:
        verb: what kind.
        slot: where; None for deprecate and retire, which concern a version everywhere.
        version_digest: which version; of a rollback the one to go back to; ``""`` of a withdrawal.
        to: the stage wanted; of a rollback Production, of a withdrawal Archived.
        epoch: of the slot when the person looked: if it has moved on since, the order is refused (compare-and-swap).
        reason: in words; required for everything but a promotion.
        end_of_life: of a deprecation, ``YYYY-MM-DD``; ``""`` otherwise.
        actor: id of a person; ``executor`` for the automatic return.
        ordered_at: UTC.
    """

    verb: Verb
    slot: Slot | None
    version_digest: str
    to: Stage
    epoch: int
    reason: str
    end_of_life: str
    actor: str
    ordered_at: AwareDatetime

    __pydantic_config__: ClassVar[ConfigDict] = STRICT


@dataclass(frozen=True, slots=True)
class SignedOrder:
    """An order as it is kept.

    Attributes:
        order: what was signed.
        public: the key, Base64 of its 32 bytes; ``""`` for the executor.
        signature: Base64 of 64 bytes over the order's :func:`payload`; ``""`` for the executor.
        evidence: of the executor's orders: the key of the decision they follow from; ``""`` otherwise. Not signed.
    """

    order: Order
    public: str
    signature: str
    evidence: str = ""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT


def payload(order: Order) -> bytes:
    """The very bytes that a person's key signs; nothing is to be put around them."""
    return signing.payload(PAYLOAD_TYPE, order)


def is_sound(signed: SignedOrder) -> bool:
    """The key that stands beside it made the signature; of the executor, that there is none."""
    if signed.order.actor == EXECUTOR:
        return not signed.public and not signed.signature
    return signing.is_good(signed.public, signed.signature, payload(signed.order))


def fault_of(signed: SignedOrder, people: People) -> str:
    """Why a kept order is not by whom it says, in words; ``""`` if it is. To be asked whenever one is read."""
    said = signed.order
    if not is_sound(signed):
        return f"the signature of {said.actor!r} is not good: the order was changed, or never signed"
    return "" if said.actor == EXECUTOR else signing.holder_fault(said.actor, signed.public, said.ordered_at, people)
