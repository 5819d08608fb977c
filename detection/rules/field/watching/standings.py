"""What all windows of a camera come to, signal by signal: counts, the worst, the latest, and whether it lasts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from detection.rules.field.watching.findings import Incident, Part, Standing
from detection.rules.field.watching.incidents import Numbers, cameras_of
from detection.rules.field.watching.readings import Answer, Readings, Severity

Named = tuple[Incident, Part]


def standings_of(tables: Sequence[Readings], incidents: Iterable[Incident]) -> tuple[Standing, ...]:
    """One for every camera, signal and length of window, in the order of the tables, cameras and signals.

    Args:
        tables: one for each duration.
        incidents: that were found in them.
    """
    parts: dict[tuple[str, str, str], list[Named]] = defaultdict(list)
    for incident in incidents:
        for part in incident.parts:
            parts[incident.camera, part.signal, part.window].append((incident, part))
    standings: list[Standing] = []
    for table in tables:
        for camera, rows in cameras_of(table):
            counted = _columns(table, rows)
            standings += (
                _standing(table, rows, signal, numbers, parts.get((camera, signal, table.duration.name), ()))
                for signal, numbers in zip(table.signals, counted, strict=True)
            )
    return tuple(standings)


def _columns(table: Readings, rows: Numbers) -> Iterator[tuple[int, ...]]:
    """For each signal: spoken, warnings, breaches, and the places of the worst and the latest among ``rows``."""
    codes = table.answer[rows]
    spoken = codes != Answer.TOO_FEW.code
    with np.errstate(invalid="ignore"):
        beyond = np.nan_to_num(table.distance[rows] / np.maximum(table.noise[rows], 1e-9), nan=0.0)
    worst = np.argmax(codes + beyond / (1 + beyond), axis=0)
    latest = np.where(spoken.any(axis=0), len(rows) - 1 - np.argmax(spoken[::-1], axis=0), len(rows) - 1)
    warned, breached = codes >= Answer.WARNING.code, codes >= Answer.BREACH.code
    columns = (spoken.sum(axis=0), warned.sum(axis=0), breached.sum(axis=0), worst, latest)
    return zip(*(column.tolist() for column in columns), strict=True)


def _standing(
    table: Readings, rows: Numbers, signal: str, numbers: tuple[int, ...], parts: Sequence[Named]
) -> Standing:
    spoken, warnings, breaches, worst, latest = numbers
    furthest = table.one(int(rows[worst]), signal)
    loud = [part for _, part in parts if part.severity is Severity.ALARM] or [part for _, part in parts]
    going = [part.severity for incident, part in parts if incident.open and part.closed_s is None]
    return Standing(
        camera=furthest.camera,
        signal=signal,
        window=table.duration.name,
        baseline=furthest.baseline,
        windows=len(rows),
        spoken=spoken,
        warnings=warnings,
        breaches=breaches,
        worst=furthest,
        latest=furthest if latest == worst else table.one(int(rows[latest]), signal),
        severity=going[-1] if going else None,
        raised=loud[0].severity if loud else None,
        raised_at_s=(loud[0].alarmed_s or loud[0].opened_s) if loud else None,
    )
