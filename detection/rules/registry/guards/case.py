"""One version that wants to get somewhere: all that a guard looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from detection.rules.registry.registered import Version
from detection.rules.registry.signatures import signing
from detection.rules.registry.situations import Situation, Surroundings
from detection.rules.registry.slots import Slot
from detection.rules.spec.governance import Guard, Tier
from detection.rules.spec.slots import SlotPlan

_TIERS = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Case:
    """A version, a slot, and all that is known of both.

    Attributes:
        version: that wants to get there.
        slot: where.
        situation: what the registry has.
        now: what stands outside of it.
        actor: id of who orders it; ``""`` where nobody does yet.
    """

    version: Version
    slot: Slot
    situation: Situation
    now: Surroundings
    actor: str = ""

    @property
    def plan(self) -> SlotPlan | None:
        """The slot's file; where it is gone, as it was pinned last."""
        if self.now.plan is not None:
            return self.now.plan
        return None if self.situation.pin is None else self.situation.pin.plan

    @property
    def tier(self) -> Tier:
        """What is asked of people: by the spec of today or of the version's own, whichever asks for more."""
        governance = self.now.governance
        stricter = max(governance.risk_tier, self.version.content.risk_tier, key=_TIERS.index)
        return governance.tiers.of(stricter)

    @property
    def asked(self) -> list[Guard]:
        """What must hold before Production here."""
        return self.now.governance.guards.production.of(self.slot.environment)

    @property
    def title(self) -> str:
        """The version, for people."""
        return title(self.version)


def title(version: Version) -> str:
    """A version for people: ``1.2.3 (0123456789ab)``."""
    return f"{version.number} ({version.content.digest[:12]})"


def said(at: datetime) -> str:
    """A moment for people: ``2026-11-21 03:15 UTC``."""
    return f"{signing.moment(at)[:16].replace('T', ' ')} UTC"
