"""The heartbeat: counts that add up, a file that is whole or not there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from detection.edge.health import read_health, require_place
from detection.edge.pulse import Losses, Pulse, Wanted
from detection.edge.telemetry.minutes import Running
from detection.errors import DetectionError

RUNNING = Running("a" * 64, "fp32")
ROOT = Path(__file__).resolve().parents[2]


def beaten(path: Path) -> Pulse:
    pulse = Pulse(RUNNING, 100.0, Wanted(path, budget_ms=15, losses=lambda: Losses(4, 2, 7)))
    for latency_ms in range(1, 21):
        pulse.answered(float(latency_ms), 200.0 + latency_ms)
    pulse.broken(99.0, 300.0)
    pulse.unreadable()
    pulse.beat(0.0, 301.0)
    return pulse


def test_what_is_read_is_what_was_counted(tmp_path: Path) -> None:
    beaten(tmp_path / "health.json")
    found = read_health(tmp_path / "health.json")
    assert found is not None
    assert (found.frames, found.failed, found.unsound, found.over_budget) == (22, 2, 1, 6)
    assert (found.dropped, found.reconnects, found.undelivered) == (4, 2, 7)
    assert (found.p50_ms, found.p95_ms, found.p99_ms) == (11, 20, 99)
    assert (found.pid, found.started_at, found.beat_at, found.last_frame_at) == (os.getpid(), 100, 301, 300)
    assert (found.source, found.bundle_digest, found.variant) == ("ok", "a" * 64, "fp32")


def test_before_the_first_frame_no_latency_is_made_up(tmp_path: Path) -> None:
    Pulse(RUNNING, 100.0, Wanted(tmp_path / "health.json")).beat(0.0, 101.0)
    found = read_health(tmp_path / "health.json")
    assert found is not None
    assert (found.frames, found.p95_ms, found.last_frame_at, found.source) == (0, None, None, "waiting")


def test_it_beats_once_a_second_and_at_the_end(tmp_path: Path) -> None:
    pulse, path = beaten(tmp_path / "health.json"), tmp_path / "health.json"
    for now_s, force, written in ((0.9, False, 301.0), (1.0, False, 401.0), (1.1, False, 401.0), (1.2, True, 401.2)):
        pulse.beat(now_s, 400 + now_s if force else 400.0 + int(now_s), force)
        found = read_health(path)
        assert found is not None
        assert found.beat_at == pytest.approx(written)


def test_latencies_are_of_the_last_frames(tmp_path: Path) -> None:
    """A model that became slow an hour after the start must show."""
    pulse = Pulse(RUNNING, 0.0, Wanted())
    for _ in range(10_000):
        pulse.answered(1.0, 1.0)
    for _ in range(600):
        pulse.answered(50.0, 2.0)
    assert pulse.health(3.0).p50_ms == 50


def test_the_bucket_of_a_limit_holds_the_limit_itself() -> None:
    pulse = Pulse(RUNNING, 0.0, Wanted(limits_ms=(33.0,)))
    for latency_ms in (32.9, 33.0, 33.1):
        pulse.answered(latency_ms, 0.0)
    at = pulse.latencies.bounds_ms.index(33.0)
    assert pulse.latencies.counts[at] == 2
    assert pulse.latencies.counts[at + 1] == 1


def test_a_file_that_is_cut_changed_or_of_another_kind_is_no_heartbeat(tmp_path: Path) -> None:
    path = tmp_path / "health.json"
    beaten(path)
    whole = path.read_bytes()
    assert read_health(tmp_path / "none.json") is None
    for content in (b"", whole[: len(whole) // 2], b"[]", b"\xff", whole.replace(b'"pid": ', b'"pid": -'),
                    whole.replace(b'"ok"', b'"fine"'), whole.replace(b'"frames": 22', b'"frames": NaN')):  # fmt: skip
        assert content != whole
        path.write_bytes(content)
        assert read_health(path) is None


def test_a_disk_that_refuses_does_not_stop_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    pulse = Pulse(RUNNING, 100.0, Wanted(tmp_path / "file" / "health.json"))
    pulse.beat(0.0, 101.0)
    assert pulse.missed_beats == 1


def test_a_place_that_cannot_be_written_is_said_before_the_run(tmp_path: Path) -> None:
    with pytest.raises(DetectionError, match="cannot be written"):
        require_place(tmp_path / "none" / "health.json")
    (tmp_path / "health.json").write_text(json.dumps({"of": "an older run"}))
    require_place(tmp_path / "health.json")
    assert not any(tmp_path.iterdir())


def test_whoever_reads_it_needs_nothing_but_python(tmp_path: Path) -> None:
    """An installer reads it with the system's Python, before any package is there."""
    beaten(tmp_path / "health.json")
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from pathlib import Path\n"
        "from detection.edge.health import read_health\n"
        f"print(read_health(Path({str(tmp_path / 'health.json')!r})).frames)\n"
        "assert not {'numpy', 'cv2', 'onnxruntime'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout == "22\n", done.stderr


def test_what_others_put_in_its_place_is_neither_read_nor_written_through(tmp_path: Path) -> None:
    """A pipe would hold the supervisor for ever; a link would let a neighbour choose which file is overwritten."""
    path, precious = tmp_path / "health.json", tmp_path / "precious"
    precious.write_text("precious")
    os.mkfifo(path)
    assert read_health(path) is None
    path.unlink()
    (tmp_path / "health.json.part").symlink_to(precious)
    with pytest.raises(DetectionError, match="cannot be written"):
        require_place(path)
    pulse = Pulse(RUNNING, 100.0, Wanted(path))
    pulse.beat(0.0, 101.0)
    assert precious.read_text() == "precious"
