"""People who draw boxes, and err as people do. They see what is in the picture, and know what the guideline names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.edge.boxes import Boxes, iou
from detection.scenes.camera import Floats
from detection.scenes.dice import dice
from detection.scenes.lighting import Lighting
from detection.scenes.schedule import Shot
from detection.scenes.warehouse import Picture, Truth

KNOWN = ("box", "polybag", "tube")
"""What the first guideline asks for: no crates."""
_MISTAKEN = {"box": "polybag", "polybag": "box", "crate": "box"}
_HARDER: dict[Lighting, float] = {"bright": 1.0, "normal": 1.0, "dim": 1.35, "dusk": 1.8}


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What one annotator drew in one frame, ``m`` boxes.

    Attributes:
        boxes: ``(m, 4)`` pixels, inside the frame.
        labels: ``(m,)`` class ids.
        occluded: ``(m,)`` the annotator says something hides a part.
        truncated: ``(m,)`` the annotator says the border cuts it.
    """

    boxes: Boxes
    labels: NDArray[np.object_]
    occluded: NDArray[np.bool_]
    truncated: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True)
class _Habit:
    """How one annotator errs by day, and how much worse by dim light (1 is as everyone)."""

    jitter: float
    miss: float
    confusion: float
    merge: float
    dim: float


_HABITS = (_Habit(0.016, 0.012, 0.010, 0.10, 1.0), _Habit(0.021, 0.018, 0.015, 0.16, 1.45))


def annotate(picture: Picture, shot: Shot, annotator: int, seed: int, known: tuple[str, ...] = KNOWN) -> Drawn:
    """Have one annotator draw the frame.

    Args:
        picture: with the objects the guideline asks for; apply :func:`warehouse.labelled` to its truth before.
        shot: which frame it is; its lighting makes people err more.
        annotator: 0 is careful; 1 is sloppier in dim light and at dusk; higher numbers have the second's habits.
        seed: 0 or above.
        known: kinds that the guideline names; another kind means nothing to an annotator.

    Returns:
        The boxes in the order of the truth.
    """
    day = shot.captured_at.toordinal()
    rng = dice("annotator", seed, annotator, day, shot.camera_index, shot.scene_index, shot.step)
    habit = _HABITS[min(annotator, len(_HABITS) - 1)]
    harder = _HARDER[shot.lighting]
    harder = 1 + (harder - 1) * habit.dim if harder > 1 else 1.0
    height, width = picture.pixels.shape[:2]
    noticed = _noticed(picture.truth, habit, harder, rng, known)
    noticed = _merged(noticed, habit.merge * harder, rng)
    labels = [_named(str(label), habit.confusion * harder, rng) for label in noticed.labels]
    return Drawn(
        boxes=_shaken(noticed.boxes, habit.jitter * harder, (width, height), rng),
        labels=np.array(labels, dtype=object),
        occluded=noticed.visible_share + rng.normal(0, 0.04, len(noticed)) < 0.85,
        truncated=noticed.truncated ^ (rng.random(len(noticed)) < 0.01),
    )


def _noticed(truth: Truth, habit: _Habit, harder: float, rng: np.random.Generator, known: tuple[str, ...]) -> Truth:
    """Small, hidden and badly lit things are overlooked more often."""
    sides = truth.boxes[:, 2:] - truth.boxes[:, :2]
    smallness = np.clip(1 - sides.min(axis=1, initial=np.inf) / 16, 0, 1)
    hidden = np.clip(0.6 - truth.visible_share, 0, 1)
    chance = np.minimum((habit.miss + 0.12 * smallness + 0.25 * hidden) * harder, 0.5)
    seen = rng.random(len(truth)) >= chance
    return truth.take(np.flatnonzero(seen & np.isin(truth.labels, known)))


def _merged(truth: Truth, chance: float, rng: np.random.Generator) -> Truth:
    """Two touching things of one class are now and then drawn as one."""
    grown = truth.boxes + np.array([-1, -1, 1, 1], np.float32)
    touching = np.argwhere(np.triu(iou(grown, grown) > 0.05, k=1))
    keep, boxes = np.ones(len(truth), bool), truth.boxes.copy()
    for first, second in touching:
        alike = truth.labels[first] == truth.labels[second] and keep[first] and keep[second]
        if alike and rng.random() < chance:
            boxes[first, :2] = np.minimum(boxes[first, :2], boxes[second, :2])
            boxes[first, 2:] = np.maximum(boxes[first, 2:], boxes[second, 2:])
            keep[second] = False
    return Truth(boxes, truth.labels, truth.visible_share, truth.truncated).take(np.flatnonzero(keep))


def _named(label: str, chance: float, rng: np.random.Generator) -> str:
    return _MISTAKEN.get(label, label) if rng.random() < chance else label


def _shaken(boxes: Boxes, jitter: float, size: tuple[int, int], rng: np.random.Generator) -> Boxes:
    """Every edge is off by a part of the box's side, by half a pixel at least; never less than two pixels remain."""
    sides = np.tile(boxes[:, 2:] - boxes[:, :2], 2)
    moved = boxes + rng.standard_normal(boxes.shape) * np.maximum(jitter * sides, 0.45)
    moved[:, 2:] = np.maximum(moved[:, 2:], moved[:, :2] + 2)
    frame = np.array(size, np.float64)
    upper = np.clip(moved[:, 2:], 2, frame)
    lower = np.clip(moved[:, :2], 0, upper - 2)
    drawn: Floats = np.concatenate([lower, upper], axis=1).astype(np.float32)
    return drawn
