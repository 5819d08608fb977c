"""What the pages are made from: the registry as it was read at one moment, for the pages that show all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from detection.rules.evidence.registry.deeds import Checked, KnownPeriod
from detection.rules.judging.gates.lines import Verdict
from detection.rules.registry.entries import ChainFault, Entry
from detection.rules.registry.readings import Head, Standing
from detection.rules.registry.registered import Version
from detection.rules.registry.slots import Slot, Stage
from detection.rules.spec.governance import Governance
from detection.rules.spec.slots import SlotPlan
from detection.rules.spec.spec import Spec


@dataclass(frozen=True, slots=True)
class KnownSlot:
    """One slot.

    Attributes:
        slot: which.
        standings: how far each version has come there; those without one are in Development.
        periods: newest first.
        approvals: of all versions there.
        plan: the slot's file as it is now; None where there is none.
        plan_digest: SHA-256 of its bytes; ``""`` where there is none.
        pinned: digest of the deployment that was pinned last; ``""`` before the first.
    """

    slot: Slot
    standings: tuple[Standing, ...]
    periods: tuple[KnownPeriod, ...]
    approvals: tuple[Checked, ...] = ()
    plan: SlotPlan | None = None
    plan_digest: str = ""
    pinned: str = ""

    @property
    def live(self) -> KnownPeriod | None:
        """What is in Production now; None for nothing."""
        return self.periods[0] if self.periods and self.periods[0].version is not None else None

    def stage_of(self, digest: str) -> Stage:
        """How far a registered version has come here."""
        return next((one.stage for one in self.standings if one.digest == digest), Stage.DEVELOPMENT)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What lies in a version's bundle, each only if it is what was registered.

    Attributes:
        verdict: of the gate.
        spec: by which it was judged.
    """

    verdict: Verdict | None = None
    spec: Spec | None = None


NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True)
class Known:
    """The registry at one moment.

    Attributes:
        registry: its own id.
        as_of: when it was read, UTC.
        head: where its audit log ends.
        fault: where the log is broken; None if every entry follows from the one before and the tables from the log.
        governance: of the specification as it is now.
        spec_digest: of that specification's file.
        versions: by model and number.
        slots: sorted.
        entries: of the audit log that tell of something going wrong or back, oldest first.
        evidence: by digest of the version.
        left_out: older versions that were never live, of which ``versions`` has none.
    """

    registry: str
    as_of: datetime
    head: Head
    fault: ChainFault | None
    governance: Governance
    spec_digest: str
    versions: tuple[Version, ...]
    slots: tuple[KnownSlot, ...]
    entries: tuple[Entry, ...] = ()
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    left_out: int = 0

    def version(self, digest: str) -> Version | None:
        """A version by its digest."""
        return next((one for one in self.versions if one.content.digest == digest), None)

    def slots_of(self, model: str) -> tuple[KnownSlot, ...]:
        """The slots in which versions of a model can be live."""
        return tuple(one for one in self.slots if one.slot.model == model)

    def live_in(self, digest: str) -> tuple[Slot, ...]:
        """The slots in which a version is live."""
        return tuple(
            one.slot for one in self.slots if one.live is not None and one.live.period.version_digest == digest
        )

    def models(self) -> Sequence[str]:
        """Names of all products, sorted."""
        return sorted({one.content.model for one in self.versions})
