"""From readings to incidents: so many windows of the last so many open one, so many quiet ones in a row close it.

Windows with too few samples are passed over: they break no row and close nothing. One camera has at most one incident
at a time; everything that lasts at the same time, whatever the signal and the length of the window, is part of it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detection.rules.field.watching.findings import Incident, Part
from detection.rules.field.watching.readings import Answer, Baseline, Reading, Readings, Severity
from detection.rules.spec.field import Duration, Witnesses

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]


def incidents_of(tables: Sequence[Readings], witnesses: Witnesses, bundle: str) -> tuple[Incident, ...]:
    """Every incident in the readings, by the moment it opened.

    Args:
        tables: one for each duration.
        witnesses: parts that must be alarms before the incident is one.
        bundle: SHA-256 of the manifest that was running.
    """
    spells: dict[str, list[Part]] = defaultdict(list)
    baselines: dict[str, Baseline] = {}
    for table in tables:
        for camera, rows in cameras_of(table):
            for column in np.flatnonzero((table.answer[rows] >= Answer.WARNING.code).any(axis=0)).tolist():
                spells[camera].extend(_spells(table, rows, column))
            baselines.setdefault(camera, table.baseline[rows[0]])
    found = [
        _incident((bundle, camera), baselines[camera], group, witnesses)
        for camera, members in spells.items()
        for group in _overlapping(members)
    ]
    return tuple(sorted(found, key=lambda incident: (incident.opened_s, incident.camera)))


def lasting(over: Flags, needed: int, among: int) -> Flags:
    """Where at least ``needed`` of the last ``among`` windows were over, the present one being one of them."""
    sums = np.cumsum(np.concatenate([np.zeros(among, np.int64), over.astype(np.int64)]))
    held: Flags = over & (sums[among:] - sums[:-among] >= needed)
    return held


def _spells(table: Readings, rows: Numbers, column: int) -> list[Part]:
    """A signal's spells in one camera's rows, oldest first."""
    duration, codes = table.duration, table.answer[rows, column]
    spoken = rows[codes != Answer.TOO_FEW.code]
    codes = table.answer[spoken, column]
    opens = lasting(codes >= Answer.WARNING.code, duration.breaches, duration.of)
    alarms = lasting(codes >= Answer.BREACH.code, duration.breaches, duration.of)
    clears = _clearing(codes, duration)
    spells, after = [], 0
    for start in np.flatnonzero(opens).tolist():
        if start < after:
            continue
        ends = np.flatnonzero(clears[start:])
        end = start + int(ends[0]) if len(ends) else None
        after = len(spoken) if end is None else end + 1
        loud = np.flatnonzero(alarms[start:after])
        alarmed = _end(table, int(spoken[start + loud[0]])) if len(loud) else None
        closed = None if end is None else _end(table, int(spoken[end]))
        worst = _worst(table, spoken[start:after], column)
        severity = Severity.WARNING if alarmed is None else Severity.ALARM
        opened = _end(table, int(spoken[start]))
        spells.append(Part(worst.signal, duration.name, severity, opened, worst, alarmed, closed))
    return spells


def _clearing(codes: NDArray[np.int8], duration: Duration) -> Flags:
    return lasting(codes < Answer.WARNING.code, duration.clear_after, duration.clear_after)


def _incident(whose: tuple[str, str], baseline: Baseline, parts: Sequence[Part], witnesses: Witnesses) -> Incident:
    bundle, camera = whose
    opened = min(part.opened_s for part in parts)
    needed = witnesses.learnt if baseline is Baseline.LEARNT else witnesses.own
    alarmed = sorted(part.alarmed_s for part in parts if part.alarmed_s is not None)[needed - 1 :]
    closed = [part.closed_s for part in parts if part.closed_s is not None]
    name = hashlib.sha256(f"{bundle}/{camera}/{opened}".encode()).hexdigest()[:16]
    return Incident(
        id=name,
        bundle=bundle,
        camera=camera,
        opened_s=opened,
        alarmed_s=alarmed[0] if alarmed else None,
        closed_s=max(closed) if len(closed) == len(parts) else None,
        severity=Severity.ALARM if alarmed else Severity.WARNING,
        parts=tuple(sorted(parts, key=lambda part: (part.opened_s, part.signal, part.window))),
        baseline=baseline,
    )


def _overlapping(parts: Sequence[Part]) -> list[list[Part]]:
    """Those that share a moment, directly or through others."""
    groups: list[list[Part]] = []
    until = float("-inf")
    for part in sorted(parts, key=lambda part: part.opened_s):
        if not groups or part.opened_s > until:
            groups.append([])
        groups[-1].append(part)
        until = max(until, float("inf") if part.closed_s is None else part.closed_s)
    return groups


def _worst(table: Readings, rows: Numbers, column: int) -> Reading:
    """The loudest answer, and of equals the one furthest beyond its band."""
    beyond = np.nan_to_num(table.distance[rows, column] / np.maximum(table.noise[rows, column], 1e-9), nan=-1.0)
    order = np.lexsort((beyond, table.answer[rows, column]))
    return table.one(int(rows[order[-1]]), table.signals[column])


def cameras_of(table: Readings) -> list[tuple[str, Numbers]]:
    """Each camera and its rows, which lie together."""
    if len(table) == 0:
        return []
    first = np.flatnonzero(np.concatenate([[True], table.camera[1:] != table.camera[:-1]]))
    ends = np.append(first[1:], len(table))
    return [(str(table.camera[a]), np.arange(a, b)) for a, b in zip(first.tolist(), ends.tolist(), strict=True)]


def _end(table: Readings, row: int) -> int:
    return int(table.begins_s[row] + table.duration.length_s)
