"""What judging costs: COCO's twelve figures, and whole score sheets, beside faster-coco-eval and pycocotools.

    OMP_NUM_THREADS=1 python -m benchmarks.judging [--short]

All begin with the same arrays. CPU seconds are medians over rounds, taken in turn in one process; judging and what a
library needs to load arrays into its own tables stand apart, and ratios are of judging alone. Memory is what each way
needs at its worst above the arrays, in a process of its own, after a small set has compiled or imported everything.
``full`` is a score sheet: the whole set, sixteen values of four conditions and three sizes, every class, every interval
from 1,000 draws of 50 groups, and the kinds of errors of each of these slices. The last lines are the cost of ten times
the size. The run ends with status 1 if a figure differs from pycocotools' by more than 1e-6 or a limit is broken.
``--short`` takes a tenth of the set, in seconds; fixed costs weigh more there, so limits are not held against it.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import faster_coco_eval
import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from rich.console import Console
from rich.progress import track
from rich.table import Table

from detection.rules.judging.average_precision import average_precisions, coco_figures, mean
from detection.rules.judging.errors.costs import costs, ranking
from detection.rules.judging.errors.taxonomy import taxonomy
from detection.rules.judging.intervals import Resampling
from detection.rules.judging.matching import Reals, match
from detection.rules.judging.scores.observations import FrameFacts, Judged
from detection.rules.judging.scores.sheet import Scorer, slices
from detection.rules.spec.judging import Judging, Sizes
from tests.examples_judging import Sample, Shape, coco_detections, coco_truth, sample

WHOLE = Shape(frames=5000, classes=80, truths=36_000, detections=300_000)
"""The size of COCO's validation set."""
SHORT = Shape(frames=500, classes=80, truths=3_600, detections=30_000)
ROUNDS = 3
RESAMPLES = 1000
GROUPS = 50
CONDITIONS = 4
VALUES = 4
TOLERANCE = 1e-6
BASIS = "faster-coco-eval"
PLAIN = "ours, AP50 and AP50-95"
FULL = f"ours, full: slices, {RESAMPLES} resamples, kinds of errors"
LIMITS = {"cpu": 0.35, "memory": 0.4, "full": 3.0, "tenfold": 11.0}


@dataclass(frozen=True, slots=True, eq=False)
class Timed:
    """One run: its figures, and CPU seconds of judging and of loading."""

    figures: Reals
    judging_s: float
    loading_s: float = 0.0


def ours(made: Sample, shape: Shape) -> Timed:
    """All twelve from columns."""
    begun = time.process_time()
    figures = coco_figures(made.truth, made.predictions, shape.classes).values()
    return Timed(figures, time.process_time() - begun)


def ours_plain(made: Sample, shape: Shape) -> Timed:
    """AP50-95 and AP50 alone."""
    begun = time.process_time()
    ap = average_precisions(match(made.truth, made.predictions), shape.classes)
    return Timed(np.array([mean(ap), mean(ap[:, 0])]), time.process_time() - begun)


def ours_full(made: Sample, shape: Shape) -> Timed:
    """What stage evaluate and stage diagnose compute of one variant and one set."""
    dice = np.random.default_rng(1)
    ids = np.array([f"{i:08x}" for i in range(shape.frames)], object)
    group = np.array([f"scene-{i % GROUPS:03}" for i in range(shape.frames)], object)
    names = np.array([f"v{i}" for i in range(VALUES)], object)
    conditions = {f"c{k}": names[dice.integers(0, VALUES, shape.frames)] for k in range(CONDITIONS)}
    facts = FrameFacts(ids, ids, group, np.full(shape.frames, "test", object), conditions)
    cut = np.full(shape.classes, 0.5)
    begun = time.process_time()
    judging = Judging(iou=0.5, sizes=Sizes(small_below_px=32, large_from_px=96), crossings=[])
    scorer = Scorer(facts, list(map(str, range(shape.classes))), cut, judging, Resampling(RESAMPLES, 0.95, 0))
    matches = match(made.truth, made.predictions)
    score = made.predictions.score
    judged = Judged("float", made.truth, made.predictions, score, cut[made.predictions.label], matches, 0)
    first = next(row for row in list(scorer.rows(judged)) if row.slice == "all")
    ranked = ranking(made.truth, made.predictions, taxonomy(made.truth, made.predictions), shape.classes)
    for part in slices(facts, facts.set == "test"):
        costs(ranked, part.frames)
    return Timed(np.array([first.ap50_95, first.ap50], np.float64), time.process_time() - begun)


def faster(made: Sample, shape: Shape) -> Timed:
    """All twelve by faster-coco-eval."""
    begun = time.process_time()
    known = faster_coco_eval.COCO(coco_truth(made.truth, shape))
    found = known.loadRes(coco_detections(made.predictions))
    loaded = time.process_time()
    judge = faster_coco_eval.COCOeval_faster(known, found, "bbox", print_function=lambda *_: None)
    judge.evaluate()
    judge.accumulate()
    judge.summarize()
    return Timed(np.array(judge.stats[:12], np.float64), time.process_time() - loaded, loaded - begun)


def reference(made: Sample, shape: Shape) -> Timed:
    """All twelve by pycocotools."""
    begun = time.process_time()
    known = COCO()
    known.dataset = coco_truth(made.truth, shape)
    known.createIndex()
    found = known.loadRes(coco_detections(made.predictions))
    loaded = time.process_time()
    judge = COCOeval(known, found, "bbox")
    judge.evaluate()
    judge.accumulate()
    judge.summarize()
    return Timed(np.asarray(judge.stats, np.float64), time.process_time() - loaded, loaded - begun)


WAYS: dict[str, Callable[[Sample, Shape], Timed]] = {
    "ours, twelve figures": ours,
    PLAIN: ours_plain,
    FULL: ours_full,
    BASIS: faster,
    "pycocotools": reference,
}


def main() -> int:
    """Time all of them in turn, weigh each, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="a tenth of the set")
    parser.add_argument("--weigh", metavar="WAY", choices=list(WAYS), help=argparse.SUPPRESS)
    given = parser.parse_args()
    shape = SHORT if given.short else WHOLE
    if given.weigh:
        print(weigh(given.weigh, shape))
        return 0
    for name in WAYS:
        _silent(name, sample(SHORT, seed=1), SHORT)
    made = sample(shape, seed=0)
    runs: dict[str, list[Timed]] = {name: [] for name in WAYS}
    for _ in track(range(ROUNDS), "judging", console=Console(stderr=True)):
        for name in WAYS:
            runs[name].append(_silent(name, made, shape))
    memory = {name: _weighed(name, given.short) for name in WAYS}
    _show(shape, runs, memory)
    broken = _broken(runs, memory, shape)
    gap = _largest_gap(runs)
    print(f"largest difference of a figure from pycocotools: {gap:.1e} (at most {TOLERANCE:g})")
    return int(gap > TOLERANCE or (broken and not given.short))


def weigh(name: str, shape: Shape) -> float:
    """MiB that a way needs at its worst above the arrays it is given."""
    _silent(name, sample(SHORT, seed=1), SHORT)
    made = sample(shape, seed=0)
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak so far
    before = _status_mib("VmRSS")
    _silent(name, made, shape)
    return _status_mib("VmHWM") - before


def _status_mib(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


def _weighed(name: str, short: bool) -> float:
    command = [sys.executable, "-m", "benchmarks.judging", "--weigh", name, *(["--short"] if short else [])]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _silent(name: str, made: Sample, shape: Shape) -> Timed:
    with contextlib.redirect_stdout(io.StringIO()):
        return WAYS[name](made, shape)


def _show(shape: Shape, runs: dict[str, list[Timed]], memory: dict[str, float]) -> None:
    title = f"{shape.frames} frames, {shape.classes} classes, {shape.truths} objects, {shape.detections} detections"
    heads = ("way", "judging, CPU s", "loading, CPU s", f"ratio to {BASIS}", "memory, MiB", "ratio", "AP50-95")
    table = Table(*heads, title=title)
    basis = _seconds(runs[BASIS])
    for name, some in runs.items():
        spent, loading = _seconds(some), median(run.loading_s for run in some)
        table.add_row(
            name, f"{spent:.2f}", f"{loading:.2f}", f"{spent / basis:.2f}",
            f"{memory[name]:.0f}", f"{memory[name] / memory[BASIS]:.2f}", f"{some[0].figures[0]:.6f}",
        )  # fmt: skip
    Console(width=150).print(table)


def _broken(runs: dict[str, list[Timed]], memory: dict[str, float], shape: Shape) -> bool:
    """Print each ratio beside its limit."""
    larger = Shape(10 * shape.frames, shape.classes, 10 * shape.truths, 10 * shape.detections)
    basis = _seconds(runs[BASIS])
    grown = sample(larger, seed=0)
    met = {
        "cpu": _seconds(runs[PLAIN]) / basis,
        "memory": memory[PLAIN] / memory[BASIS],
        "full": _seconds(runs[FULL]) / basis,
        "tenfold": _seconds([_silent(PLAIN, grown, larger) for _ in range(ROUNDS)]) / _seconds(runs[PLAIN]),
    }
    for name, ratio in met.items():
        print(f"{name}: {ratio:.2f} (at most {LIMITS[name]:g})")
    print(f"full at ten times the size: {_silent(FULL, grown, larger).judging_s / _seconds(runs[FULL]):.2f} times")
    return any(ratio > LIMITS[name] for name, ratio in met.items())


def _seconds(some: list[Timed]) -> float:
    return median(run.judging_s for run in some)


def _largest_gap(runs: dict[str, list[Timed]]) -> float:
    right = runs["pycocotools"][0].figures
    gaps = [np.abs(some[0].figures - right[: len(some[0].figures)]).max() for some in runs.values()]
    return float(max(gaps))


if __name__ == "__main__":
    sys.exit(main())
