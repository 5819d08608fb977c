"""Sets of objects and detections with every awkwardness in them, and pycocotools' word on them."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from detection.rules.judging.matching import SIZES, Integers, Predictions, Reals, SizeRange, Truth


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a random set is; ``score_digits`` below 3 makes many equal scores."""

    frames: int
    classes: int
    truths: int
    detections: int
    score_digits: int = 12


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Objects and detections."""

    truth: Truth
    predictions: Predictions


def sample(shape: Shape, seed: int) -> Sample:
    """A random set: six of ten detections stand near an object, some on it exactly, some frames stay empty."""
    dice = np.random.default_rng(seed)
    truth = Truth(
        dice.integers(0, shape.frames, shape.truths), dice.integers(0, shape.classes, shape.truths),
        _boxes(dice, shape.truths),
    )  # fmt: skip
    n = shape.detections
    corners, frame, label = _boxes(dice, n), dice.integers(0, shape.frames, n), dice.integers(0, shape.classes, n)
    if shape.truths:
        model = dice.integers(0, shape.truths, n)
        near = dice.random(n) < 0.6
        moved = truth.corners[model] + dice.integers(-6, 7, (n, 4)) * (dice.random((n, 1)) < 0.8)
        moved[:, 2:] = np.maximum(moved[:, 2:], moved[:, :2] + 1)
        corners = np.where(near[:, None], moved, corners)
        frame, label = np.where(near, truth.frame[model], frame), np.where(near, truth.label[model], label)
    score = np.round(dice.random(n), shape.score_digits)
    return Sample(truth, Predictions(frame, label, score, corners))


def coco_reference(made: Sample, shape: Shape, sizes: Mapping[str, SizeRange] = SIZES) -> Reals:
    """``(12,)`` figures as pycocotools gives them for the canonical order; NaN for its -1."""
    made = in_order(made)
    truth, found = made.truth, made.predictions
    with contextlib.redirect_stdout(io.StringIO()):
        known = COCO()
        known.dataset = coco_truth(truth, shape)
        known.createIndex()
        judge = COCOeval(known, known.loadRes(coco_detections(found)), "bbox")
        judge.params.areaRng[1:] = [[size.lower, size.upper] for size in sizes.values()]
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    return np.where(judge.stats == -1, np.nan, judge.stats)


def shuffled(made: Sample, seed: int) -> Sample:
    """The same rows in another order."""
    dice = np.random.default_rng(seed)
    truth, found = made.truth, made.predictions
    return Sample(truth.take(dice.permutation(len(truth))), found.take(dice.permutation(len(found))))


def copied(made: Sample, times: Integers) -> Sample:
    """The same with each frame standing ``times`` in it; ``(frames,)``."""
    truths, detections = [], []
    for frame, copies in enumerate(times):
        for copy in range(copies):
            number = copy * len(times) + frame
            of_frame = made.truth.take(made.truth.frame == frame)
            truths.append(Truth(np.full(len(of_frame), number), of_frame.label, of_frame.corners))
            shown = made.predictions.take(made.predictions.frame == frame)
            detections.append(Predictions(np.full(len(shown), number), shown.label, shown.score, shown.corners))
    return Sample(
        Truth(*(np.concatenate([getattr(t, n) for t in truths]) for n in Truth.__slots__)),
        Predictions(*(np.concatenate([getattr(d, n) for d in detections]) for n in Predictions.__slots__)),
    )


def in_order(made: Sample) -> Sample:
    """The same in the canonical order, in which pycocotools must be fed: it leaves ties to the order of its input."""
    truth, found = made.truth, made.predictions
    objects = np.lexsort((*truth.corners.T[::-1], truth.frame, truth.label))
    detections = np.lexsort((*found.corners.T[::-1], found.frame, -found.score))
    return Sample(truth.take(objects), found.take(detections))


def coco_truth(truth: Truth, shape: Shape) -> dict[str, object]:
    """Objects as a COCO document; frames and classes are numbered from 1 there."""
    return {
        "info": {},
        "images": [{"id": i + 1, "width": 1000, "height": 1000} for i in range(shape.frames)],
        "categories": [{"id": i + 1, "name": str(i)} for i in range(shape.classes)],
        "annotations": [
            {"id": i + 1, "image_id": f + 1, "category_id": c + 1, "bbox": b, "area": b[2] * b[3], "iscrowd": 0}
            for i, (f, c, b) in enumerate(_columns(truth))
        ],
    }


def coco_detections(found: Predictions) -> list[dict[str, object]]:
    """Detections as a COCO result."""
    return [
        {"image_id": f + 1, "category_id": c + 1, "bbox": b, "score": s}
        for (f, c, b), s in zip(_columns(found), found.score.tolist(), strict=True)
    ]


def _columns(table: Truth | Predictions) -> list[tuple[int, int, list[float]]]:
    sides = np.concatenate([table.corners[:, :2], table.corners[:, 2:] - table.corners[:, :2]], axis=1)
    return list(zip(table.frame.tolist(), table.label.tolist(), sides.astype(float).tolist(), strict=True))


def _boxes(dice: np.random.Generator, n: int) -> NDArray[np.float64]:
    """Whole pixels, sides from 8 to 200 evenly on a logarithmic scale: all of COCO's sizes."""
    begin = dice.integers(0, 300, (n, 2))
    sides = np.exp(dice.uniform(np.log(8), np.log(200), (n, 2))).astype(np.int64)
    return np.concatenate([begin, begin + sides], axis=1).astype(np.float64)
