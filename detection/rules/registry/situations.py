"""All that guards look at: what the registry has of a slot, and what stands outside of it now."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import AwareDatetime

from detection.rules.registry.registered import Version
from detection.rules.registry.signatures.approvals import SignedApproval
from detection.rules.registry.slots import Slot, Stage
from detection.rules.spec.governance import Governance
from detection.rules.spec.people import People
from detection.rules.spec.slots import SlotPlan


@dataclass(frozen=True, slots=True)
class Period:
    """One version's time in Production of a slot, or a time without any.

    Attributes:
        epoch: of the slot from here on; grows by one with each change of what is live.
        version_digest: what is live; ``""`` for nothing.
        since: UTC.
        action: promote, rollback or withdraw.
        actor: who.
        reason: in words.
        entry: number of the audit entry that made it.
        rollback_authorised: whether the executor may go back to the period before; decided with the promotion.
    """

    epoch: int
    version_digest: str
    since: AwareDatetime
    action: str
    actor: str
    reason: str
    entry: int
    rollback_authorised: bool


@dataclass(frozen=True, slots=True)
class Pin:
    """The deployment that was pinned for a slot.

    Attributes:
        digest: SHA-256 of the file's bytes.
        plan: what it says.
    """

    digest: str
    plan: SlotPlan


@dataclass(frozen=True, slots=True)
class KeptNonce:
    """A nonce that the registry gave out.

    Attributes:
        nonce: 32 hex digits.
        slot: for which slot.
        version_digest: for which version.
        used_by_entry: number of the audit entry that used it up; 0 while it is free.
    """

    nonce: str
    slot: Slot
    version_digest: str
    used_by_entry: int


@dataclass(frozen=True, slots=True)
class Situation:
    """What the registry has of a slot and a candidate, read inside the transaction that will change it.

    Attributes:
        slot: which; None for deprecate and retire, which concern a version everywhere.
        epoch: how often what is live there has changed; 0 without a slot.
        candidate: the version that is ordered; None for a withdrawal, or where the registry has no such version.
        stage: of the candidate in this slot.
        live: what is in Production there; None for nothing.
        history: periods of this slot, newest first, at most 50.
        approvals: of the candidate in this slot.
        nonces: that were given out for these.
        pin: the deployment pinned last; None before the first.
        live_in: slots in which the candidate is in Production, sorted; needed of deprecate and retire alone.
    """

    slot: Slot | None
    epoch: int
    candidate: Version | None
    stage: Stage
    live: Version | None
    history: tuple[Period, ...]
    approvals: tuple[SignedApproval, ...]
    nonces: tuple[KeptNonce, ...]
    pin: Pin | None
    live_in: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """What ``detection compare`` said of the candidate against a champion.

    Attributes:
        digest: SHA-256 of its file.
        champion: digest of the bundle that it was compared with.
        challenger: digest of the bundle that it was about.
        advice: PROMOTE or KEEP.
        headline: in words.
    """

    digest: str
    champion: str
    challenger: str
    advice: str
    headline: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands outside of the registry at the moment of an order.

    Attributes:
        governance: of the spec as it is now.
        spec_digest: SHA-256 of that spec's file.
        people: who may act now.
        plan: the slot's file as it is now; None where there is none.
        plan_digest: SHA-256 of its bytes; ``""`` where there is none.
        compared: comparisons at hand.
        now: UTC.
    """

    governance: Governance
    spec_digest: str
    people: People
    plan: SlotPlan | None
    plan_digest: str
    compared: tuple[Compared, ...]
    now: AwareDatetime
