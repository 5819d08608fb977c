"""From readings to incidents: so many windows of the last so many open one, so many quiet ones in a row close it.

Windows with too few samples are passed over: they break no row and close nothing. One camera has at most one incident
at a time; everything that lasts at the same time, whatever the signal and the length of the window, is part of it.

An incident is an alarm when so many witnesses as the spec asks for say so. A witness is a signal in alarm; the same one
in windows of another length is no other, for both hold the same minutes. Nor is the same signal an hour later, since
weather keeps for a day; but from one day to the next it is, so a signal that lasts in windows of a day or more, as
many times longer as there are witnesses wanted, stands for all of them.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.rules.field.watching.findings import Incident, Part
from detection.rules.field.watching.readings import Answer, Baseline, Reading, Readings, Severity
from detection.rules.field.watching.tally import DAY_S
from detection.rules.spec.field import Duration, Witnesses


@dataclass(frozen=True, slots=True)
class _Spell:
    """A part, and the moment at which it had lasted long enough to need no other; none if it never had."""

    part: Part
    alone_s: int | None


Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]


def incidents_of(tables: Sequence[Readings], witnesses: Witnesses, bundle: str) -> tuple[Incident, ...]:
    """Every incident in the readings, by the moment it opened.

    Args:
        tables: one for each duration.
        witnesses: that must speak before an incident is an alarm.
        bundle: SHA-256 of the manifest that was running.
    """
    spells: dict[str, list[_Spell]] = defaultdict(list)
    baselines: dict[str, Baseline] = {}
    for table in tables:
        for camera, rows in cameras_of(table):
            baseline = baselines.setdefault(camera, table.baseline[rows[0]])
            for column in np.flatnonzero((table.answer[rows] >= Answer.WARNING.code).any(axis=0)).tolist():
                spells[camera].extend(_spells(table, rows, column, _wanted(witnesses, baseline)))
    found = [
        _incident((bundle, camera), baselines[camera], group, _wanted(witnesses, baselines[camera]))
        for camera, members in spells.items()
        for group in _overlapping(members)
    ]
    return tuple(sorted(found, key=lambda incident: (incident.opened_s, incident.camera)))


def lasting(over: Flags, needed: int, among: int) -> Flags:
    """Where at least ``needed`` of the last ``among`` windows were over, the present one being one of them."""
    sums = np.cumsum(np.concatenate([np.zeros(among, np.int64), over.astype(np.int64)]))
    held: Flags = over & (sums[among:] - sums[:-among] >= needed)
    return held


def _wanted(witnesses: Witnesses, baseline: Baseline) -> int:
    return witnesses.learnt if baseline is Baseline.LEARNT else witnesses.own


def _spells(table: Readings, rows: Numbers, column: int, wanted: int) -> list[_Spell]:
    """A signal's spells in one camera's rows, oldest first."""
    duration, codes = table.duration, table.answer[rows, column]
    spoken = rows[codes != Answer.TOO_FEW.code]
    codes = table.answer[spoken, column]
    opens = lasting(codes >= Answer.WARNING.code, duration.breaches, duration.of)
    alarms = lasting(codes >= Answer.BREACH.code, duration.breaches, duration.of)
    alone = lasting(codes >= Answer.BREACH.code, wanted * duration.breaches, wanted * duration.of)
    alone &= duration.length_s >= DAY_S
    clears = _clearing(codes, duration)
    spells, after = [], 0
    for start in np.flatnonzero(opens).tolist():
        if start < after:
            continue
        ends = np.flatnonzero(clears[start:])
        end = start + int(ends[0]) if len(ends) else None
        after = len(spoken) if end is None else end + 1
        alarmed, lasted = (_first(table, spoken[start:after], held[start:after]) for held in (alarms, alone))
        closed = None if end is None else _end(table, int(spoken[end]))
        worst = _worst(table, spoken[start:after], column)
        severity = Severity.WARNING if alarmed is None else Severity.ALARM
        opened = _end(table, int(spoken[start]))
        part = Part(worst.signal, duration.name, severity, opened, worst, alarmed, closed)
        spells.append(_Spell(part, lasted))
    return spells


def _clearing(codes: NDArray[np.int8], duration: Duration) -> Flags:
    return lasting(codes < Answer.WARNING.code, duration.clear_after, duration.clear_after)


def _incident(whose: tuple[str, str], baseline: Baseline, spells: Sequence[_Spell], wanted: int) -> Incident:
    bundle, camera = whose
    parts = [spell.part for spell in spells]
    opened = min(part.opened_s for part in parts)
    alarmed = _alarmed(spells, wanted)
    closed = [part.closed_s for part in parts if part.closed_s is not None]
    name = hashlib.sha256(f"{bundle}/{camera}/{opened}".encode()).hexdigest()[:16]
    return Incident(
        id=name,
        bundle=bundle,
        camera=camera,
        opened_s=opened,
        alarmed_s=alarmed,
        closed_s=max(closed) if len(closed) == len(parts) else None,
        severity=Severity.WARNING if alarmed is None else Severity.ALARM,
        parts=tuple(sorted(parts, key=lambda part: (part.opened_s, part.signal, part.window))),
        baseline=baseline,
    )


def _alarmed(spells: Sequence[_Spell], wanted: int) -> int | None:
    """The moment at which enough signals were in alarm, or one of them for long enough; none if there was none."""
    signals: dict[str, int] = {}
    for part in (spell.part for spell in spells):
        if part.alarmed_s is not None:
            signals[part.signal] = min(part.alarmed_s, signals.get(part.signal, part.alarmed_s))
    together = sorted(signals.values())[wanted - 1 :][:1]
    alone = [spell.alone_s for spell in spells if spell.alone_s is not None]
    return min([*together, *alone], default=None)


def _overlapping(spells: Sequence[_Spell]) -> list[list[_Spell]]:
    """Those that share a moment, directly or through others."""
    groups: list[list[_Spell]] = []
    until = float("-inf")
    for spell in sorted(spells, key=lambda spell: spell.part.opened_s):
        if not groups or spell.part.opened_s > until:
            groups.append([])
        groups[-1].append(spell)
        until = max(until, float("inf") if spell.part.closed_s is None else spell.part.closed_s)
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


def _first(table: Readings, rows: Numbers, held: Flags) -> int | None:
    """End of the first row that holds."""
    return _end(table, int(rows[int(np.argmax(held))])) if held.any() else None


def _end(table: Readings, row: int) -> int:
    return int(table.begins_s[row] + table.duration.length_s)
