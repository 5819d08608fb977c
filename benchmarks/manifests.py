"""What one ``dvc status`` costs: a hundred thousand frames in tables, and one file for each image.

    python -m benchmarks.manifests [--short]

Two scratch repositories hold the same frames: ours as two tables that a stage made (100,000 frames, 1,000,000 boxes),
the other as a file an image and a file of labels each, as most tools lay them out. ``dvc status`` is called in turn,
warm, on both; the figures are the smallest of all rounds: wall seconds, which the limit is for, and CPU seconds, which
the ratios are of. DVC's cost of files is linear in their number
(users report hours for 600,000), so the peer holds a part of the frames and the time above an empty repository's is
extrapolated, which is said in the table. The run ends with status 1 if the tables cost more than 3 seconds. ``--short``
takes a tenth of everything.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from detection.outside import tables
from detection.rules.labels.samples import Annotations, Frames
from tests.examples_versions import digest, frame_table, strings

FRAMES, BOXES_EACH, PEER_FRAMES = 100_000, 10, 10_000
ROUNDS = 5
LIMIT_S = 3.0
STAGES = "stages:\n  collect:\n    cmd: cp -R made data\n    deps: [made]\n    outs: [data]\n"


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of one call, by the clock and by the processor."""

    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Repository:
    """A scratch repository.

    Attributes:
        name: of what it holds.
        root: its folder.
        frames: how many frames it holds; 0 for the empty one.
        files: how many files hold them.
    """

    name: str
    root: Path
    frames: int
    files: int

    def dvc(self, *words: str) -> str:
        """What DVC says."""
        program = Path(sys.executable).with_name("dvc")
        environment = {**os.environ, "DVC_NO_ANALYTICS": "1"}
        done = subprocess.run(
            [program, *words], cwd=self.root, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def status(self) -> Spent:
        """What one ``dvc status`` costs that finds nothing changed."""
        begun, used = time.perf_counter(), _children_s()
        said = self.dvc("status")
        spent = Spent(time.perf_counter() - begun, _children_s() - used)
        if "up to date" not in said:
            raise SystemExit(f"{self.name}: expected nothing changed, got: {said}")
        return spent


def in_tables(made: Path, frames: int) -> int:
    """Two tables; how many files they are."""
    table = frame_table([f"camera-{n % 40:02d}/{n:07d}.jpg" for n in range(frames)])
    tables.write_frames(made / "frames.parquet", table)
    tables.write_annotations(made / "boxes.parquet", boxes_on(table))
    return 2


def boxes_on(frames: Frames) -> Annotations:
    """Ten boxes on every frame."""
    m = len(frames) * BOXES_EACH
    dice, none = np.random.default_rng(0), np.zeros(m, bool)
    corners = dice.random((m, 4), np.float32) * np.float32(200)
    corners[:, 2:] += corners[:, :2]
    people, guideline = strings(["ann"] * m), strings(["1"] * m)
    return Annotations(
        np.repeat(frames.id, BOXES_EACH), people, guideline, strings(["box"] * m), corners, none, none, none, none
    )


def in_files(made: Path, frames: int) -> int:
    """A small image file and a file of labels a frame; how many files they are."""
    for kind in ("images", "labels"):
        (made / kind).mkdir(parents=True)
    for n in range(frames):
        (made / "images" / f"{n:07d}.jpg").write_bytes(digest(f"image {n}").encode())
        (made / "labels" / f"{n:07d}.txt").write_text(f"{digest(f'labels {n}')}\n" * 2)
    return 2 * frames


def in_nothing(made: Path, frames: int) -> int:
    """One file that is always the same: what DVC costs by itself."""
    (made / "nothing").write_text(f"{frames}\n")
    return 1


def main() -> int:
    """Make the repositories, ask each in turn, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="a tenth of everything")
    part = 10 if parser.parse_args().short else 1
    folder = Path(tempfile.mkdtemp(prefix="manifests-"))
    try:
        wanted = (("tables", in_tables, FRAMES), ("a file an image", in_files, PEER_FRAMES), ("nothing", in_nothing, 0))
        made = [_repository(folder / str(place), *entry[:2], entry[2] // part) for place, entry in enumerate(wanted)]
        runs: dict[str, list[Spent]] = {repository.name: [] for repository in made}
        for _ in track(range(ROUNDS), "dvc status", console=Console(stderr=True)):
            for repository in made:
                runs[repository.name].append(repository.status())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return _show(made, {name: _least(some) for name, some in runs.items()})


def _repository(root: Path, name: str, fill: Callable[[Path, int], int], frames: int) -> Repository:
    (root / "made").mkdir(parents=True)
    made = Repository(name, root, frames, fill(root / "made", frames))
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    made.dvc("init", "--quiet")
    (root / "dvc.yaml").write_text(STAGES)
    Console(stderr=True).print(f"making {name}: {frames} frames in {made.files} files")
    made.dvc("repro", "--quiet")
    return made


def _show(made: Sequence[Repository], least: Mapping[str, Spent]) -> int:
    ours, peer, empty = made
    floor, basis = least[empty.name].cpu_s, least[ours.name]
    scale = ours.frames / peer.frames
    alike = floor + (least[peer.name].cpu_s - floor) * scale
    table = Table("layout", "frames", "files", "wall s", "CPU s", f"CPU s for {ours.frames} frames", "ratio to tables")
    for repository, cpu_s, note in (
        (ours, basis.cpu_s, ""),
        (peer, alike, f" (extrapolated {scale:g} times)"),
        (empty, floor, " (the floor)"),
    ):
        spent = least[repository.name]
        counts = (repository.name, str(repository.frames), str(repository.files))
        seconds = (f"{spent.wall_s:.2f}", f"{spent.cpu_s:.2f}", f"{cpu_s:.2f}{note}")
        table.add_row(*counts, *seconds, f"{cpu_s / basis.cpu_s:.2f}")
    Console(width=140).print(table)
    print(f"dvc status over tables of {ours.frames} frames: {basis.wall_s:.2f} s (at most {LIMIT_S:g})")
    return int(basis.wall_s > LIMIT_S)


def _least(runs: Sequence[Spent]) -> Spent:
    return Spent(min(run.wall_s for run in runs), min(run.cpu_s for run in runs))


def _children_s() -> float:
    """CPU seconds of all programs that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
