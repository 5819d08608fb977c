"""Rows into values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import Row

from detection.outside.database.texts import APPROVAL, CONTENT, PLAN, read_moment
from detection.rules.registry.readings import Intent
from detection.rules.registry.registered import Number, Version
from detection.rules.registry.signatures.approvals import SignedApproval
from detection.rules.registry.situations import KeptNonce, Period, Pin
from detection.rules.registry.slots import Slot
from detection.rules.spec.governance import Environment


def version(row: Row[Any]) -> Version:
    """From ``versions``."""
    return Version(
        number=Number(row.major, row.minor, row.patch),
        reason=row.reason,
        content=CONTENT.validate_json(row.content),
        submitter=row.submitter,
        registered_at=read_moment(row.registered_at),
        deprecated=row.deprecated,
        end_of_life=row.end_of_life,
        retired=bool(row.retired),
    )


def slot(name: str) -> Slot:
    """From its name, as ``str`` of a slot gives it."""
    model, place, environment = name.split("/")
    return Slot(model, place, cast(Environment, environment))


def period(row: Row[Any]) -> Period:
    """From ``periods``."""
    return Period(
        epoch=row.epoch,
        version_digest=row.version,
        since=read_moment(row.since),
        action=row.action,
        actor=row.actor,
        reason=row.reason,
        entry=row.entry,
        rollback_authorised=bool(row.rollback_authorised),
    )


def pin(row: Row[Any] | None) -> Pin | None:
    """From ``pins``."""
    return None if row is None else Pin(row.digest, PLAN.validate_json(row.plan))


def approvals(rows: Iterable[Row[Any]]) -> tuple[SignedApproval, ...]:
    """From ``approvals``."""
    return tuple(APPROVAL.validate_json(row.approval) for row in rows)


def nonces(rows: Iterable[Row[Any]]) -> tuple[KeptNonce, ...]:
    """From ``nonces``."""
    return tuple(KeptNonce(row.nonce, slot(row.slot), row.version, row.used_by_entry) for row in rows)


def intent(row: Row[Any]) -> Intent:
    """From ``intents``."""
    finished = read_moment(row.finished_at) if row.finished_entry else None
    return Intent(row.key, row.payload, read_moment(row.begun_at), row.outcome, finished)
