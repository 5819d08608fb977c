"""A record comes back the same, and everything that no honest device writes is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detection.edge.telemetry.counters import COUNTERS, Counters
from detection.edge.telemetry.minutes import Minutes
from detection.edge.telemetry.outbox import Outbox, read_segments
from detection.edge.telemetry.records import Origin, Record, origin_of
from detection.errors import TelemetryError
from tests.examples_bundles import EDGES, colour_detector, picture, signals_of

ORIGIN = Origin("device-1", "a" * 64, "int8", "0123456789abcdef")
SIX = datetime(2026, 11, 21, 6, 0, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One minute of a camera with everything in it."""
    folder, detector = tmp_path_factory.mktemp("telemetry"), colour_detector()
    minutes = Minutes(Outbox(folder, ORIGIN.boot), ORIGIN, EDGES)
    for seed in range(3):
        values = signals_of(picture(seed), detector.detect(picture(seed)))
        minutes.saw("cam-01", SIX, values, ("over_budget", "out_of_domain"), (1.0, 0.1, 3.0, 0.2, 0.05, 4.4))
    minutes.failed("cam-01", SIX, ("unsound",))
    minutes.lost("cam-01", SIX, 5, 2)
    minutes.flush(0, force=True)
    (path,) = folder.iterdir()
    return path.read_text()


def read(line: str) -> Record:
    return Record.from_line(line.encode(), "x.jsonl:1", ORIGIN.bundle, EDGES)


def test_it_comes_back_the_same(line: str) -> None:
    record = read(line)
    assert record.to_line() == line
    assert record.origin == ORIGIN == origin_of(line.encode(), "x")
    assert record.name == ("device-1", "0123456789abcdef", 0)
    assert record.counters == Counters(
        frames=4, failed=1, unsound=1, dropped=5, reconnects=2, over_budget=3, out_of_domain=3, starts=1
    )
    assert record.tally.frames == record.counters.answered == 3
    assert {step: int(counts.sum()) for step, counts in record.latency.items()} == dict.fromkeys(record.latency, 3)


def test_counters_add_up() -> None:
    assert Counters(frames=2, starts=1) + Counters(frames=3, failed=1) == Counters(frames=5, failed=1, starts=1)


def _set(*places: Any) -> Callable[[Any], None]:
    *path, value = places

    def harm(found: Any) -> None:
        for place in path[:-1]:
            found = found[place]
        found[path[-1]] = value

    return harm


HARMS = {
    "unknown format": _set("format", 1),
    "a device that is no name": _set("device", "../etc"),
    "a device in capitals": _set("device", "Device"),
    "no digest": _set("bundle", "a" * 63),
    "no boot": _set("boot", "xyz"),
    "negative sequence": _set("sequence", -1),
    "sequence that is true": _set("sequence", True),
    "control character in the camera": _set("camera", "cam\n01"),
    "1970": _set("minute", "1970-01-01T00:00:00Z"),
    "2100": _set("minute", "2100-01-01T00:00:00Z"),
    "no such day": _set("minute", "2026-02-30T00:00:00Z"),
    "no such hour": _set("minute", "2026-02-03T24:00:00Z"),
    "half a minute": _set("minute", "2026-02-03T23:00:30Z"),
    "negative counter": _set("counters", "frames", -4),
    "fraction of a frame": _set("counters", "frames", 4.0),
    "more failed than looked at": _set("counters", "failed", 5),
    "more unsound than failed": _set("counters", "unsound", 2),
    "more suppressed than answered": _set("counters", "suppressed", 4),
    "started twice": _set("counters", "starts", 2),
    "an unknown counter": _set("counters", "x", 1),
    "frames that no histogram has": _set("counters", "frames", 9),
    "an unknown signal": _set("counts", "score/crate", [0]),
    "a negative count": _set("counts", "brightness", 0, -1),
    "a bin too few": _set("counts", "brightness", [4]),
    "a bin too many": _set("counts", "brightness", [0] * 7),
    "a count beyond 2^53": _set("counts", "brightness", 0, 2**60),
    "boxes that no score has": _set("counts", "box_size", 0, 99),
    "an unknown step": _set("latency", "think", []),
    "more latencies than frames": _set("latency", "infer", [[4, 5]]),
    "one key too many": _set("x", 1),
}


@pytest.mark.parametrize("name", HARMS)
def test_what_no_honest_device_writes_is_refused_with_its_place(line: str, name: str) -> None:
    value = json.loads(line)
    HARMS[name](value)
    with pytest.raises(TelemetryError, match=r"^x\.jsonl:1.*leave it out"):
        read(json.dumps(value))


@pytest.mark.parametrize("counter", COUNTERS)
def test_every_counter_must_be_there(line: str, counter: str) -> None:
    value = json.loads(line)
    del value["counters"][counter]
    with pytest.raises(TelemetryError, match="missing"):
        read(json.dumps(value))


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense", '{"format": NaN}', '{"a": 1, "a": 1}', "[" * 9000])
def test_what_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(TelemetryError, match=r"^x\.jsonl:1"):
        read(text)
    with pytest.raises(TelemetryError, match=r"^x\.jsonl:1"):
        origin_of(text.encode(), "x.jsonl:1")


def test_another_bundles_edges_do_not_read_it(line: str) -> None:
    with pytest.raises(TelemetryError, match="name the bundle that ran"):
        Record.from_line(line.encode(), "x", "b" * 64, EDGES)
    fewer = {**EDGES, "brightness": np.array([1.0])}
    with pytest.raises(TelemetryError, match="3 counts, got"):
        Record.from_line(line.encode(), "x", ORIGIN.bundle, fewer)


def test_a_segment_of_it_is_read(line: str, tmp_path: Path) -> None:
    minutes = Minutes(Outbox(tmp_path, ORIGIN.boot), ORIGIN, EDGES)
    minutes.failed("cam-01", SIX)
    minutes.flush(0, force=True)
    (record,) = read_segments(tmp_path, ORIGIN.bundle, EDGES)
    assert (record.tally.frames, record.counters.frames, record.counters.failed) == (0, 1, 1)
