"""What looking at every frame costs: stage validate's work on pixels and labels beside a bare decode loop.

    OMP_NUM_THREADS=1 python -m benchmarks.validation [--short]

Frames of the practice world stand in shards, as stage collect leaves them. Ours is the whole path of the stage: Daft
reads each frame's bytes, proves them by SHA-256, measures light, contrast, sharpness and colour, takes the perceptual
hash, and all checks of frames and boxes follow. The peer only decodes the same bytes from memory, one after the other,
with OpenCV in colour. Both run in turn, in one process; the ratio is the peer's time over ours, so that 1 is as fast
and the floor is 0.90. CPU seconds are of all threads. The run ends with status 1 if a ratio of CPU seconds, median over
rounds, is below the floor. ``--short`` takes a fifth of the frames.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import cv2
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from detection.outside import daft, images
from detection.outside.shards import ShardWriter
from detection.rules.labels.intake.arrivals import Common, Context, Stored, Tables, answer, tables
from detection.rules.labels.intake.collection import Collection
from detection.scenes.warehouse import World, plan, render
from detection.stages import validate
from tests.examples_labels import COMMON, SPEC

FLOOR = 0.90
ROUNDS = 5
DRAWN = 40
"""Frames that are drawn; more are made by a comment in the file, which changes nothing that decoding costs."""
SIZES = ((640, 480, 1500), (1280, 720, 600))
"""Width, height, frames."""
COLLECTION = Collection("scenes", "scenes", "0" * 64, 1, 1, ("ann-1",), ())


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Frames in shards with their labels, and the same bytes in memory."""

    folder: Path
    contents: Sequence[bytes]
    collected: Tables


@dataclass(frozen=True, slots=True)
class Spent:
    """One run: CPU seconds of all threads, and seconds on the wall."""

    cpu_s: float
    wall_s: float


def material(folder: Path, width: int, height: int, frames: int) -> Material:
    """Draw, copy under another comment, and store."""
    world = World(7, 8, width, height)
    pictures = [render(world, shot) for shot in track(plan(world, DRAWN), "drawing", console=Console(stderr=True))]
    encoded = [images.jpeg(picture.pixels) for picture in pictures]
    contents, rows = [], []
    with ShardWriter(folder, 64_000_000) as writer:
        for number in range(frames):
            truth = pictures[number % DRAWN].truth
            content = _commented(encoded[number % DRAWN], number)
            digest = hashlib.sha256(content).hexdigest()
            place = writer.add(digest, "jpg", content)
            context = Context("", "cam-0", "s-0", None, {"lighting": "dim", "crowding": "sparse"})
            said = (answer("ann-1", [str(label) for label in truth.labels], truth.boxes),)
            name = f"{number}.jpg"
            rows.append(Stored(digest, name, place.shard, place.offset, place.length, width, height, context, said))
            contents.append(content)
    return Material(folder, contents, tables(rows, Common(COMMON.source, COMMON.conditions, "1")))


def _commented(jpeg: bytes, number: int) -> bytes:
    """The same picture as another file: a comment segment after the start mark."""
    return jpeg[:2] + b"\xff\xfe\x00\x0a" + f"{number:08d}".encode() + jpeg[2:]


def ours(made: Material) -> None:
    """Everything that stage validate does but writing."""
    statistics = daft.measure(made.folder, made.collected.frames, daft.Engine())
    validated = validate.run(made.collected, statistics, COLLECTION, SPEC)
    assert len(validated.accepted.frames) == len(made.contents)


def bare(made: Material) -> None:
    """Decode in colour, and nothing else."""
    for content in made.contents:
        cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)


def timed(way: Callable[[Material], None], made: Material) -> Spent:
    """Run once."""
    cpu, wall = time.process_time(), time.perf_counter()
    way(made)
    return Spent(time.process_time() - cpu, time.perf_counter() - wall)


def main() -> int:
    """Time both in turn for every size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="a fifth of the frames")
    short = parser.parse_args().short
    cv2.setNumThreads(1)
    shown = Table("frames", "way", "CPU s", "wall s", "CPU ratio", "wall ratio", title="validate + hash + statistics")
    ratios = []
    for width, height, frames in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            made = material(Path(folder), width, height, frames // 5 if short else frames)
            timed(ours, made)
            rounds = [(timed(bare, made), timed(ours, made)) for _ in range(ROUNDS)]
        ratios.append(_show(shown, f"{len(made.contents)} of {width} x {height}", rounds))
    Console().print(shown)
    print(f"lowest ratio of CPU seconds: {min(ratios):.2f} (at least {FLOOR:g})")
    return int(min(ratios) < FLOOR)


def _show(shown: Table, title: str, rounds: Sequence[tuple[Spent, Spent]]) -> float:
    """Two rows; gives the ratio of CPU seconds."""
    cpu = median(peer.cpu_s / mine.cpu_s for peer, mine in rounds)
    wall = median(peer.wall_s / mine.wall_s for peer, mine in rounds)
    for name, place in (("bare decode loop", 0), ("ours", 1)):
        spent = [pair[place] for pair in rounds]
        figures = (f"{median(s.cpu_s for s in spent):.2f}", f"{median(s.wall_s for s in spent):.2f}")
        shown.add_row(title, name, *figures, *(("1.00", "1.00") if place == 0 else (f"{cpu:.2f}", f"{wall:.2f}")))
    return cpu


if __name__ == "__main__":
    sys.exit(main())
