"""Which kind of error each false detection is, and which objects nobody found: TIDE's definitions.

Bolya et al., "TIDE: A General Toolbox for Identifying Object Detection Errors", ECCV 2020, section 3. A false detection
is, the first that fits: *localisation* (its own class overlaps it, too little to be found), *classification* (an object
of another class overlaps it enough), *duplicate* (its object was found by a surer detection), *background* (nothing to
speak of is there), *both* (another class, and too little). An object that no detection found is *missed*, unless a
localisation or classification error stands on it: mending that error finds the object.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detection.rules.judging.matching import DETECTIONS_PER_FRAME_AND_CLASS, Flags, Integers, Predictions, Reals, Truth

Kind = Literal["classification", "localisation", "both", "duplicate", "background", "missed"]
KINDS: tuple[Kind, ...] = ("classification", "localisation", "both", "duplicate", "background", "missed")
"""In the order of the codes of :attr:`Taxonomy.kind`."""
RIGHT = -1
"""Code of a detection that found its object."""
BACKGROUND_OVERLAP = 0.1
"""Overlap up to which a detection has nothing to do with an object; TIDE's."""


@dataclass(frozen=True, slots=True, eq=False)
class Taxonomy:
    """Every judged detection and every object with the kind of error it is.

    Attributes:
        row: ``(n,)`` position of the detection in the :class:`Predictions`; by frame, best score first.
        kind: ``(n,)`` int8, place in :data:`KINDS`, or :data:`RIGHT`.
        object: ``(n,)`` position in the :class:`Truth` of the object it found or the error speaks of; -1 for none.
        overlap: ``(n,)`` with that object; with whatever is nearest where there is none; 0 in an empty frame.
        mends: ``(n,)`` True where mending this error would find its object: the surest of those that stand on it.
        found: ``(m,)`` the object was found.
        missed: ``(m,)`` it was not, and no error stands on it.
    """

    row: Integers
    kind: NDArray[np.int8]
    object: Integers
    overlap: Reals
    mends: Flags
    found: Flags
    missed: Flags

    def __len__(self) -> int:
        return len(self.row)


def taxonomy(
    truth: Truth, predictions: Predictions, iou: float = 0.5, maximum: int = DETECTIONS_PER_FRAME_AND_CLASS
) -> Taxonomy:
    """Tell the kind of every error.

    Args:
        truth: the objects; may be empty.
        predictions: the detections; may be empty. Scores must be finite.
        iou: overlap from which a detection has found an object.
        maximum: detections judged per frame and class, best first.
    """
    raise NotImplementedError
