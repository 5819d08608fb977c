"""From the device's minutes to the windows that are compared: pure sums, the same counts on both sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import numpy as np

from detection.edge.telemetry import signals
from detection.edge.telemetry.records import Record
from detection.edge.telemetry.reference import Reference
from detection.edge.telemetry.signals import SIGNALS
from detection.rules.field.drift import Bounds, Counts, Tally
from detection.rules.spec.field import Monitoring

PER_DETECTION = "score"
"""The signal that has a sample for each detection; the others have one for each frame."""


def bounds(monitoring: Monitoring) -> Bounds:
    """The spec's decisions, as drift asks for them."""
    return Bounds(
        psi_warning=monitoring.psi_warning,
        psi_alarm=monitoring.psi_alarm,
        minimum_frames=monitoring.minimum_frames,
        minimum_samples={PER_DETECTION: monitoring.minimum_detections},
        breaches_to_alarm=monitoring.breaches_to_alarm,
    )


def scenes(reference: Reference) -> Tally:
    """The reference's blocks, one row each."""
    tallies = [block.tally for block in reference.blocks]
    return Tally(
        camera=np.array([block.camera for block in reference.blocks], object),
        begins_s=np.zeros(len(tallies), np.int64),
        frames=np.array([tally.frames for tally in tallies], np.int64),
        counts=_counts(tallies, reference),
    )


def windows(records: Iterable[Record], reference: Reference, window_s: float) -> Tally:
    """Sum minutes into windows of ``window_s`` seconds that begin at multiples of it since 1970, UTC.

    Args:
        records: in any order; records of one camera and minute add up.
        reference: whose edges they were counted by.
        window_s: length of a window.

    Returns:
        One row per camera and window that holds a frame, ordered by camera, then by time.
    """
    sums: dict[tuple[str, int], signals.Tally] = defaultdict(lambda: signals.nothing(reference.edges))
    for record in records:
        key = (record.camera, int(_epoch_s(record.minute) // window_s * window_s))
        sums[key] = sums[key].merge(record.tally)
    kept = sorted(key for key, tally in sums.items() if tally.frames)
    return Tally(
        camera=np.array([camera for camera, _ in kept], object),
        begins_s=np.array([begin for _, begin in kept], np.int64),
        frames=np.array([sums[key].frames for key in kept], np.int64),
        counts=_counts([sums[key] for key in kept], reference),
    )


def _counts(tallies: Sequence[signals.Tally], reference: Reference) -> Mapping[str, Counts]:
    bins = {name: len(reference.edges[name]) + 2 for name in SIGNALS}
    rows = {name: [tally.signals[name].counts for tally in tallies] for name in SIGNALS}
    return {name: np.array(rows[name], np.int64).reshape(-1, bins[name]) for name in SIGNALS}


def _epoch_s(minute: str) -> float:
    return datetime.fromisoformat(minute).timestamp()
