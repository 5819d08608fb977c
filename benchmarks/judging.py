"""What COCO's twelve figures cost: our columns, faster-coco-eval and pycocotools on one synthetic set.

    OMP_NUM_THREADS=1 python -m benchmarks.judging [--short]

The three run in turn, in one process; the figures are CPU seconds, median over rounds, and ratios to faster-coco-eval.
Ours and theirs both begin where judging begins for them: ours with columns, theirs with their own loaded tables (what
loading costs stands beside it). The run ends with status 1 if a figure differs by more than 1e-6. ``--short`` takes a
tenth of the set, in seconds.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import faster_coco_eval
import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from rich.console import Console
from rich.progress import track
from rich.table import Table

from detection.rules.judging.average_precision import average_precisions, coco_figures, mean
from detection.rules.judging.intervals import draw_groups, precision_intervals
from detection.rules.judging.matching import Reals, match
from tests.examples_judging import Sample, Shape, coco_detections, coco_truth, sample

WHOLE = Shape(frames=5000, classes=80, truths=36_000, detections=300_000)
"""The size of COCO's validation set."""
SHORT = Shape(frames=500, classes=80, truths=3_600, detections=30_000)
ROUNDS = 3
RESAMPLES = 200
GROUPS = 50
TOLERANCE = 1e-6
BASIS = "faster-coco-eval"


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
    """AP50-95 and AP50 alone: what a score sheet needs."""
    begun = time.process_time()
    ap = average_precisions(match(made.truth, made.predictions), shape.classes)
    return Timed(np.array([mean(ap), mean(ap[:, 0])]), time.process_time() - begun)


def ours_resampled(made: Sample, shape: Shape) -> Timed:
    """AP50-95 and AP50 with intervals from drawn groups of frames."""
    begun = time.process_time()
    matches = match(made.truth, made.predictions)
    ap = average_precisions(matches, shape.classes)
    group_of = np.arange(shape.frames, dtype=np.int64) % GROUPS
    precision_intervals(matches, shape.classes, group_of, draw_groups(GROUPS, RESAMPLES, 0), 0.95)
    return Timed(np.array([mean(ap), mean(ap[:, 0])]), time.process_time() - begun)


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
    "ours, AP50 and AP50-95": ours_plain,
    f"ours, the same with {RESAMPLES} resamples": ours_resampled,
    BASIS: faster,
    "pycocotools": reference,
}


def main() -> int:
    """Time all of them in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="a tenth of the set")
    shape = SHORT if parser.parse_args().short else WHOLE
    made = sample(shape, seed=0)
    runs: dict[str, list[Timed]] = {name: [] for name in WAYS}
    for _ in track(range(ROUNDS), "judging", console=Console(stderr=True)):
        for name, way in WAYS.items():
            with contextlib.redirect_stdout(io.StringIO()):
                runs[name].append(way(made, shape))
    _show(shape, runs)
    gap = _largest_gap(runs)
    print(f"largest difference of a figure from pycocotools: {gap:.1e} (at most {TOLERANCE:g})")
    return int(gap > TOLERANCE)


def _show(shape: Shape, runs: dict[str, list[Timed]]) -> None:
    title = f"{shape.frames} frames, {shape.classes} classes, {shape.truths} objects, {shape.detections} detections"
    table = Table("way", "judging, CPU s", "loading, CPU s", f"judging, ratio to {BASIS}", "AP50-95", title=title)
    basis = median(run.judging_s for run in runs[BASIS])
    for name, some in runs.items():
        judging, loading = median(r.judging_s for r in some), median(r.loading_s for r in some)
        table.add_row(name, f"{judging:.2f}", f"{loading:.2f}", f"{judging / basis:.2f}", f"{some[0].figures[0]:.6f}")
    Console().print(table)


def _largest_gap(runs: dict[str, list[Timed]]) -> float:
    right = runs["pycocotools"][0].figures
    gaps = [np.abs(some[0].figures - right[: len(some[0].figures)]).max() for some in runs.values()]
    return float(max(gaps))


if __name__ == "__main__":
    sys.exit(main())
