"""The registry as everybody else sees it: open it by its URL, ask, or change it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any

from detection.outside.database.answers import auditing, finding, reading
from detection.outside.database.answers.finding import Kind
from detection.outside.database.changes.writing import ApprovalJudge, Numbering, OrderJudge, Writer
from detection.outside.database.engines import WAIT_S, Database
from detection.outside.database.faults import RegistryError
from detection.outside.database.log.chain import Chain, ClockError, Deed
from detection.outside.database.schema import revisions
from detection.outside.database.tables import ENTRIES
from detection.outside.database.texts import spelled
from detection.rules.registry.entries import Action, ChainFault, Entry
from detection.rules.registry.plans import Judged, Refused
from detection.rules.registry.readings import Head, Intent, Live, Standing
from detection.rules.registry.refusals import Refusal
from detection.rules.registry.registered import Content, Version
from detection.rules.registry.signatures.approvals import SignedApproval
from detection.rules.registry.signatures.orders import SignedOrder
from detection.rules.registry.situations import KeptNonce, Period, Situation
from detection.rules.registry.slots import Slot, Stage
from detection.rules.spec.slots import SlotPlan

TOLERANCE_S = 60.0
"""For so long a clock may lie behind the last entry, unless the spec's governance says otherwise."""


def open_registry(
    url: str,
    create: bool = False,
    *,
    at: datetime | None = None,
    clock_tolerance_s: float = TOLERANCE_S,
    wait_s: float = WAIT_S,
) -> Registry:
    """Open a registry.

    Args:
        url: ``sqlite:///registry.db``, or ``postgresql://host/database``; without a password.
        create: whether one that is not there is made.
        at: moment of the first entry of one that is made; this machine's clock with None.
        clock_tolerance_s: for so long the clock may lie behind the last entry.
        wait_s: for so long a change waits for others.

    Raises:
        RegistryError: there is none, it is of another program's version, or the database refuses.
        EnvironmentMissingError: the database's driver is not installed.
    """
    database = Database(url, create=create, wait_s=wait_s)
    try:
        if create and not _is_there(database):
            from detection.outside.database.schema.migrating import migrate

            migrate(url, at)
        with database.looking() as connection:
            revisions.refuse_other(connection)
    except BaseException:
        database.close()
        raise
    return Registry(database, clock_tolerance_s)


def _is_there(database: Database) -> bool:
    with database.looking() as connection:
        return revisions.revision_of(connection) != ""


class Registry:
    """A registry that is open. Every question sees one state; every change is one transaction with its entries."""

    def __init__(self, database: Database, clock_tolerance_s: float) -> None:
        """Use :func:`open_registry`."""
        self._database = database
        self._tolerance_s = clock_tolerance_s

    def __enter__(self) -> Registry:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    @property
    def place(self) -> str:
        """The URL, for people."""
        return self._database.place

    @property
    def id(self) -> str:
        """What the log begins with: 32 hex digits, of this registry alone."""
        with self._database.looking() as connection:
            return reading.registry_id(connection)

    def versions(self, model: str | None = None) -> tuple[Version, ...]:
        """All versions of a model, or of all models, by number."""
        with self._database.looking() as connection:
            return finding.versions(connection, model)

    def bases(self, model: str) -> tuple[Version, ...]:
        """The newest version of each major of a model, in order: what a further one is numbered by."""
        with self._database.looking() as connection:
            return finding.bases(connection, model)

    def version(self, name: str, model: str | None = None) -> Version:
        """By digest or six digits of it or more, ``1.2.3``, or ``latest``.

        Raises:
            RegistryError: none or several.
        """
        with self._database.looking() as connection:
            return finding.version(connection, name, model)

    def holding(self, kind: Kind, name: str) -> tuple[Version, ...]:
        """Versions made from something: a digest or name of data, a commit, ``package[==version]``, a parent, a run."""
        with self._database.looking() as connection:
            return finding.holding(connection, kind, name)

    def slots(self) -> tuple[Slot, ...]:
        """Slots that the log speaks of."""
        with self._database.looking() as connection:
            return reading.slots(connection)

    def stage_of(self, slot: Slot, digest: str) -> Stage:
        """How far a version has come in a slot."""
        with self._database.looking() as connection:
            return reading.stage_of(connection, slot, digest)

    def stages(self, slot: Slot) -> tuple[Standing, ...]:
        """How far each version has come in a slot, by number."""
        with self._database.looking() as connection:
            return reading.stages(connection, slot)

    def live(self, at: datetime | None = None) -> tuple[Live, ...]:
        """What is live, or was at a moment, where anything is; each checked against its entry.

        Raises:
            RegistryError: the tables say what the log does not.
        """
        with self._database.looking() as connection:
            return reading.live(connection, at)

    def history(self, slot: Slot, limit: int = reading.PAGE, before_epoch: int | None = None) -> tuple[Period, ...]:
        """A page of a slot's periods, newest first."""
        with self._database.looking() as connection:
            return reading.history(connection, slot, limit, before_epoch)

    def situation(self, slot: Slot | None, digest: str) -> Situation:
        """What guards look at, as it is now; a change looks again."""
        with self._database.looking() as connection:
            return reading.situation(connection, slot, digest)

    def nonces(self, slot: Slot, digest: str) -> tuple[KeptNonce, ...]:
        """What was given to approvers of a version in a slot, oldest first, and which entry used it up."""
        with self._database.looking() as connection:
            return reading.nonces(connection, slot, digest)

    def approvals(self, slot: Slot, digest: str) -> tuple[SignedApproval, ...]:
        """Of a version in a slot, oldest first; signatures are checked by whoever shows them."""
        with self._database.looking() as connection:
            return reading.approvals(connection, slot, digest)

    def head(self) -> Head:
        """The end of the log, to keep elsewhere."""
        with self._database.looking() as connection:
            return reading.head(connection)

    def entry(self, number: int) -> Entry:
        """One entry of the log.

        Raises:
            RegistryError: there is none.
        """
        found = list(self.entries(number, number))
        if not found:
            raise RegistryError(f"{self.place}: the log has no entry {number}")
        return found[0]

    def entries(self, first: int = 1, last: int | None = None) -> Iterator[Entry]:
        """Entries in order; read page by page, and held as one state until the last is taken."""
        where = [ENTRIES.c.number >= first, *([] if last is None else [ENTRIES.c.number <= last])]
        with self._database.looking() as connection:
            yield from reading.entries(connection, *where)

    def entries_between(self, begin: datetime, end: datetime) -> Iterator[Entry]:
        """Entries from ``begin`` to before ``end``."""
        with self._database.looking() as connection:
            yield from reading.entries(connection, ENTRIES.c.at >= spelled(begin), ENTRIES.c.at < spelled(end))

    def fault(self, kept: Head | None = None) -> ChainFault | None:
        """The first fault of the whole log, or of a table that is not what the log makes of it.

        Args:
            kept: an end of the log that somebody kept elsewhere; without it a log that was cut or written anew, with
                its tables, cannot be told.
        """
        with self._database.looking() as connection:
            return auditing.fault(connection, kept)

    def open_intents(self) -> tuple[Intent, ...]:
        """What was meant and not finished, oldest first."""
        with self._database.looking() as connection:
            return reading.intents(connection)

    def intent(self, key: str) -> Intent | None:
        """What was meant under a key."""
        with self._database.looking() as connection:
            return next(iter(reading.intents(connection, key)), None)

    def register(self, content: Content, submitter: str, numbering: Numbering, at: datetime) -> Version:
        """Take a version in; in every slot of its model it is in Development. The same again gives what is there.

        Args:
            content: what is kept of it.
            submitter: id of who registers.
            numbering: its number and the reason, from :meth:`bases` and the version that ``content`` names as parent.
            at: the clock's time.
        """
        with self._writing(at) as writer:
            return writer.register(content, submitter, numbering)

    def pin(self, slot: Slot, plan: SlotPlan, plan_bytes: bytes, actor: str, at: datetime) -> None:
        """Keep a slot's deployment as it is now; the same again is silent."""
        with self._writing(at) as writer:
            writer.pin(slot, plan, plan_bytes, actor)

    def give_nonce(self, slot: Slot, digest: str, actor: str, at: datetime) -> str:
        """What approvals of this version in this slot must carry; the same until a promotion uses it up."""
        with self._writing(at) as writer:
            return writer.give_nonce(slot, digest, actor)

    def approve(self, signed: SignedApproval, judge: ApprovalJudge, at: datetime) -> tuple[Refusal, ...]:
        """Keep an approval if the judge has nothing against it; returns what it has."""
        try:
            with self._writing(at) as writer:
                return writer.approve(signed, judge)
        except ClockError as error:
            return (Refusal("clock-set-back", str(error)),)

    def carry_out(self, signed: SignedOrder, judge: OrderJudge, at: datetime) -> Judged:
        """Do what is ordered if the judge and the slot's epoch allow it; returns what was done, or why nothing was."""
        try:
            with self._writing(at) as writer:
                return writer.carry_out(signed, judge)
        except ClockError as error:
            return Refused((Refusal("clock-set-back", str(error)),))

    def note(self, action: Action, actor: str, slot: Slot | None, digest: str, payload: str, at: datetime) -> Entry:
        """Add an entry that changes no table: an export, a return that triggers asked for and guards refused.

        Args:
            action: export or triggers.
            actor: who.
            slot: which it concerns, if any.
            digest: of the version it concerns, or ``""``.
            payload: JSON; kept in its canonical form.
            at: the clock's time.
        """
        if action not in {"export", "triggers"}:
            raise RegistryError(f"{action!r}: is no note; it changes tables, and has a way of its own")
        try:
            said: Any = json.loads(payload)
        except ValueError as error:
            raise RegistryError(f"the payload of a note is no JSON ({error})") from error
        with self._writing(at) as writer:
            number = writer.note(Deed(action, actor, said, str(slot or ""), digest))
        return self.entry(number)

    def begin_intent(self, key: str, payload: str, at: datetime) -> bool:
        """Write down what the executor means to do, before it does it; False if the key was there before."""
        with self._writing(at) as writer:
            return writer.begin_intent(key, payload)

    def finish_intent(self, key: str, outcome: str, at: datetime) -> None:
        """Write down what came of it; once."""
        with self._writing(at) as writer:
            writer.finish_intent(key, outcome)

    @contextmanager
    def _writing(self, at: datetime) -> Iterator[Writer]:
        with self._database.changing() as connection:
            yield Writer(connection, Chain(connection, at, self._tolerance_s))
