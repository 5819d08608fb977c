"""What triggers are judged on is what the devices told, however a store keeps it by now."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from detection.edge.telemetry.latency import STEPS
from detection.edge.telemetry.outbox import Outbox
from detection.edge.telemetry.records import Record
from detection.outside.registry.orders.field import seen_in
from detection.outside.telemetry.reading import telemetry_with
from detection.outside.telemetry.stored.compaction import compact
from detection.outside.telemetry.stored.store import Store
from detection.rules.field.accuracy.labelled import FieldLabels
from tests.examples_telemetry import BOOT, BUNDLE, EDGES, START, Sent, numbered, record, remember

NO_COUNT = np.zeros((0, 1), np.int64)
NOBODY_LOOKED = FieldLabels(
    ("box",), np.zeros(0, object), np.zeros(0, np.int64), np.zeros(0, bool), NO_COUNT, NO_COUNT, NO_COUNT
)
START_S = int(START.timestamp())
SINCE_S = START_S + 300


def told() -> list[Record]:
    """Two cameras, twenty minutes; two records of some minutes."""
    return [
        record(Sent(n, f"cam-{n % 2}", START + timedelta(minutes=n // 2 % 20), frames=3 + n % 5)) for n in range(60)
    ]


@pytest.fixture(params=["segments", "arrived", "compacted"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The same records as one runtime leaves them, as a receiver takes them, and as its store keeps them later."""
    if request.param == "segments":
        outbox = Outbox(tmp_path / "segments", BOOT)
        for one in told():
            outbox.put(one)
        assert outbox.flush()
        return tmp_path / "segments"
    remember(tmp_path / "store")
    opened = Store(tmp_path / "store")
    opened.add(numbered(told()))
    if request.param == "compacted":
        compact(opened)
    opened.close()
    return tmp_path / "store"


def test_minutes_of_all_cameras_are_added_up(folder: Path) -> None:
    """Frames, failures and latencies from a moment on: the plain sums over the records."""
    seen = seen_in(telemetry_with(folder, BUNDLE, EDGES), NOBODY_LOOKED, SINCE_S)
    kept = [one for one in told() if int(one.minute[14:16]) >= 5]
    assert int(seen.begins_s.min()) >= SINCE_S
    assert len(set(seen.begins_s.tolist())) == len(seen.begins_s)
    assert int(seen.frames.sum()) == sum(one.counters.frames for one in kept)
    assert int(seen.failed.sum()) == sum(one.counters.failed for one in kept)
    expected = np.sum([one.latency[STEPS[-1]] for one in kept], axis=0)
    assert np.array_equal(seen.latencies.sum(axis=0), expected)
