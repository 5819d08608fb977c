"""Records that a device could have sent, without a device: small edges, any counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from detection.edge.telemetry import latency, signals
from detection.edge.telemetry.counters import Counters
from detection.edge.telemetry.histogram import Histogram
from detection.edge.telemetry.records import Origin, Record
from detection.edge.telemetry.signals import BOX_SIGNALS, FRAME_SIGNALS, Tally
from detection.outside import files
from detection.outside.telemetry.intake import Numbered
from detection.outside.telemetry.stored.known import Known, spelled
from detection.outside.telemetry.stored.places import BUNDLES

BUNDLE, OTHER_BUNDLE = "a" * 64, "b" * 64
CLASSES = ("box", "bag")
INNER = np.array([0.25, 0.5, 0.75])
EDGES = dict.fromkeys(signals.names(CLASSES), INNER)
KNOWN = Known(BUNDLE, "parcels", 3, EDGES)
START = datetime(2026, 6, 1, 8, tzinfo=UTC)
BOOT = "0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Sent:
    """What of a record differs from another; ``frames`` seeds the counts."""

    sequence: int = 0
    camera: str = "cam-00"
    minute: datetime | None = None
    device: str = "line-1"
    boot: str = BOOT
    bundle: str = BUNDLE
    frames: int = 10


def record(sent: Sent) -> Record:
    """A sound record."""
    dice = np.random.default_rng([sent.sequence, sent.frames])
    detections = [sent.frames, sent.frames // 2]
    samples = dict.fromkeys(FRAME_SIGNALS, sent.frames) | dict.fromkeys(BOX_SIGNALS, sum(detections))
    samples |= {f"score/{name}": many for name, many in zip(CLASSES, detections, strict=True)}
    bins = len(INNER) + 2
    counts = {name: dice.multinomial(samples[name], np.full(bins, 1 / bins)).astype(np.int64) for name in EDGES}
    minute = sent.minute or START + timedelta(minutes=sent.sequence)
    return Record(
        Origin(sent.device, sent.bundle, "fp32", sent.boot),
        sent.sequence,
        sent.camera,
        minute.strftime("%Y-%m-%dT%H:%M:00Z"),
        Counters(frames=sent.frames + 1, failed=1, dropped=sent.sequence),
        Tally(sent.frames, {name: Histogram(INNER, counts[name]) for name in EDGES}),
        {step: latency.counted(dice.uniform(1, 50, (sent.frames, 1)))[0] for step in latency.STEPS},
    )


def numbered(records: Sequence[Record]) -> list[Numbered]:
    """As they stand in a request."""
    return [Numbered(line, one) for line, one in enumerate(records, start=1)]


def body(records: Sequence[Record]) -> bytes:
    """A request's body."""
    return b"".join(one.to_line().encode() for one in records)


def remember(store: Path, known: Known = KNOWN) -> None:
    """Let a store know a bundle that is nowhere."""
    files.write_json(store / BUNDLES / f"{known.digest}.json", spelled(known))
