"""The throw-away workspace: real stages run in it, and nothing reaches the real one."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from detection.errors import DetectionError
from detection.outside import files
from detection.outside.faults.scratch import PREFIX, YOUNG_S, Scratch, remove_abandoned, scratch


def content(folder: Path) -> dict[str, str]:
    """Every file of a folder by its digest."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_whatever_is_changed_the_real_workspace_stays(workspace: Path) -> None:
    before = content(workspace)
    with scratch(workspace) as place:
        place.set_params("train", epochs=1)
        for name in ("split", "agreement", "convert"):
            files.empty_folder(place.data / name)
        place.own_source()
        folder = place.folder
    assert content(workspace) == before
    assert not folder.exists()


def test_what_is_only_read_is_not_copied(place: Scratch) -> None:
    assert (place.data / "collect").is_symlink()
    assert not (place.data / "split").is_symlink()


def test_a_workspace_without_a_finished_run_is_refused(tmp_path: Path) -> None:
    missing = "convert, collect, profile is missing; run `dvc repro` first"
    with pytest.raises(DetectionError, match=missing), scratch(tmp_path):
        pass


def test_params_stay_the_numbers_they_were(place: Scratch) -> None:
    """YAML reads 1e-05 as a word, 1.0e-05 as a number."""
    place.set_params("train", learning_rate=1e-05, weight_decay=-2e16, epochs=3)
    recipe = place.params("train")
    assert (recipe["learning_rate"], recipe["weight_decay"], recipe["epochs"]) == (1e-05, -2e16, 3)
    assert place.params("split")["salt"] == "14", "a word that looks like a number stays a word"


def test_what_was_brought_to_the_workspace_is_found_from_elsewhere(workspace: Path, tmp_path: Path) -> None:
    """Lists of a split and pretrained weights are named relative to the workspace."""
    own = tmp_path / "own"
    shutil.copytree(workspace, own)
    with scratch(workspace) as place:
        place.set_params("split", lists="lists")
        place.set_params("train", pretrained={"path": "begin.pt", "sha256": "0" * 64})
        shutil.copyfile(place.folder / "params.yaml", own / "params.yaml")
    with scratch(own) as place:
        assert place.params("split")["lists"] == str(own / "lists")
        assert place.params("train")["pretrained"] == {"path": str(own / "begin.pt"), "sha256": "0" * 64}


def test_a_refusal_comes_back_in_the_stages_own_words(place: Scratch) -> None:
    files.write_text(place.folder / "params.yaml", "evaluate: {threads: 0, resamples: none}\n")
    said = place.run("evaluate")
    assert "mend the lines named; params.yaml:1: evaluate." in said, "each fault of a file belongs to the words"


def test_a_crash_is_no_refusal(place: Scratch) -> None:
    stage = place.own_source() / "stages" / "gate.py"
    stage.write_text("raise RuntimeError('broken on purpose')\n")
    with pytest.raises(
        DetectionError, match=r"stage gate crashed in the rehearsal \(RuntimeError: broken on purpose\)"
    ):
        place.run("gate")


HOLD = """
import sys
from pathlib import Path
from detection.outside.faults.scratch import scratch
with scratch(Path(sys.argv[1])) as place:
    print(place.folder, flush=True)
    sys.stdin.read()
"""


def age(folder: Path) -> None:
    """Make a folder look as if it was left some time ago."""
    then = time.time() - 2 * YOUNG_S
    os.utime(folder, (then, then))


def test_what_a_killed_rehearsal_left_is_removed_by_the_next_and_nothing_else(workspace: Path, tmp_path: Path) -> None:
    """Killed, nothing clears up behind it; a rehearsal that still runs holds its lock and keeps its folder."""
    words = [sys.executable, "-c", HOLD, str(workspace)]
    surroundings = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=surroundings) as running:
        assert running.stdout is not None
        left = Path(running.stdout.readline().strip())
        age(left)
        other = tmp_path / "detection-season"
        young = tmp_path / f"{PREFIX}young"
        for folder in (other, young):
            folder.mkdir()
        age(other)
        remove_abandoned(tmp_path)
        assert left.is_dir()
        running.kill()
    remove_abandoned(tmp_path)
    assert set(tmp_path.iterdir()) == {young, other}
