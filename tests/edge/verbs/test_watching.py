"""What a run counts and keeps beside its answers, and that a stop loses none of it."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest

from detection.edge.__main__ import main
from detection.edge.health import read_health
from detection.edge.telemetry.counters import Counters
from detection.edge.telemetry.outbox import read_segments
from detection.edge.telemetry.reference import Reference
from detection.edge.telemetry.samples import read_samples
from detection.edge.trust.bundle import open_bundle
from tests.examples_bundles import picture, png
from tests.examples_models import CLASSES


def test_telemetry_of_a_recording_is_counted_by_camera_and_minute(bundle: Path, source: Path, tmp_path: Path) -> None:
    out = tmp_path / "telemetry"
    words = ["run", str(bundle), str(source), "--telemetry", str(out), "--start", "2026-11-21T06:00:00Z"]
    assert main([*words, "--interval-s", "60", "--output", str(tmp_path / "answers.jsonl")]) == 0
    opened = open_bundle(bundle)
    records = list(read_segments(out, opened.digest, opened.reference().edges))
    assert [(r.camera, r.minute[11:16], r.tally.frames) for r in sorted(records, key=lambda r: r.camera)] == [
        ("cam-00", "06:00", 1), ("cam-00", "06:01", 1), ("cam-01", "06:00", 1), ("cam-01", "06:01", 1),
    ]  # fmt: skip
    times = [json.loads(line)["captured_at"] for line in (tmp_path / "answers.jsonl").read_text().splitlines()]
    assert times == ["2026-11-21T06:00:00.000Z", "2026-11-21T06:01:00.000Z"] * 2


def test_telemetry_of_the_golden_frames_equals_the_reference_built_from_them(bundle: Path, tmp_path: Path) -> None:
    """The field is counted by the lines that built the reference, so the same frames give the same counts."""
    (tmp_path / "cam-01").mkdir()
    for frame in (bundle / "golden").glob("*.png"):
        shutil.copy(frame, tmp_path / "cam-01")
    out = tmp_path / "telemetry"
    line = ["run", str(bundle), str(tmp_path), "--telemetry", str(out), "--start", "2026-11-21T06:00:00Z"]
    assert main([*line, "--interval-s", "1", "--output", str(tmp_path / "out.jsonl")]) == 0
    reference: Reference = open_bundle(bundle).reference()
    (record,) = read_segments(out, open_bundle(bundle).digest, reference.edges)
    for name, counted in reference.total("cam-01").signals.items():
        assert np.array_equal(record.tally.signals[name].counts, counted.counts)


def test_a_frame_outside_the_validated_world_is_flagged_counted_and_kept(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "in" / "cam-09").mkdir(parents=True)
    for name, grey in (("0.png", 250), ("1.png", 100)):
        (tmp_path / "in" / "cam-09" / name).write_bytes(png(np.full((60, 80, 3), grey, np.uint8)))
    words = ["run", str(bundle), str(tmp_path / "in"), "--telemetry", str(tmp_path / "t"), "--device", "line-3"]
    words += ["--samples", str(tmp_path / "s"), "--samples-control", "0", "--output", str(tmp_path / "a.jsonl")]
    words += ["--start", "2026-11-21T06:00:00Z", "--interval-s", "1"]
    assert main(words) == 0
    flags = [json.loads(line)["flags"] for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    covered = ["out-of-domain:sharpness", "camera:covered"]
    assert flags == [["out-of-domain:brightness", *covered], covered]
    opened = open_bundle(bundle)
    records = list(read_segments(tmp_path / "t", opened.digest, opened.reference().edges))
    assert {record.origin.device for record in records} == {"line-3"}
    assert sum((record.counters for record in records), Counters()).out_of_domain == 2
    outside, doubtful = sorted(read_samples(tmp_path / "s", CLASSES), key=lambda sample: sample.frame)
    assert (outside.frame, outside.reasons, outside.flags) == ("cam-09/0.png", ("out-of-domain",), tuple(flags[0]))
    assert (doubtful.frame, doubtful.reasons) == ("cam-09/1.png", ("low-margin",))


@pytest.mark.slow
def test_a_watching_run_serves_counts_until_it_is_stopped(bundle: Path, source: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-I", str(bundle / "runtime.pyz"), "run", str(bundle), str(source), "--watch", "--quiet"]
    words += ["--prometheus", "0", "--health", str(tmp_path / "health.json"), "--output", str(tmp_path / "answers")]
    running = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stderr is not None
    page = running.stderr.readline().split()[-1]
    until, text = time.monotonic() + 60, ""
    while "detection_frames_total 4" not in text and time.monotonic() < until:
        time.sleep(0.05)
        with urllib.request.urlopen(page, timeout=5) as answer:
            text = answer.read().decode()
    assert "detection_frames_total 4" in text
    running.send_signal(signal.SIGTERM)
    out, _ = running.communicate(timeout=20)
    assert (running.returncode, out) == (130, "")
    assert len((tmp_path / "answers").read_text().splitlines()) == 4
    beat = read_health(tmp_path / "health.json")
    assert beat is not None
    assert (beat.frames, beat.failed, beat.source, beat.pid) == (4, 0, "ended", running.pid)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_is_clean_and_what_was_counted_is_written(bundle: Path, tmp_path: Path, number: int) -> None:
    folder = tmp_path / "cam-01"
    folder.mkdir()
    (folder / "0000.png").write_bytes(png(picture(1)))
    for seed in range(1, 3000):
        (folder / f"{seed:04d}.png").hardlink_to(folder / "0000.png")
    words = [sys.executable, "-I", str(bundle / "runtime.pyz"), "run", str(bundle), str(tmp_path)]
    words += ["--telemetry", str(tmp_path / "telemetry"), "--draw", str(tmp_path / "drawn")]
    running = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout is not None
    for _ in range(20):
        json.loads(running.stdout.readline())
    running.send_signal(number)
    begun = time.perf_counter()
    rest, said = running.communicate(timeout=20)
    assert time.perf_counter() - begun < 10
    assert running.returncode == 130
    assert "Traceback" not in said
    opened = open_bundle(bundle)
    records = list(read_segments(tmp_path / "telemetry", opened.digest, opened.reference().edges))
    assert 20 + len(rest.splitlines()) - 1 <= sum(r.tally.frames for r in records) < 3000
