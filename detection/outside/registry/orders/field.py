"""What the field tells of a live version, as triggers take it: minutes of telemetry, and labels that came back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detection.edge.telemetry.latency import BINS, STEPS
from detection.edge.trust.bundle import Bundle
from detection.outside.monitoring.labels import labels
from detection.outside.telemetry import parquet
from detection.outside.telemetry.columns import seconds_of
from detection.outside.telemetry.parquet import Timed
from detection.outside.telemetry.reading import Telemetry, telemetry_of
from detection.rules.field.accuracy.labelled import FieldLabels
from detection.rules.registry.returns.triggers import AnyTrigger, Seen
from detection.rules.spec.slots import PrecisionTrigger


@dataclass(frozen=True, slots=True)
class Field:
    """Where the field's answers lie: a telemetry folder or store, and sessions of reviewers."""

    telemetry: Path
    sessions: tuple[Path, ...] = ()


def seen_of(field: Field, bundle: Bundle, triggers: Sequence[AnyTrigger], as_of_s: int) -> Seen:
    """What was told of a bundle in the longest window that a trigger over frames looks at; of labels, all.

    Args:
        field: where it lies.
        bundle: that is live, verified.
        triggers: of the slot.
        as_of_s: end of the windows, seconds since 1970 UTC.

    Raises:
        TelemetryError: no record of this bundle, or a damaged one.
        DocumentError: a session is damaged.
    """
    window_s = max((one.window_s for one in triggers if not isinstance(one, PrecisionTrigger)), default=0)
    came_back = labels(field.sessions, bundle.manifest.classes, bundle.digest)
    return seen_in(telemetry_of(field.telemetry, bundle), came_back, as_of_s - window_s)


def seen_in(told: Telemetry, came_back: FieldLabels, since_s: int) -> Seen:
    """The minutes from a moment on, those of all cameras added up.

    A store that has compacted its arrivals keeps several minutes as one, which counts by its first.
    """
    parts = [*_minutes(told, since_s)]
    begins, owner = np.unique(np.concatenate([part.begins_s for part in parts]), return_inverse=True)
    frames, failed = np.zeros(len(begins), np.int64), np.zeros(len(begins), np.int64)
    latencies = np.zeros((len(begins), BINS), np.int64)
    np.add.at(frames, owner, np.concatenate([part.frames for part in parts]))
    np.add.at(failed, owner, np.concatenate([part.failed for part in parts]))
    np.add.at(latencies, owner, np.concatenate([part.latencies for part in parts]))
    return Seen(begins, frames, failed, latencies, came_back)


def _minutes(told: Telemetry, since_s: int) -> Iterator[Timed]:
    """Of all cameras; what lies before ``since_s`` is passed over."""
    records = [record for record in told.records if seconds_of(record.minute) >= since_s]
    yield Timed(
        np.array([seconds_of(record.minute) for record in records], np.int64),
        np.array([record.counters.frames for record in records], np.int64),
        np.array([record.counters.failed for record in records], np.int64),
        np.array([record.latency[STEPS[-1]] for record in records], np.int64).reshape(-1, BINS),
    )
    for block in told.blocks:
        yield parquet.timed(block, STEPS[-1], since_s)
