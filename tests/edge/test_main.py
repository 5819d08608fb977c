"""The device's program as a user runs it: lines out, exit statuses, telemetry, a clean stop."""

from __future__ import annotations

import argparse
import dataclasses
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
from detection.edge.answers import detections_from_json
from detection.edge.health import Health, read_health
from detection.edge.telemetry.counters import Counters
from detection.edge.telemetry.outbox import read_segments
from detection.edge.telemetry.reference import Reference
from detection.edge.telemetry.samples import read_samples
from detection.edge.trust.bundle import open_bundle
from detection.edge.verbs import run
from detection.edge.vision.frames import read_image
from tests.examples_bundles import THRESHOLDS, colour_detector, jpeg, picture, png, write_colour_bundle
from tests.examples_http import serving
from tests.examples_models import CLASSES
from tests.examples_signing import ANNA, trust_in, write_signed_bundle, write_trust

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_colour_bundle(tmp_path_factory.mktemp("made") / "bundle").folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    for seed in range(4):
        camera = folder / f"cam-{seed % 2:02d}"
        camera.mkdir(parents=True, exist_ok=True)
        (camera / f"{seed}.png").write_bytes(png(picture(seed)))
    return folder


def runtime(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The packed program, apart from this checkout."""
    line = [sys.executable, "-I", *map(str, words)]
    return subprocess.run(line, capture_output=True, text=True, check=False, cwd=cwd)


def test_the_packed_runtime_answers_as_the_detector_in_process(bundle: Path, source: Path, tmp_path: Path) -> None:
    done = runtime(bundle / "runtime.pyz", "run", bundle, source, cwd=tmp_path)
    assert done.returncode == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["frame"] for line in lines] == ["cam-00/0.png", "cam-00/2.png", "cam-01/1.png", "cam-01/3.png"]
    for line in lines:
        expected = THRESHOLDS.keep(colour_detector().detect(read_image((source / line["frame"]).read_bytes())))
        found = detections_from_json(line["detections"], "line", CLASSES)
        assert np.array_equal(found.boxes, expected.boxes)
        assert np.array_equal(found.scores, expected.scores)
        assert np.array_equal(found.raw, expected.raw)
        assert (found.raw == found.scores * 2).all()
        assert (line["camera"], line["width"], line["height"]) == (line["frame"][:6], 80, 60)


def test_it_runs_as_a_module_too(bundle: Path) -> None:
    words = [sys.executable, "-m", "detection.edge", "verify", str(bundle)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT)
    assert open_bundle(bundle).digest in done.stdout


def test_one_bad_picture_is_one_error_line_and_the_run_goes_on(
    bundle: Path, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (source / "cam-00" / "0.png").write_bytes(jpeg(picture(0))[:300])
    assert main(["run", str(bundle), str(source)]) == 0
    said = capsys.readouterr()
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert lines[0] == {"frame": "cam-00/0.png", "error": "is a JPEG without its end; it was cut short; copy it again"}
    assert len(lines) == 4
    assert "4 frames answered, 1 of them unreadable" in said.err


def test_if_no_frame_works_the_status_is_1(bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.png").write_bytes(b"x")
    assert main(["run", str(bundle), str(tmp_path)]) == 1
    (tmp_path / "bad.png").unlink()
    assert main(["run", str(bundle), str(tmp_path)]) == 1
    assert "holds no picture" in capsys.readouterr().err


def test_a_damaged_bundle_never_runs(
    bundle: Path, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = Path(shutil.copytree(bundle, tmp_path / "copy"))
    model = copy / "models" / "fp32.onnx"
    model.write_bytes(model.read_bytes()[:-1] + b"x")
    for command in (["run", str(copy), str(source)], ["selftest", str(copy)], ["verify", str(copy)]):
        assert main(command) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert "models/fp32.onnx: SHA-256" in said.err


def test_the_self_test_compares_with_the_golden_answers(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", str(bundle)]) == 0
    assert "fp32: PASS over 2 golden frames" in capsys.readouterr().out


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


def test_pictures_are_drawn_beside_their_names(bundle: Path, source: Path, tmp_path: Path) -> None:
    words = ["run", str(bundle), str(source), "--draw", str(tmp_path / "drawn")]
    assert main([*words, "--output", str(tmp_path / "a.jsonl")]) == 0
    drawn = sorted(path.relative_to(tmp_path / "drawn").as_posix() for path in (tmp_path / "drawn").rglob("*.jpg"))
    assert drawn == ["cam-00/0.png.jpg", "cam-00/2.png.jpg", "cam-01/1.png.jpg", "cam-01/3.png.jpg"]


def test_all_tells_what_the_thresholds_cut(bundle: Path, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def told(*more: str) -> int:
        main(["run", str(bundle), str(source), *more])
        return sum(len(json.loads(line)["detections"]) for line in capsys.readouterr().out.splitlines())

    assert told("--all") > told() > 0
    assert told("--condition", "lighting=dusk") == told("--all")


@pytest.mark.parametrize("told", ["lighting=dawn", "lightning=dusk"])
def test_a_condition_that_the_bundle_does_not_know_is_refused(
    bundle: Path, source: Path, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistyped condition would quietly use the wrong thresholds."""
    assert main(["run", str(bundle), str(source), "--condition", told]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert f"--condition {told}: this bundle cuts by lighting=dusk" in said.err


@pytest.mark.parametrize(
    "words",
    [
        ["--variant", "int4"], ["--threads", "0"], ["--threads", "x"], ["--start", "yesterday", "--interval-s", "1"],
        ["--start", "2026-11-21"], ["--interval-s", "-1"], ["--what"],
        ["--condition", "dusk"], ["--condition", "=dusk"], ["--watch", "--stall-s", "0"], ["--prometheus", "65536"],
        ["--http", "ftp://host/x"], ["--mqtt", "mqtt://host"], ["--http", "http://h/", "--http-token", "/none"],
        ["--budget-ms", "nan"], ["--draw-keep", "0"], ["--health", "/none/health.json"], ["--trust", "/none"],
    ],
)  # fmt: skip
def test_a_wrong_option_is_one_line_and_status_1(
    bundle: Path, source: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = main(["run", str(bundle), str(source), *words])
    except SystemExit as end:
        status = int(str(end.code))
    assert status == 1
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1


def test_every_option_of_run_is_described_for_users() -> None:
    parser = argparse.ArgumentParser(add_help=False)
    run.add_options(parser)
    described = (ROOT / "docs" / "runtime-output.md").read_text()
    options = [option for action in parser._actions for option in action.option_strings if option.startswith("--")]
    assert len(options) > 20
    assert [option for option in options if f"{option} " not in described.replace("`", " ").replace("]", " ")] == []


def test_every_key_of_the_heartbeat_is_described_for_users() -> None:
    described = (ROOT / "docs" / "runtime-output.md").read_text()
    assert [f.name for f in dataclasses.fields(Health) if f"`{f.name}`" not in described] == []


@pytest.mark.slow
def test_pictures_through_a_pipe_are_answered_like_those_of_a_folder(bundle: Path, source: Path) -> None:
    pictures = sorted(source.rglob("*.png"))
    words = [sys.executable, "-I", str(bundle / "runtime.pyz"), "run", str(bundle)]
    stream = b"".join(path.read_bytes() for path in pictures)
    piped = subprocess.run([*words, "-"], input=stream, capture_output=True, check=True)
    folder = subprocess.run([*words, str(source)], capture_output=True, check=True)
    found, expected = ([json.loads(line) for line in done.stdout.splitlines()] for done in (piped, folder))
    assert [line["frame"] for line in found] == [f"stdin#{number:06d}" for number in range(4)]
    assert [line["detections"] for line in found] == [line["detections"] for line in expected]


def test_a_signed_bundle_runs_under_its_keys_and_not_under_others(
    bundle: Path, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    signed = write_signed_bundle(tmp_path / "signed", ANNA).folder
    trust = write_trust(tmp_path / "trust", trust_in(ANNA))
    assert main(["run", str(signed), str(source), "--trust", str(trust)]) == 0
    assert capsys.readouterr().out.count("\n") == 4
    assert main(["run", str(bundle), str(source), "--trust", str(trust)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "bundle.sig" in said.err


def test_answers_go_to_every_sink_that_is_named(
    bundle: Path, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "token").write_text("s3cret\n")
    with serving() as server:
        words = ["--http", server.address, "--http-token", str(tmp_path / "token"), "--output", str(tmp_path / "lines")]
        assert main(["run", str(bundle), str(source), *words]) == 0
    assert server.lines == (tmp_path / "lines").read_text().splitlines()
    assert len(server.lines) == 4
    assert server.headers[0]["Authorization"] == "Bearer s3cret"
    assert "s3cret" not in capsys.readouterr().err


def test_a_receiver_that_is_away_loses_answers_and_says_so(
    bundle: Path, source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("detection.edge.sinks.http.CLOSING_S", 0.1)
    assert main(["run", str(bundle), str(source), "--http", "http://127.0.0.1:1/"]) == 0
    assert "4 answers or pictures undelivered" in capsys.readouterr().err


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


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"]])
def test_help_teaches_by_examples(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 0
    assert "python runtime.pyz run bundle pictures/" in capsys.readouterr().out


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


def test_a_reader_that_goes_away_ends_the_run_without_a_traceback(bundle: Path, source: Path) -> None:
    line = f"{sys.executable} -I {bundle / 'runtime.pyz'} run {bundle} {source} | head -n 1"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)
    assert "Traceback" not in done.stderr
