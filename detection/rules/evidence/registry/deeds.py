"""How what is live came about: the order and the approvals, every signature verified anew when it was read."""

from __future__ import annotations

from dataclasses import dataclass

from detection.rules.registry.registered import Version
from detection.rules.registry.signatures.approvals import SignedApproval
from detection.rules.registry.signatures.orders import SignedOrder
from detection.rules.registry.situations import Period
from detection.rules.registry.slots import Slot


@dataclass(frozen=True, slots=True)
class Checked:
    """An approval, its signature verified when it was read.

    Attributes:
        signed: the approval.
        fault: why it is not by whom it says; ``""`` if it is.
    """

    signed: SignedApproval
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """What made a period: an order that somebody signed, and the approvals it stood on.

    Attributes:
        order: as it was kept; None where the entry holds none.
        fault: why the order is not by whom it says; ``""`` if it is.
        approvals: that were used up when this version came into Production of the slot, now or at an earlier time.
    """

    order: SignedOrder | None
    fault: str
    approvals: tuple[Checked, ...] = ()

    def faults(self) -> tuple[str, ...]:
        """Why this cannot be relied on; nothing if every signature is good."""
        return tuple(filter(None, (self.fault, *(one.fault for one in self.approvals))))


@dataclass(frozen=True, slots=True)
class KnownPeriod:
    """A period of a slot with its version and its deed.

    Attributes:
        slot: where.
        period: from when, why.
        version: what was live; None for nothing.
        deed: how it came about.
    """

    slot: Slot
    period: Period
    version: Version | None
    deed: Deed
