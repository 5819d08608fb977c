"""The attack: how well can held-out labels be foretold by copying those of the nearest train frame?

If a split leaks, the copy fits: the same belt, parcel and moment stand on both sides. If it does not, copying is no
better than chance, which is copying the labels of train frames taken at random. The same data split frame by frame,
without regard to groups, shows what a leak would have looked like. Boxes are compared in parts of the frame's sides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detection.rules.labels import near_duplicates
from detection.rules.labels.samples import Annotations, Frames
from detection.rules.labels.splits.columns import ranked, rows_of
from detection.rules.labels.statistics import Hashes

Integers = NDArray[np.int64]
IOU = 0.5
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Dice:
    """Section ``split.attack`` of params.yaml.

    Attributes:
        frames: held-out frames that are attacked, at most; taken at random.
        repeats: draws of random train frames.
        seed: of every draw.
    """

    frames: int
    repeats: int
    seed: int


@dataclass(frozen=True, slots=True)
class Foretold:
    """F1 of labels that were copied.

    Attributes:
        boxes: copied boxes of the right class that overlap a true one by half or more.
        classes: the classes present in a frame.
    """

    boxes: float
    classes: float


@dataclass(frozen=True, slots=True)
class Attack:
    """What copying achieves.

    Attributes:
        frames: held-out frames attacked.
        train_frames: frames to copy from.
        nearest: copying the nearest train frame's labels.
        chance: copying a random train frame's labels, mean of the repeats.
        chance_lower: lower end of the repeats' middle 95 %.
        chance_upper: upper end.
        random_split: copying the nearest frame's labels where the same frames are split at random.
        advantage: by how much ``nearest`` exceeds ``chance``, boxes or classes, whichever is more.
    """

    frames: int
    train_frames: int
    nearest: Foretold
    chance: Foretold
    chance_lower: Foretold
    chance_upper: Foretold
    random_split: Foretold
    advantage: float


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """``n`` frames with hashes and labels.

    Attributes:
        hash: ``(n,)`` perceptual hashes.
        first: ``(n + 1,)`` where each frame's boxes begin.
        label: ``(m,)`` class numbers.
        corners: ``(m, 4)`` parts of width and height.
        classes: how many there are.
    """

    hash: Hashes
    first: Integers
    label: Integers
    corners: NDArray[np.float64]
    classes: int


def marked(frames: Frames, hashes: Hashes, labels: Annotations) -> Marked:
    """Put labels beside their frames; boxes of other frames are passed over."""
    at = rows_of(frames.id, labels.frame)
    order = np.flatnonzero(at.found)[np.argsort(at.row[at.found], kind="stable")]
    row = at.row[order]
    classes, label = ranked(labels.label[order])
    sides = np.stack([frames.width, frames.height, frames.width, frames.height], axis=1)[row]
    corners = labels.corners[order] / np.maximum(sides, 1)
    first = np.searchsorted(row, np.arange(len(frames) + 1))
    return Marked(hashes, first.astype(np.int64), label.astype(np.int64), corners.astype(np.float64), len(classes))


def attack(known: Marked, train: Integers, held_out: Integers, dice: Dice) -> Attack | None:
    """Copy labels and see how well they fit; None where a side is empty.

    Args:
        known: ``n`` frames.
        train: rows to copy from.
        held_out: rows to foretell.
        dice: how many, how often.
    """
    if not len(train) or not len(held_out):
        return None
    generator = np.random.default_rng(dice.seed)
    asked = _some(generator, held_out, dice.frames)
    nearest = _copied(known, train, asked)
    draws = [_fit(known, asked, generator.choice(train, len(asked))) for _ in range(dice.repeats)]
    boxes, classes = np.array([[d.boxes, d.classes] for d in draws]).reshape(-1, 2).T
    shuffled = generator.permutation(np.concatenate([train, held_out]))
    others = _some(generator, shuffled[len(train) :], dice.frames)
    tail = (1 - CONFIDENCE) / 2
    return Attack(
        frames=len(asked),
        train_frames=len(train),
        nearest=nearest,
        chance=Foretold(float(boxes.mean()), float(classes.mean())),
        chance_lower=Foretold(*(float(np.quantile(column, tail)) for column in (boxes, classes))),
        chance_upper=Foretold(*(float(np.quantile(column, 1 - tail)) for column in (boxes, classes))),
        random_split=_copied(known, shuffled[: len(train)], others),
        advantage=float(max(nearest.boxes - boxes.mean(), nearest.classes - classes.mean())),
    )


def _some(generator: np.random.Generator, rows: Integers, most: int) -> Integers:
    return np.sort(generator.choice(rows, most, replace=False)) if len(rows) > most else rows


def _copied(known: Marked, train: Integers, asked: Integers) -> Foretold:
    return _fit(known, asked, train[near_duplicates.nearest(known.hash[asked], known.hash[train]).row])


def _fit(known: Marked, asked: Integers, copied: Integers) -> Foretold:
    counts = np.zeros(6, np.int64)
    present = np.zeros((2, known.classes), np.bool_)
    _count(known.first, known.label, known.corners, np.stack([asked, copied]), (counts, present))
    return Foretold(_f1(counts[:3]), _f1(counts[3:]))


def _f1(counts: Integers) -> float:
    """F1 of ``(right, true, copied)``; nothing to foretell and nothing said is 0: no label was foretold."""
    return float(2 * counts[0] / max(counts[1] + counts[2], 1))


@njit(cache=True)
def _overlap(a, b):  # type: ignore[no-untyped-def]
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


@njit(cache=True)
def _count(first, label, corners, rows, kept):  # type: ignore[no-untyped-def]
    """Add to ``kept[0]`` right, true and copied boxes, then right, true and copied classes."""
    counts, present = kept
    for pair in range(rows.shape[1]):
        true, copied = rows[0, pair], rows[1, pair]
        taken = np.zeros(first[true + 1] - first[true], np.bool_)
        present[:] = False
        for c in range(first[copied], first[copied + 1]):
            present[1, label[c]] = True
            best, place = IOU, -1
            for t in range(first[true], first[true + 1]):
                if not taken[t - first[true]] and label[t] == label[c]:
                    overlap = _overlap(corners[t], corners[c])
                    if overlap >= best:
                        best, place = overlap, t
            if place >= 0:
                taken[place - first[true]] = True
                counts[0] += 1
        for t in range(first[true], first[true + 1]):
            present[0, label[t]] = True
        counts[1] += first[true + 1] - first[true]
        counts[2] += first[copied + 1] - first[copied]
        for one in range(present.shape[1]):
            counts[3] += present[0, one] and present[1, one]
            counts[4] += present[0, one]
            counts[5] += present[1, one]
