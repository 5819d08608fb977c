"""Who asked for a queue: incidents from a file, or a decision that was stored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from detection.outside.queues.folder import QueueError
from detection.rules.field.queue.candidates import Suspicion
from detection.rules.field.retrain.records import Record


@dataclass(frozen=True, slots=True)
class _Told:
    """The part of an incident that a queue asks for; the monitor's file holds more."""

    id: str
    camera: str
    severity: Literal["warning", "alarm"]
    opened_s: int
    closed_s: int | None = None
    parts: tuple[_Part, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    signal: str


_TOLD: TypeAdapter[tuple[_Told, ...]] = TypeAdapter(tuple[_Told, ...])


def by_incidents(path: Path) -> tuple[Suspicion, ...]:
    """Open incidents of a file as ``detection monitor --json`` writes it: a list of incidents.

    Raises:
        QueueError: missing, or no list of incidents.
    """
    try:
        told = _TOLD.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        first = " ".join(str(error).split())[:160]
        raise QueueError(
            f"{path}: holds no incidents ({first}); name the file that `detection monitor` wrote"
        ) from error
    return tuple(
        Suspicion(one.camera, one.id, one.opened_s, one.severity == "alarm", _signals(one))
        for one in told
        if one.closed_s is None
    )


def by_decision(record: Record) -> tuple[Suspicion, ...]:
    """The drift that a stored decision rests on."""
    named = set(record.decision.incidents)
    return tuple(
        Suspicion(one.camera, one.incident, int(one.opened_at.timestamp()), one.severity == "alarm",
                  ", ".join(one.signals))
        for one in record.inputs.evidence.drifts
        if one.incident in named
    )  # fmt: skip


def _signals(told: _Told) -> str:
    return ", ".join(dict.fromkeys(part.signal for part in told.parts))
