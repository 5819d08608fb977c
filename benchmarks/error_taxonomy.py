"""What kinds of errors and their costs cost: our columns beside tidecv on one synthetic set.

    OMP_NUM_THREADS=1 python -m benchmarks.error_taxonomy [--short]

Both begin with what they read: ours with columns, tidecv with its own loaded tables (what loading costs stands beside
it). Ours also counts fifteen slices of the frames, as a stage does. Figures are CPU seconds, median over rounds, ratios
to tidecv, and the largest difference of a dAP in points: with tidecv's recalls, and with pycocotools', which are ours
(see ``rules/judging/errors/costs.py``). The run ends with status 1 if counts differ, or a dAP by more than 0.1 point
with tidecv's recalls. ``--short`` takes a tenth of the set.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from detection.rules.judging.average_precision import RECALLS
from detection.rules.judging.errors.costs import costs, counts, ranking
from detection.rules.judging.errors.taxonomy import KINDS, taxonomy
from detection.rules.judging.matching import Reals
from tests.examples_errors import tide
from tests.examples_judging import Sample, Shape, sample

WHOLE = Shape(frames=5000, classes=80, truths=36_000, detections=300_000)
"""The size of COCO's validation set."""
SHORT = Shape(frames=500, classes=80, truths=3_600, detections=30_000)
ROUNDS = 3
SLICES = 15
"""Two conditions of four and two values, crossed, as the practice world has them, and the whole."""
WITHIN = 0.1
BASIS = "tidecv"
TIDES = np.arange(101) / 100
"""Recalls at which tidecv reads precision."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """One run: counts of six kinds, dAP of eight in points, CPU seconds of judging and of loading."""

    counts: tuple[int, ...]
    dap: Reals
    judging_s: float
    loading_s: float = 0.0


def ours(made: Sample, shape: Shape, slices: int = 1, recalls: Reals = RECALLS) -> Told:
    """Kinds once, costs of the whole set and of further slices."""
    begun = time.process_time()
    ranked = ranking(made.truth, made.predictions, taxonomy(made.truth, made.predictions), shape.classes)
    whole = np.ones(shape.frames, bool)
    found = costs(ranked, whole, recalls)
    for part in range(1, slices):
        costs(ranked, np.arange(shape.frames) % slices == part, recalls)
    spent = time.process_time() - begun
    number = counts(ranked, whole).sum(axis=1)[: len(KINDS)]
    dap = 100 * (np.nanmean(found.mended, axis=1) - np.nanmean(found.ap))
    return Told(tuple(number.tolist()), np.clip(dap, 0, None), spent)


def ours_sliced(made: Sample, shape: Shape) -> Told:
    """The same, and fourteen slices beside the whole."""
    return ours(made, shape, SLICES)


def ours_their_way(made: Sample, shape: Shape) -> Told:
    """With tidecv's recalls."""
    return ours(made, shape, recalls=TIDES)


def theirs(made: Sample, shape: Shape) -> Told:
    """By tidecv."""
    found = tide(made, shape)
    return Told(found.counts, np.array(found.dap), found.judging_s, found.loading_s)


WAYS: dict[str, Callable[[Sample, Shape], Told]] = {
    "ours": ours,
    f"ours, {SLICES} slices": ours_sliced,
    "ours, tidecv's recalls": ours_their_way,
    BASIS: theirs,
}


def main() -> int:
    """Time all of them in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="a tenth of the set")
    shape = SHORT if parser.parse_args().short else WHOLE
    made = sample(shape, seed=0)
    ours(made, shape)  # compiles
    runs: dict[str, list[Told]] = {name: [] for name in WAYS}
    for _ in track(range(ROUNDS), "taxonomy", console=Console(stderr=True)):
        for name, way in WAYS.items():
            runs[name].append(way(made, shape))
    _show(shape, runs)
    alike = runs["ours"][0].counts == runs[BASIS][0].counts
    print(f"counts of the six kinds are {'the same' if alike else 'DIFFERENT'}: {runs['ours'][0].counts}")
    return int(not alike or _gap(runs, "ours, tidecv's recalls") > WITHIN)


def _show(shape: Shape, runs: dict[str, list[Told]]) -> None:
    title = f"{shape.frames} frames, {shape.classes} classes, {shape.truths} objects, {shape.detections} detections"
    heads = ("way", "judging, CPU s", "loading, CPU s", f"judging, ratio to {BASIS}", "largest difference of a dAP")
    table = Table(*heads, title=title)
    basis = median(run.judging_s for run in runs[BASIS])
    for name, some in runs.items():
        judging, loading = median(r.judging_s for r in some), median(r.loading_s for r in some)
        table.add_row(
            name, f"{judging:.2f}", f"{loading:.2f}", f"{judging / basis:.4f}", f"{_gap(runs, name):.1e} points"
        )
    Console().print(table)


def _gap(runs: dict[str, list[Told]], name: str) -> float:
    return float(np.abs(runs[name][0].dap - runs[BASIS][0].dap).max())


if __name__ == "__main__":
    sys.exit(main())
