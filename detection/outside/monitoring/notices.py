"""Incidents as a file, for whoever acts on them: ``detection review queue --incidents`` reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from detection.outside import documents
from detection.rules.field.watching.findings import Incident, Part


@dataclass(frozen=True, slots=True)
class NoticePart:
    """One signal's part in an incident, as a :class:`~detection.rules.field.watching.findings.Part` tells it."""

    signal: str
    window: str
    severity: str
    opened_s: int
    distance: float | None
    noise: float | None


@dataclass(frozen=True, slots=True)
class Notice:
    """One incident, as :class:`detection.rules.field.watching.readings.Incident`."""

    id: str
    bundle: str
    camera: str
    severity: str
    baseline: str
    opened_s: int
    alarmed_s: int | None
    closed_s: int | None
    parts: tuple[NoticePart, ...]


def write(path: Path, incidents: Sequence[Incident]) -> None:
    """Write them as a JSON list, in the order given."""
    documents.write_value(path, tuple(_notice(incident) for incident in incidents))


def _notice(one: Incident) -> Notice:
    parts = tuple(_part(part) for part in one.parts)
    return Notice(
        one.id, one.bundle, one.camera, one.severity.value, one.baseline.value, one.opened_s, one.alarmed_s,
        one.closed_s, parts,
    )  # fmt: skip


def _part(part: Part) -> NoticePart:
    worst = part.worst
    distance, noise = (value if abs(value) < float("inf") else None for value in (worst.distance, worst.noise))
    return NoticePart(part.signal, part.window, part.severity.value, part.opened_s, distance, noise)
