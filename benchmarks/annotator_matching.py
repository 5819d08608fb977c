"""What matching two annotators costs: 100,000 images with 8 boxes each, all at once, and in a loop over scipy.

    OMP_NUM_THREADS=1 python -m benchmarks.annotator_matching [--short]

The peer is the loop that one would write: for each image the overlaps in numpy, then scipy's assignment. Both run in
turn, in one process; the figures are CPU seconds, median over rounds, warm: what compiling costs stands apart. The run
ends with status 1 if a ratio is below its floor or if the overlaps do not sum to the same. What it takes to
settle one set of labels from the tables stands beside it. ``--short`` takes a twentieth of the images.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scipy.optimize import linear_sum_assignment

from detection.edge.boxes import Boxes, iou
from detection.rules.labels.agreement.gathering.answers import Couples
from detection.rules.labels.agreement.gathering.matching import Drawings, match
from detection.rules.labels.agreement.settling import consensus
from detection.rules.labels.agreement.settling.reliability import hear
from detection.rules.labels.samples import Annotations, Assignments

IMAGES, SHORT, BOXES = 100_000, 5_000, 8
ROUNDS = 3
AT_LEAST = 0.5
FLOOR = 20.0
SIDE_PX = 640.0


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """``(images, 2, 8, 4)`` boxes of two annotators, a few pixels apart; every tenth is somewhere else."""

    corners: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Timed:
    """The overlaps of all partners, and CPU seconds."""

    overlaps: float
    cpu_s: float


def sample(images: int, seed: int) -> Sample:
    """Draw the boxes."""
    dice = np.random.default_rng(seed)
    begin, size = dice.uniform(0, SIDE_PX, (images, 1, BOXES, 2)), dice.uniform(20, 160, (images, 1, BOXES, 2))
    corners = np.concatenate([begin, begin + size], axis=3) + dice.normal(0, 3, (images, 2, BOXES, 4))
    elsewhere = dice.random((images, 2, BOXES, 1)) < 0.1
    return Sample((corners + np.where(elsewhere, SIDE_PX, 0)).astype(np.float32))


def ours(made: Sample) -> Timed:
    """All at once."""
    begun = time.process_time()
    boxes = made.corners.reshape(-1, 4).astype(np.float64)
    starts = np.arange(0, len(boxes) + 1, BOXES, dtype=np.int64)
    firsts = np.arange(0, 2 * len(made.corners), 2, dtype=np.int64)
    drawn = Drawings(boxes, np.zeros(len(boxes), np.int64), starts)
    found = match(drawn, Couples(firsts, firsts + 1), AT_LEAST, any_class=False)
    return Timed(float(found.overlap[found.is_first].sum()), time.process_time() - begun)


def loop(made: Sample) -> Timed:
    """Image by image."""
    begun, total = time.process_time(), 0.0
    for first, second in made.corners:
        total += _summed(first, second)
    return Timed(total, time.process_time() - begun)


def _summed(first: Boxes, second: Boxes) -> float:
    worth = iou(first, second)
    worth = np.where(worth >= AT_LEAST, worth, 0)
    return float(worth[linear_sum_assignment(worth, maximize=True)].sum())


def settled(made: Sample) -> Timed:
    """Arranged, matched, weighed and settled from tables of strings."""
    images = len(made.corners)
    frame = np.repeat(np.array([f"{n:064x}" for n in range(images)], object), 2)
    who, version = np.tile(np.array(["ann-1", "ann-2"], object), images), np.full(2 * images, "1", object)
    rows, no = np.repeat(np.arange(2 * images), BOXES), np.zeros(2 * images * BOXES, np.bool_)
    label, corners = np.full(len(rows), "box", object), made.corners.reshape(-1, 4)
    boxes = Annotations(frame[rows], who[rows], version[rows], label, corners, no, no, no, no)
    looked = Assignments(frame, who, version, np.zeros(2 * images, np.bool_))
    begun = time.process_time()
    heard = hear(boxes, looked, AT_LEAST)
    agreed = consensus.standing(boxes, heard, consensus.settle(heard))
    return Timed(float(len(agreed.labels)), time.process_time() - begun)


WAYS: dict[str, Callable[[Sample], Timed]] = {
    "ours": ours,
    "loop over scipy": loop,
    "ours, from tables to settled labels": settled,
}


def main() -> int:
    """Time all in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="a twentieth of the images")
    images = SHORT if parser.parse_args().short else IMAGES
    begun = time.process_time()
    settled(sample(10, 0))
    ours(sample(10, 0))
    compiled = time.process_time() - begun
    made = sample(images, 1)
    runs: dict[str, list[Timed]] = {name: [] for name in WAYS}
    for _ in track(range(ROUNDS), "matching", console=Console(stderr=True)):
        for name, way in WAYS.items():
            runs[name].append(way(made))
    ratio = _show(images, runs)
    print(f"compiling, or loading what was compiled: {compiled:.2f} CPU s, once")
    apart = abs(runs["ours"][0].overlaps / runs["loop over scipy"][0].overlaps - 1)
    print(f"sums of overlaps differ by {apart:.1e} of themselves (at most 1e-6)")
    return int(ratio < FLOOR or apart > 1e-6)


def _show(images: int, runs: dict[str, list[Timed]]) -> float:
    table = Table("way", "CPU s", "times faster than the loop", "floor", title=f"{images} images, 2 x {BOXES} boxes")
    seconds = {name: median(run.cpu_s for run in some) for name, some in runs.items()}
    peer = seconds["loop over scipy"]
    for name, spent in seconds.items():
        table.add_row(name, f"{spent:.3f}", f"{peer / spent:.1f}", f"{FLOOR:g}" if name == "ours" else "")
    Console().print(table)
    return peer / seconds["ours"]


if __name__ == "__main__":
    sys.exit(main())
