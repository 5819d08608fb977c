"""What was there against what was said, with background on both sides, at the shipped thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detection.rules.judging.errors.rows import Examined
from detection.rules.judging.errors.taxonomy import CLASSIFICATION, RIGHT
from detection.rules.judging.matching import Flags

BACKGROUND = "(background)"
"""Said nothing, or nothing was there; always the last of the labels. No id of a class can be it."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """One table.

    Attributes:
        variant: the variant's name.
        set: ``test``, ``golden`` or ``challenge``.
        slice: ``all`` or a condition's value.
        labels: class ids in the order of their numbers, then :data:`BACKGROUND`.
        cells: a row for what was there, in it a count for what was said of it, both in the order of ``labels``. Rows
            of classes add up to the objects, columns of classes to the detections shown.
    """

    variant: str
    set: str
    slice: str
    labels: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]

    def count(self, there: str, said: str) -> int:
        """How often ``said`` was said of ``there``."""
        return self.cells[self.labels.index(there)][self.labels.index(said)]


@dataclass(frozen=True, slots=True)
class ConfusionSheet:
    """What stage ``diagnose`` leaves: ``data/diagnose/confusion.json``."""

    tables: tuple[Confusion, ...]


def confusion(one: Examined, frames: Flags, labels: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """The cells of one slice.

    An object counts as said of another class only where a classification error would have found it; what is badly
    placed found nothing, and stands for nothing there.

    Args:
        one: one variant's detections.
        frames: mask over frame numbers.
        labels: class ids in the order of their numbers.
    """
    shown, truth, nothing = one.shown, one.truth, len(labels)
    standing = (shown.kind == RIGHT) | ((shown.kind == CLASSIFICATION) & shown.mends)
    rows = frames[one.predictions.frame[shown.row]]
    said = one.predictions.label[shown.row]
    there = np.where(standing, np.append(truth.label, nothing)[shown.object], nothing)
    cells = np.zeros((nothing + 1, nothing + 1), np.int64)
    np.add.at(cells, (there[rows], said[rows]), 1)
    alone = frames[truth.frame]
    alone[shown.object[standing]] = False
    cells[:nothing, nothing] = np.bincount(truth.label[alone], minlength=nothing)
    return tuple(tuple(row) for row in cells.tolist())
