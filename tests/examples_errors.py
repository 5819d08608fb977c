"""Objects and detections that are wrong in every way there is, and tidecv's word on them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tidecv import TIDE, Data  # type: ignore[import-untyped]

from detection.rules.judging.errors.case import Learned, Setting, neighbours
from detection.rules.judging.errors.rows import Examined, examined
from detection.rules.judging.errors.suspicions import SUSPECTED, Suspected, Suspicions
from detection.rules.judging.errors.taxonomy import RIGHT
from detection.rules.judging.matching import Integers, Predictions, Reals, Truth
from detection.rules.judging.scores.observations import FrameFacts, Observations
from tests.examples_judging import Sample, Shape

SIDE = 20.0
"""Of the squares below, pixels."""
EXTENT = 1000.0
"""Width and height of the frames below."""


def truth(*rows: tuple[int, int, float]) -> Truth:
    """Frame, class and left edge of squares."""
    table = np.array(rows, float).reshape(-1, 3)
    return Truth(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), squares(table[:, 2]))


def predictions(*rows: tuple[int, int, float, float]) -> Predictions:
    """Frame, class, left edge and score of squares."""
    table = np.array(rows, float).reshape(-1, 4)
    return Predictions(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 3], squares(table[:, 2]))


def squares(left: Reals) -> Reals:
    """Corners of squares a hundred pixels below the frame's upper edge."""
    top = np.full_like(left, 100.0)
    return np.stack([left, top, left + SIDE, top + SIDE], axis=1)


def every_kind() -> Examined:
    """A frame a kind; class 0 is an object's, 1 another; 100 pixels are far away. All detections but one are shown.

    Frame 0 classification, 1 localisation, 2 both, 3 duplicate, 4 background, 5 missed, 6 missed but seen below the
    threshold, 7 right.
    """
    there = truth((0, 0, 100), (1, 0, 100), (2, 0, 100), (3, 0, 100), (5, 0, 100), (6, 0, 100), (7, 1, 100))
    said = predictions(
        (0, 1, 101, 0.9), (1, 0, 110, 0.8), (2, 1, 110, 0.7), (3, 0, 100, 0.9), (3, 0, 101, 0.6), (4, 0, 500, 0.5),
        (6, 0, 100, 0.2), (7, 1, 100, 0.9),
    )  # fmt: skip
    return examined("fp32", there, said, said.score >= 0.3, 0.5)


def observations(one: Examined, facts: FrameFacts, labels: Sequence[str]) -> Observations:
    """What ``evaluate`` would have written of a variant: its detections, then the objects."""
    said, there = one.predictions, one.truth
    n, m = len(said), len(there)
    frame = np.concatenate((said.frame, there.frame))
    right = np.zeros(n, np.bool_)
    right[one.told.row[one.told.kind == RIGHT]] = True
    return Observations(
        variant=np.full(n + m, one.variant, object),
        set=facts.set[frame],
        frame=facts.id[frame],
        group=facts.group[frame],
        label=np.array(labels, object)[np.concatenate((said.label, there.label))],
        kind=np.repeat(np.array(["detection", "object"], object), (n, m)),
        kept=np.concatenate((one.kept, np.ones(m, np.bool_))),
        correct=np.concatenate((right, one.shown.found)),
        hits=np.zeros(n + m, np.uint16),
        raw=np.concatenate((said.score, np.full(m, np.nan))),
        score=np.concatenate((said.score, np.full(m, np.nan))),
        corners=np.concatenate((said.corners, there.corners)).astype(np.float32),
        size=np.full(n + m, "small", object),
        conditions={name: column[frame] for name, column in facts.conditions.items()},
    )


def setting(there: Truth, frames: int, suspicions: Suspicions | None = None) -> Setting:
    """Errors among ``there``: half of the frames at dusk, training with a tenth of its objects at dusk."""
    dusk = np.where(np.arange(frames) % 2 == 0, "dusk", "bright").astype(object)
    learned = Learned(np.arange(100) % 2, {"lighting": np.where(np.arange(100) < 10, "dusk", "bright").astype(object)})
    extent = np.full((frames, 2), EXTENT)
    doubts = suspicions if suspicions is not None else no_suspicions()
    return Setting(
        there, neighbours(there), {"lighting": dusk}, extent, learned, doubts, 10.0, 0.6, 0.5, ("Box", "Tube")
    )


def no_suspicions() -> Suspicions:
    """No label looks wrong."""
    nobody, nothing, nowhere = np.zeros(0, np.int64), np.zeros(0), np.zeros((0, 4))
    return Suspicions(nobody, nobody, nobody, nobody, nothing, nothing, nowhere, nowhere)


def suspected(kind: Suspected, frames: Integers, corners: NDArray[np.floating]) -> Suspicions:
    """Labels that look wrong in one way, at these places."""
    n = len(frames)
    nobody, nothing, boxes = np.zeros(n, np.int64), np.zeros(n), corners.astype(np.float64)
    which = np.full(n, SUSPECTED.index(kind))
    return Suspicions(which, frames, nobody, nobody, nothing, nothing, boxes, boxes)


@dataclass(frozen=True, slots=True)
class Tide:
    """What tidecv says: counts of six kinds, AP, dAP of these and of its two specials in points; and CPU seconds."""

    counts: tuple[int, ...]
    ap: float
    dap: tuple[float, ...]
    judging_s: float
    loading_s: float


def tide(made: Sample, shape: Shape) -> Tide:
    """Ask tidecv; its limit of detections a frame is lifted, for ours is a frame and class."""
    begun = time.process_time()
    known, found = Data("truth", max_dets=10**9), Data("found", max_dets=10**9)
    for frame in range(shape.frames):
        known.add_image(frame, str(frame))
    for label in range(shape.classes):
        known.add_class(label, str(label))
    for frame, label, box in zip(made.truth.frame, made.truth.label, _boxes(made.truth.corners), strict=True):
        known.add_ground_truth(int(frame), int(label), box)
    said = made.predictions
    for frame, label, score, box in zip(said.frame, said.label, said.score, _boxes(said.corners), strict=True):
        found.add_detection(int(frame), int(label), float(score), box)
    loaded = time.process_time()
    judge = TIDE()
    run = judge.evaluate(known, found, mode=TIDE.BOX)
    counted = {error.short_name: n for error, n in run.count_errors().items()}
    main, special = judge.get_main_errors()["found"], judge.get_special_errors()["found"]
    done = time.process_time()
    kinds = ("Cls", "Loc", "Both", "Dupe", "Bkg", "Miss")
    dap = (*(main[kind] for kind in kinds), special["FalsePos"], special["FalseNeg"])
    return Tide(tuple(counted[kind] for kind in kinds), run.ap, tuple(map(float, dap)), done - loaded, loaded - begun)


def _boxes(corners: NDArray[np.floating]) -> list[list[float]]:
    sides = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
    boxes: list[list[float]] = sides.astype(float).tolist()
    return boxes
