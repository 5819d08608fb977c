"""From the device's records to the columns that are compared: pure sums, the same counts on both sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import numpy as np

from detection.edge.telemetry import signals
from detection.edge.telemetry.counters import COUNTERS, Counters
from detection.edge.telemetry.records import Record
from detection.edge.telemetry.reference import Reference
from detection.rules.field.watching.tally import HOUR_S, Counts, Tally
from detection.rules.field.watching.yardsticks import Bounds
from detection.rules.spec.field import Monitoring

MINUTE_S = 60.0


def bounds(monitoring: Monitoring) -> Bounds:
    """The spec's decisions, as drift asks for them."""
    return Bounds(
        psi_warning=monitoring.psi_warning,
        psi_alarm=monitoring.psi_alarm,
        minimum_frames=monitoring.minimum_frames,
        minimum_detections=monitoring.minimum_detections,
        durations=tuple(monitoring.windows),
        context_hours=monitoring.context_hours,
        chance=monitoring.chance,
    )


def scenes(reference: Reference) -> Tally:
    """The reference's blocks, one row each; their time is the hour of the day alone."""
    tallies = [block.tally for block in reference.blocks]
    return Tally(
        camera=np.array([block.camera for block in reference.blocks], object),
        begins_s=np.array([HOUR_S * block.hour for block in reference.blocks], np.int64),
        frames=np.array([tally.frames for tally in tallies], np.int64),
        counts=_counts(tallies, reference),
    )


def minutes(records: Iterable[Record], reference: Reference, length_s: float = MINUTE_S) -> Tally:
    """Sum records into stretches of ``length_s`` seconds that begin at multiples of it since 1970, UTC.

    Args:
        records: in any order; records of one camera and minute add up.
        reference: whose edges they were counted by.
        length_s: a minute, or any window.

    Returns:
        One row per camera and stretch that has a record, ordered by camera, then by time.
    """
    tallies: dict[tuple[str, int], signals.Tally] = {}
    counters: dict[tuple[str, int], Counters] = {}
    for record in records:
        key = (record.camera, int(_epoch_s(record.minute) // length_s * length_s))
        tallies[key] = tallies[key].merge(record.tally) if key in tallies else record.tally
        counters[key] = counters.get(key, Counters()) + record.counters
    kept = sorted(tallies)
    columns = np.array([counters[key].values() for key in kept], np.int64).reshape(-1, len(COUNTERS))
    return Tally(
        camera=np.array([camera for camera, _ in kept], object),
        begins_s=np.array([begin for _, begin in kept], np.int64),
        frames=np.array([tallies[key].frames for key in kept], np.int64),
        counts=_counts([tallies[key] for key in kept], reference),
        counters=dict(zip(COUNTERS, columns.T, strict=True)),
    )


def _counts(tallies: Sequence[signals.Tally], reference: Reference) -> Mapping[str, Counts]:
    table = {}
    for name, edges in reference.edges.items():
        rows = [tally.signals[name].counts for tally in tallies]
        table[name] = np.array(rows, np.int64).reshape(-1, len(edges) + 2)
    return table


def _epoch_s(minute: str) -> float:
    return datetime.fromisoformat(minute).timestamp()
