"""What a person or the executor asks of the registry, and the statement that the person signs with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import AwareDatetime, ConfigDict

from detection.rules.field.retrain.evidence import STRICT
from detection.rules.registry.slots import Slot, Stage

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
        signature: Base64 of 64 bytes over the order's canonical bytes; ``""`` for the executor.
        evidence: of the executor's orders: the key of the decision they follow from; ``""`` otherwise.
    """

    order: Order
    public: str
    signature: str
    evidence: str = ""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
