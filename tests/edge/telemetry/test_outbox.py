"""Records leave whole or not at all, once each, and a full disk stops nothing."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from detection.edge.boxes import nothing
from detection.edge.telemetry import outbox as outboxes
from detection.edge.telemetry.minutes import Minutes
from detection.edge.telemetry.outbox import Outbox, read_segments, segment_name
from detection.edge.telemetry.records import Origin
from detection.edge.telemetry.signals import SignalValues
from detection.errors import TelemetryError
from tests.examples_bundles import EDGES, picture, signals_of

BOOT, BUNDLE = "0123456789abcdef", "a" * 64
SIX = datetime(2026, 11, 21, 6, 0, tzinfo=timezone.utc)


def values() -> SignalValues:
    return signals_of(picture(1), nothing())


def counting(folder: Path) -> tuple[Outbox, Minutes]:
    box = Outbox(folder, BOOT)
    return box, Minutes(box, Origin("device-1", BUNDLE, "fp32", BOOT), EDGES)


def fill(path: Path) -> None:
    """Take all the room there is."""
    with path.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while True:
            stream.write(b"x" * 4096)


def test_frames_are_counted_by_camera_and_minute(tmp_path: Path) -> None:
    _, minutes = counting(tmp_path)
    for second in (0, 30, 59, 60):
        minutes.saw("cam-01", SIX + timedelta(seconds=second), values())
    minutes.saw("cam-02", SIX, values())
    minutes.failed("cam-02", SIX)
    assert minutes.flush(0, force=True)
    records = list(read_segments(tmp_path, BUNDLE, EDGES))
    assert [(r.camera, r.minute, r.tally.frames, r.counters.failed) for r in records] == [
        ("cam-01", "2026-11-21T06:00:00Z", 3, 0),
        ("cam-01", "2026-11-21T06:01:00Z", 1, 0),
        ("cam-02", "2026-11-21T06:00:00Z", 1, 1),
    ]
    assert [r.sequence for r in records] == [0, 1, 2]
    assert [r.counters.starts for r in records] == [1, 0, 0]


def test_finished_minutes_wait_for_company_but_not_for_ever(tmp_path: Path) -> None:
    """A sync for every camera and minute would cost more than the counting."""
    _, minutes = counting(tmp_path)
    minutes.flush(0.0)
    for minute in range(3):
        minutes.saw("cam-01", SIX + timedelta(minutes=minute), values())
        minutes.flush(1.0 + minute)
    assert list(tmp_path.iterdir()) == []
    minutes.flush(61.0)
    assert len(list(read_segments(tmp_path, BUNDLE, EDGES))) == 2


def test_times_of_other_zones_are_counted_in_utc(tmp_path: Path) -> None:
    _, minutes = counting(tmp_path)
    minutes.saw("cam-01", SIX.astimezone(timezone(timedelta(hours=5, minutes=30))), values())
    minutes.flush(0, force=True)
    assert [r.minute for r in read_segments(tmp_path, BUNDLE, EDGES)] == ["2026-11-21T06:00:00Z"]


def test_a_segment_that_arrived_twice_counts_once(tmp_path: Path) -> None:
    _, minutes = counting(tmp_path)
    minutes.saw("cam-01", SIX, values())
    minutes.flush(0, force=True)
    (segment,) = tmp_path.iterdir()
    (tmp_path / segment_name("f" * 16, 0, segment.read_bytes())).write_bytes(segment.read_bytes())
    assert len(list(read_segments(tmp_path, BUNDLE, EDGES))) == 1


def test_what_a_crash_left_half_written_is_not_read(tmp_path: Path) -> None:
    _, minutes = counting(tmp_path)
    minutes.saw("cam-01", SIX, values())
    minutes.flush(0, force=True)
    (tmp_path / f"{BOOT}-00000001.part").write_bytes(b'{"format"')
    assert len(list(read_segments(tmp_path, BUNDLE, EDGES))) == 1


def test_records_of_another_bundle_are_refused(tmp_path: Path) -> None:
    _, minutes = counting(tmp_path)
    minutes.saw("cam-01", SIX, values())
    minutes.flush(0, force=True)
    with pytest.raises(TelemetryError, match="counted under bundle aaaaaaaaaaaa, not under bbbbbbbbbbbb"):
        list(read_segments(tmp_path, "b" * 64, EDGES))


@pytest.mark.parametrize("line", [b"{}\n", b"not json\n", b'{"format": 1, "frames": NaN}\n'])
def test_a_damaged_line_is_named_by_file_and_number(tmp_path: Path, line: bytes) -> None:
    (tmp_path / segment_name(BOOT, 0, line)).write_bytes(line)
    with pytest.raises(TelemetryError, match=r"\.jsonl:1"):
        list(read_segments(tmp_path, BUNDLE, EDGES))


def test_a_flipped_bit_is_found_before_any_line_is_read(tmp_path: Path) -> None:
    _, minutes = counting(tmp_path)
    minutes.saw("cam-01", SIX, values())
    minutes.flush(0, force=True)
    (segment,) = tmp_path.iterdir()
    content = bytearray(segment.read_bytes())
    content[200] ^= 1
    segment.write_bytes(content)
    with pytest.raises(TelemetryError, match="not the segment its name promises"):
        list(read_segments(tmp_path, BUNDLE, EDGES))


def test_a_clock_that_was_never_set_loses_no_frame(tmp_path: Path) -> None:
    """A device counts before it knows the time; a receiver would refuse 1970 for ever."""
    _, minutes = counting(tmp_path)
    minutes.saw("cam-01", datetime(1970, 1, 1, tzinfo=timezone.utc), values())
    minutes.saw("cam-01", datetime(2100, 1, 1, tzinfo=timezone.utc), values())
    minutes.flush(0, force=True)
    assert [(r.minute, r.tally.frames) for r in read_segments(tmp_path, BUNDLE, EDGES)] == [("2020-01-01T00:00:00Z", 2)]


def test_many_records_make_segments_that_one_request_can_carry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outboxes, "RECORDS_MAXIMUM", 3)
    _, minutes = counting(tmp_path)
    for minute in range(7):
        minutes.saw("cam-01", SIX + timedelta(minutes=minute), values())
    assert minutes.flush(0, force=True)
    assert [len(path.read_bytes().splitlines()) for path in sorted(tmp_path.iterdir())] == [3, 3, 1]


def test_no_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(TelemetryError, match="not a folder"):
        list(read_segments(tmp_path / "none", BUNDLE, EDGES))


def test_on_a_full_disk_records_wait_and_are_written_when_there_is_room(small_disk: Path) -> None:
    _, minutes = counting(small_disk / "telemetry")
    hog = small_disk / "hog"
    fill(hog)
    for minute in range(40):
        minutes.saw("cam-01", SIX + timedelta(minutes=minute), values())
    assert not minutes.flush(0, force=True)
    assert not list((small_disk / "telemetry").glob("*.jsonl"))
    hog.unlink()
    assert minutes.flush(0, force=True)
    assert len(list(read_segments(small_disk / "telemetry", BUNDLE, EDGES))) == 40


def test_when_too_many_wait_the_oldest_are_dropped_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outboxes, "WAITING_MAXIMUM", 2)
    box, minutes = counting(tmp_path)
    for minute in range(4):
        minutes.saw("cam-01", SIX + timedelta(minutes=minute), values())
    minutes.flush(0, force=True)
    assert box.dropped == 2
    assert [r.sequence for r in read_segments(tmp_path, BUNDLE, EDGES)] == [2, 3]
