"""What is live and how it came about, read from a registry; every signature is verified anew whenever it is read."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from detection.outside.database.registry import Registry
from detection.outside.registry.people import PEOPLE, read_people
from detection.rules.evidence.registry.deeds import Checked, Deed, KnownPeriod
from detection.rules.registry.entries import Entry
from detection.rules.registry.registered import Version
from detection.rules.registry.signatures import approvals, orders, statements
from detection.rules.registry.signatures.approvals import SignedApproval
from detection.rules.registry.signatures.orders import SignedOrder
from detection.rules.registry.situations import Period
from detection.rules.registry.slots import Slot
from detection.rules.spec.people import People


class Reader:
    """Reads a registry and checks who signed; what was read once is not read again."""

    def __init__(self, registry: Registry, people: Path = PEOPLE) -> None:
        """Name the registry and the file of those who may act.

        Raises:
            DocumentError: the file is there and does not follow its model.
        """
        self.registry = registry
        self._path = people
        self._people: People | None = read_people(people) if people.exists() else None
        self._versions: dict[str, Version] = {}
        self._used: dict[tuple[Slot, str], tuple[tuple[Checked, int], ...]] = {}

    def live(self, at: datetime | None = None) -> tuple[KnownPeriod, ...]:
        """What is live, or was at a moment, in each slot where anything is.

        Raises:
            RegistryError: the tables say what the log does not.
        """
        found = self.registry.live(at)
        self._versions |= {one.version.content.digest: one.version for one in found}
        return tuple(self.known(one.slot, one.period) for one in found)

    def periods(self, slot: Slot, limit: int, before_epoch: int | None = None) -> tuple[KnownPeriod, ...]:
        """A page of a slot's periods, newest first."""
        return tuple(self.known(slot, one) for one in self.registry.history(slot, limit, before_epoch))

    def known(self, slot: Slot, period: Period) -> KnownPeriod:
        """A period with its version and its deed."""
        digest = period.version_digest
        return KnownPeriod(slot, period, self.version(digest) if digest else None, self._deed(slot, period))

    def version(self, digest: str) -> Version:
        """A version by its whole digest.

        Raises:
            RegistryError: there is none.
        """
        if digest not in self._versions:
            self._versions[digest] = self.registry.version(digest)
        return self._versions[digest]

    def checked(self, slot: Slot, digest: str) -> tuple[Checked, ...]:
        """All approvals of a version in a slot, oldest first, used or not."""
        return tuple(Checked(one, self.approval_fault(one)) for one in self.registry.approvals(slot, digest))

    def order_fault(self, signed: SignedOrder) -> str:
        """Why an order is not by whom it says; ``""`` if it is."""
        if signed.order.actor == orders.EXECUTOR:
            return orders.fault_of(signed, _NOBODY)
        return self._nobody() if self._people is None else orders.fault_of(signed, self._people)

    def approval_fault(self, signed: SignedApproval) -> str:
        """Why an approval is not by whom it says; ``""`` if it is."""
        return self._nobody() if self._people is None else approvals.fault_of(signed, self._people)

    def entry_fault(self, entry: Entry) -> str | None:
        """Why the statement in an entry does not hold; ``""`` if it does, None if an entry of its kind has none."""
        found = statements.fault_of(entry, self._people or _NOBODY)
        return self._nobody() if found and self._people is None else found

    def _nobody(self) -> str:
        return f"{self._path} is not there, so that nobody can say whose signature it is"

    def _deed(self, slot: Slot, period: Period) -> Deed:
        approved = self._approved(slot, period)
        signed = statements.order_of(self.registry.entry(period.entry).payload)
        if signed is None:
            return Deed(None, f"audit entry {period.entry} holds no order", approved)
        return Deed(signed, self.order_fault(signed) or _disagreement(signed, slot, period), approved)

    def _approved(self, slot: Slot, period: Period) -> tuple[Checked, ...]:
        """The approvals that had been used up when the period began."""
        key = slot, period.version_digest
        if not period.version_digest:
            return ()
        if key not in self._used:
            used = {one.nonce: one.used_by_entry for one in self.registry.nonces(*key)}
            self._used[key] = tuple((one, used.get(one.signed.approval.nonce, 0)) for one in self.checked(*key))
        return tuple(one for one, entry in self._used[key] if 0 < entry <= period.entry)


_NOBODY = People.model_construct(version=1, people=[])
"""The executor is no person."""


def _disagreement(signed: SignedOrder, slot: Slot, period: Period) -> str:
    """Why a good order is not the one that made a period; ``""`` if it is."""
    order = signed.order
    if order.slot != slot or order.verb != period.action or order.actor != period.actor:
        return f"audit entry {period.entry} holds an order of {order.actor!r} to {order.verb} in {order.slot}"
    if order.epoch + 1 != period.epoch:
        return f"audit entry {period.entry} holds an order for another time, of after epoch {order.epoch}"
    if order.version_digest != period.version_digest:
        return f"audit entry {period.entry} holds an order for version {order.version_digest[:12] or 'nothing'}"
    return ""
