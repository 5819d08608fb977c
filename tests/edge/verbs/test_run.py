"""``run`` as a user types it: a line for every frame, exit statuses, sinks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from detection.edge.__main__ import main
from detection.edge.answers import detections_from_json
from detection.edge.vision.frames import read_image
from tests.examples_bundles import THRESHOLDS, colour_detector, jpeg, picture
from tests.examples_http import serving
from tests.examples_models import CLASSES


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


def test_a_reader_that_goes_away_ends_the_run_without_a_traceback(bundle: Path, source: Path) -> None:
    line = f"{sys.executable} -I {bundle / 'runtime.pyz'} run {bundle} {source} | head -n 1"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)
    assert "Traceback" not in done.stderr
