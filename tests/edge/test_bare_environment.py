"""The device's program in an environment made from requirements/edge.txt alone."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.examples_bundles import picture, png, write_colour_bundle

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.environment, pytest.mark.slow]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with exactly the pinned packages, each held to its hash."""
    folder = tmp_path_factory.mktemp("bare") / "environment"
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    words = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*words, "--no-deps", "--require-hashes", "-r", str(ROOT / "requirements" / "edge.txt")], check=True, cwd=folder
    )
    return python


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_colour_bundle(tmp_path_factory.mktemp("made") / "bundle").folder


def run(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, words)), capture_output=True, text=True, check=False, cwd=cwd)


def test_nothing_of_the_trainer_is_there(python: Path, tmp_path: Path) -> None:
    listed = run(python, "-m", "pip", "list", "--format", "json", "--disable-pip-version-check", cwd=tmp_path)
    names = {package["name"].lower() for package in json.loads(listed.stdout)}
    assert {"numpy", "onnxruntime", "opencv-python-headless"} <= names
    assert not names & {"torch", "ultralytics", "pillow", "pydantic", "dvc", "pyarrow", "scipy"}


def test_the_runtime_verifies_tests_itself_and_answers_as_here(python: Path, bundle: Path, tmp_path: Path) -> None:
    source = tmp_path / "pictures"
    source.mkdir()
    for seed in range(3):
        (source / f"{seed}.png").write_bytes(png(picture(seed)))
    program = [python, "-I", bundle / "runtime.pyz"]
    for command in ("verify", "selftest"):
        done = run(*program, command, bundle, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    outputs = []
    for interpreter in (python, Path(sys.executable)):
        done = run(interpreter, "-I", bundle / "runtime.pyz", "run", bundle, source, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        outputs.append([json.loads(line)["detections"] for line in done.stdout.splitlines()])
    assert outputs[0] == outputs[1]
    assert all(outputs[0])


def test_drawing_telemetry_and_video_need_no_more(python: Path, bundle: Path, tmp_path: Path) -> None:
    code = (
        "import sys, cv2, numpy\n"
        "w = cv2.VideoWriter(sys.argv[1], cv2.VideoWriter.fourcc(*'MJPG'), 5, (80, 60))\n"
        "[w.write(numpy.full((60, 80, 3), 200, numpy.uint8)) for _ in range(3)]\nw.release()\n"
    )
    assert run(python, "-c", code, tmp_path / "belt.avi", cwd=tmp_path).returncode == 0
    words = ["--draw", tmp_path / "drawn", "--telemetry", tmp_path / "telemetry"]
    done = run(python, "-I", bundle / "runtime.pyz", "run", bundle, tmp_path / "belt.avi", *words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(list((tmp_path / "drawn").iterdir())) == 3
    assert len(list((tmp_path / "telemetry").glob("*.jsonl"))) == 1
