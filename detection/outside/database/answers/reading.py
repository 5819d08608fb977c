"""What the tables say of slots: stages, what is live, its history, and all that guards look at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from detection.outside.database.answers import finding, rows
from detection.outside.database.faults import RegistryError
from detection.outside.database.log.chain import entry_of
from detection.outside.database.log.effects import effects
from detection.outside.database.tables import (
    APPROVALS,
    ENTRIES,
    HEAD,
    INTENTS,
    NONCES,
    PERIODS,
    PINS,
    SLOTS,
    STAGES,
    VERSIONS,
)
from detection.outside.database.texts import read_moment, spelled
from detection.rules.registry.entries import Entry, digest_of
from detection.rules.registry.readings import Head, Intent, Live, Standing
from detection.rules.registry.signatures.approvals import SignedApproval
from detection.rules.registry.situations import KeptNonce, Period, Situation
from detection.rules.registry.slots import Slot, Stage

PAGE = 50
"""Periods that a situation shows, and a page of the history."""
PAGEWISE = {"stream_results": True, "yield_per": 1000}
"""How long answers are read: a thousand rows at a time."""


def registry_id(connection: Connection) -> str:
    """The random id that the log begins with."""
    return str(connection.execute(select(HEAD.c.registry)).scalar_one())


def head(connection: Connection) -> Head:
    """The end of the log."""
    row = connection.execute(select(HEAD.c.number, HEAD.c.digest)).one()
    return Head(row.number, row.digest)


def slots(connection: Connection) -> tuple[Slot, ...]:
    """All slots that the log speaks of, in order."""
    return tuple(sorted(map(rows.slot, connection.execute(select(SLOTS.c.name)).scalars())))


def stage_of(connection: Connection, slot: Slot, digest: str) -> Stage:
    """How far a version has come there; Development from its registration on."""
    where = (STAGES.c.slot == str(slot), STAGES.c.version == digest)
    found = connection.execute(select(STAGES.c.stage).where(*where)).scalar_one_or_none()
    if found is not None:
        return Stage(found)
    is_of_model = (VERSIONS.c.digest == digest, VERSIONS.c.model == slot.model)
    known = connection.execute(select(VERSIONS.c.entry).where(*is_of_model)).one_or_none()
    return Stage.NONE if known is None else Stage.DEVELOPMENT


def stages(connection: Connection, slot: Slot) -> tuple[Standing, ...]:
    """How far each version of the slot's model has come there, by number."""
    columns = VERSIONS.c
    joined = VERSIONS.outerjoin(STAGES, (STAGES.c.version == columns.digest) & (STAGES.c.slot == str(slot)))
    query = (
        select(columns.digest, STAGES.c.stage, func.coalesce(STAGES.c.since, columns.registered_at).label("since"))
        .select_from(joined)
        .where(columns.model == slot.model)
        .order_by(columns.major, columns.minor, columns.patch)
    )
    return tuple(
        Standing(row.digest, Stage(row.stage or Stage.DEVELOPMENT.value), read_moment(row.since))
        for row in connection.execute(query)
    )


def live(connection: Connection, at: datetime | None) -> tuple[Live, ...]:
    """What is or was live in each slot, each checked against the entry that made it so.

    Raises:
        RegistryError: a period is not as its entry says.
    """
    found: list[Live] = []
    for name, epoch in connection.execute(select(SLOTS.c.name, SLOTS.c.epoch).order_by(SLOTS.c.name)).all():
        row = _current(connection, name, epoch) if at is None else _at(connection, name, spelled(at))
        if row is not None and row.version:
            version = finding.of_digest(connection, row.version)
            if version is None:
                raise _disagree(name, "its version is not registered")
            found.append(Live(rows.slot(name), version, rows.period(row)))
    return tuple(found)


def _current(connection: Connection, slot: str, epoch: int) -> Row[Any] | None:
    if epoch == 0:
        return None
    query = select(PERIODS).where(PERIODS.c.slot == slot).order_by(PERIODS.c.epoch.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    if row is None or row.epoch != epoch:
        raise _disagree(slot, f"it has no period {epoch}")
    in_production = (STAGES.c.slot == slot, STAGES.c.stage == Stage.PRODUCTION.value)
    standing = connection.execute(select(STAGES.c.version).where(*in_production)).scalar_one_or_none()
    if (standing or "") != row.version:
        raise _disagree(slot, f"{standing or 'nothing'} stands in Production")
    return _checked(connection, row)


def _at(connection: Connection, slot: str, moment: str) -> Row[Any] | None:
    where = (PERIODS.c.slot == slot, PERIODS.c.since <= moment)
    row = connection.execute(select(PERIODS).where(*where).order_by(PERIODS.c.epoch.desc()).limit(1)).one_or_none()
    return None if row is None else _checked(connection, row)


def _checked(connection: Connection, row: Row[Any]) -> Row[Any]:
    """The row of a period, if its entry is whole and says just that."""
    kept = connection.execute(select(ENTRIES).where(ENTRIES.c.number == row.entry)).one_or_none()
    if kept is None:
        raise _disagree(row.slot, f"entry {row.entry} is not in the log")
    entry = entry_of(kept)
    if digest_of(entry) != entry.digest:
        raise _disagree(row.slot, f"entry {row.entry} was changed after it was written")
    said = [dict(effect.cells) for effect in effects(entry) if effect.table == PERIODS.name]
    if said != [dict(row._mapping)]:
        raise _disagree(row.slot, f"entry {row.entry} says something else")
    return row


def _disagree(slot: str, words: str) -> RegistryError:
    return RegistryError(
        f"{slot}: what is live there does not follow from the log: {words}; run `detection registry audit --verify`, "
        "and bring the registry back from a copy"
    )


def history(connection: Connection, slot: Slot, limit: int, before_epoch: int | None) -> tuple[Period, ...]:
    """Periods of a slot, newest first."""
    query = select(PERIODS).where(PERIODS.c.slot == str(slot)).order_by(PERIODS.c.epoch.desc()).limit(limit)
    if before_epoch is not None:
        query = query.where(PERIODS.c.epoch < before_epoch)
    return tuple(map(rows.period, connection.execute(query)))


def entries(connection: Connection, *where: Any) -> Iterator[Entry]:
    """Entries of the log in order, a page at a time."""
    query = select(ENTRIES).where(*where).order_by(ENTRIES.c.number)
    with connection.execute(query, execution_options=PAGEWISE) as found:
        for row in found:
            yield entry_of(row)


def approvals(connection: Connection, slot: Slot, digest: str) -> tuple[SignedApproval, ...]:
    """Of a version in a slot, oldest first; signatures are not checked here."""
    where = (APPROVALS.c.slot == str(slot), APPROVALS.c.version == digest)
    query = select(APPROVALS.c.approval).where(*where).order_by(APPROVALS.c.entry)
    return rows.approvals(connection.execute(query))


def nonces(connection: Connection, slot: Slot, digest: str) -> tuple[KeptNonce, ...]:
    """Of a version in a slot, oldest first."""
    given = (NONCES.c.slot == str(slot), NONCES.c.version == digest)
    return rows.nonces(connection.execute(select(NONCES).where(*given).order_by(NONCES.c.entry)))


def intents(connection: Connection, key: str | None = None) -> tuple[Intent, ...]:
    """Those that are open, oldest first; or the one with a key."""
    where = INTENTS.c.finished_entry == 0 if key is None else INTENTS.c.key == key
    query = select(INTENTS).where(where).order_by(INTENTS.c.begun_entry)
    return tuple(map(rows.intent, connection.execute(query)))


def situation(connection: Connection, slot: Slot | None, digest: str) -> Situation:
    """All that guards look at; of an unknown version or slot too."""
    candidate = finding.of_digest(connection, digest) if digest else None
    in_production = (STAGES.c.version == digest, STAGES.c.stage == Stage.PRODUCTION.value)
    names = connection.execute(select(STAGES.c.slot).where(*in_production)).scalars()
    live_in = tuple(sorted(map(rows.slot, names)))
    if slot is None:
        return Situation(None, 0, candidate, Stage.NONE, None, (), (), (), None, live_in)
    periods = history(connection, slot, PAGE, None)
    pin = select(PINS).where(PINS.c.slot == str(slot)).order_by(PINS.c.entry.desc()).limit(1)
    return Situation(
        slot=slot,
        epoch=_epoch(connection, slot),
        candidate=candidate,
        stage=stage_of(connection, slot, digest),
        live=finding.of_digest(connection, periods[0].version_digest) if periods else None,
        history=periods,
        approvals=approvals(connection, slot, digest),
        nonces=nonces(connection, slot, digest),
        pin=rows.pin(connection.execute(pin).one_or_none()),
        live_in=live_in,
    )


def _epoch(connection: Connection, slot: Slot) -> int:
    found = connection.execute(select(SLOTS.c.epoch).where(SLOTS.c.name == str(slot))).scalar_one_or_none()
    return found or 0
