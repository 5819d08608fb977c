"""A judged variant of random boxes in a dozen frames of three lights and four groups."""

from __future__ import annotations

import numpy as np

from detection.rules.judging.intervals import Resampling
from detection.rules.judging.matching import Predictions, Truth, match
from detection.rules.judging.scores.observations import FrameFacts, Judged, Observations, observe
from detection.rules.judging.scores.sheet import Scorer
from detection.rules.spec.judging import Judging, Sizes
from tests.examples_judging import Shape, sample

SHAPE = Shape(frames=12, classes=2, truths=40, detections=150)
LABELS = ("box", "tube")
CUTS = np.array([0.4, 0.6])
SIZES = Sizes(small_below_px=32, large_from_px=96)
JUDGING = Judging(iou=0.5, sizes=SIZES, crossings=[["lighting", "crowding"]])
RESAMPLING = Resampling(50, 0.95, 0)
FACTS = FrameFacts(
    id=np.array([f"frame-{i:02d}" for i in range(12)], object),
    name=np.array([f"camera/{i:02d}.jpg" for i in range(12)], object),
    group=np.array([f"group-{i // 3}" for i in range(12)], object),
    set=np.array(["train"] * 3 + ["golden"] * 9, object),
    conditions={
        "lighting": np.array(["dusk", "bright", ""] * 4, object),
        "crowding": np.array(["sparse", "crowded"] * 6, object),
    },
)


def boxes(*left: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Squares of 10 pixels in a row."""
    return np.array([[x, 0, x + 10, 10] for x in left], np.float64).reshape(-1, 4)


def objects(*places: tuple[int, int, float]) -> Truth:
    """Objects as (frame, class, left side)."""
    frame, label, left = zip(*places, strict=True) if places else ((), (), ())
    return Truth(np.array(frame, np.int64), np.array(label, np.int64), boxes(*left))


def said(*places: tuple[int, int, float, float]) -> Predictions:
    """Detections as (frame, class, left side, score)."""
    frame, label, left, score = zip(*places, strict=True) if places else ((), (), (), ())
    return Predictions(np.array(frame, np.int64), np.array(label, np.int64), np.array(score, np.float64), boxes(*left))


def judge(truth: Truth, predictions: Predictions, cuts: np.ndarray[tuple[int], np.dtype[np.float64]] = CUTS) -> Judged:
    """A variant that said this of that; raw scores are the half of the calibrated ones."""
    cut = cuts[predictions.label]
    return Judged("fp32", truth, predictions, predictions.score / 2, cut, match(truth, predictions), 0)


def judged(seed: int = 8) -> Judged:
    """A variant's random boxes beside random objects."""
    made = sample(SHAPE, seed)
    return judge(made.truth, made.predictions)


def observed(one: Judged | None = None) -> Observations:
    """What :func:`judged` shows in all twelve frames."""
    return observe(one or judged(), LABELS, FACTS, SIZES)


def scorer() -> Scorer:
    """What all rows have in common."""
    return Scorer(FACTS, LABELS, CUTS, JUDGING, RESAMPLING)
