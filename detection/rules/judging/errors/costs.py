"""What each kind of error costs: average precision and F1 before, and after the errors of one kind are mended.

Mending follows TIDE (Bolya et al., ECCV 2020, section 3.2): a localisation or classification error on a free object
finds it, with its own score, the surest one where several stand on it; every other false detection of the kind goes;
objects missed are demanded no longer. Two specials take away all false detections, or all objects not found.
We differ in one case: where nothing is demanded any longer the class has lost nothing more, and its AP is 1; tidecv
calls it 0, so that a class of which nothing was found at all would cost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detection.rules.judging.average_precision import RECALLS
from detection.rules.judging.errors.taxonomy import (
    CLASSIFICATION,
    KINDS,
    LOCALISATION,
    MISSED,
    RIGHT,
    ErrorKind,
    Taxonomy,
)
from detection.rules.judging.matching import Flags, Integers, Predictions, Reals, Truth

MENDED: tuple[ErrorKind, ...] = (*KINDS, "false positives", "false negatives")
"""What is mended, each alone: the rows of :class:`Costs`."""
FALSE_POSITIVES, FALSE_NEGATIVES = len(KINDS), len(KINDS) + 1
_NOTHING = -1
"""Mend nothing."""
_OWN = len(MENDED)
"""Mend classification errors, but only by taking them away."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Detections by class, best score first, and once more under the class of the object that mending them finds.

    Attributes:
        frame: ``(k,)`` number of the frame.
        label: ``(k,)`` class under which it is ranked, ascending.
        said: ``(k,)`` class it says.
        kind: ``(k,)`` int8, as in the :class:`Taxonomy`.
        mends: ``(k,)`` likewise.
        moved: ``(k,)`` it stands here only if classification errors are mended.
        truth_frame: ``(m,)`` frames of the objects.
        truth_label: ``(m,)`` their classes.
        found: ``(m,)`` as in the :class:`Taxonomy`.
        missed: ``(m,)`` likewise.
        classes: how many classes there are.
    """

    frame: Integers
    label: Integers
    said: Integers
    kind: NDArray[np.int8]
    mends: Flags
    moved: Flags
    truth_frame: Integers
    truth_label: Integers
    found: Flags
    missed: Flags
    classes: int


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """Of one slice. Rows are :data:`MENDED`.

    Attributes:
        ap: ``(classes,)`` AP; NaN for a class without objects.
        mended: ``(8, classes)`` AP once every error of the kind is mended, whatever class says it; NaN likewise.
        gain: ``(8, classes)`` by how much the mean AP of the classes with objects rises once the errors of the kind
            that this class says (or that are objects of it) are mended; NaN without any object.
        count: ``(8, classes)`` errors.
    """

    ap: Reals
    mended: Reals
    gain: Reals
    count: Integers


def ranking(truth: Truth, predictions: Predictions, told: Taxonomy, classes: int) -> Ranking:
    """Rank what was told of; classes are numbered from 0."""
    moved = np.flatnonzero((told.kind == CLASSIFICATION) & told.mends)
    place = np.concatenate((np.arange(len(told)), moved))
    said = predictions.label[told.row]
    label = np.concatenate((said, truth.label[told.object[moved]]))
    score = predictions.score[told.row][place]
    order = np.lexsort((-score, label))
    place = place[order]
    return Ranking(
        frame=predictions.frame[told.row][place],
        label=label[order],
        said=said[place],
        kind=told.kind[place],
        mends=told.mends[place],
        moved=order >= len(told),
        truth_frame=truth.frame,
        truth_label=truth.label,
        found=told.found,
        missed=told.missed,
        classes=classes,
    )


def costs(ranked: Ranking, frames: Flags, recalls: Reals = RECALLS) -> Costs:
    """What the kinds cost in some frames.

    Args:
        ranked: detections and objects.
        frames: mask over frame numbers.
        recalls: ``(101,)`` at which precision is read. They are pycocotools', which rounds 0.29 up where tidecv does
            not: with a hundred objects the two read another detection's precision there.
    """
    demanded = _demanded(ranked, frames)
    n = ranked.classes
    ap, gain = np.full(n, np.nan), np.zeros((len(MENDED), n))
    mended = np.full((len(MENDED), n), np.nan)
    rows = np.flatnonzero(frames[ranked.frame])
    columns = (ranked.kind[rows], ranked.mends[rows], ranked.moved[rows], ranked.said[rows])
    _cost_all(columns, np.searchsorted(ranked.label[rows], np.arange(n + 1)), demanded, recalls, (ap, mended, gain))
    present = int((demanded[_NOTHING] > 0).sum())
    return Costs(ap, mended, gain / present if present else np.full_like(gain, np.nan), counts(ranked, frames))


def counts(ranked: Ranking, frames: Flags) -> Integers:
    """``(8, classes)`` errors in some frames, by kind and by the class that says them or is missed."""
    rows = frames[ranked.frame] & ~ranked.moved & (ranked.kind != RIGHT)
    result = np.zeros((len(MENDED), ranked.classes), np.int64)
    np.add.at(result, (ranked.kind[rows], ranked.said[rows]), 1)
    result[FALSE_POSITIVES] = result[: len(KINDS)].sum(axis=0)
    seen = frames[ranked.truth_frame]
    for kind, rows in ((MISSED, seen & ranked.missed), (FALSE_NEGATIVES, seen & ~ranked.found)):
        result[kind] = np.bincount(ranked.truth_label[rows], minlength=ranked.classes)
    return result


def _demanded(ranked: Ranking, frames: Flags) -> Integers:
    """``(9, classes)`` objects demanded by what is mended; the last row with nothing mended."""
    seen = frames[ranked.truth_frame]
    whole = np.bincount(ranked.truth_label[seen], minlength=ranked.classes)
    demanded = np.tile(whole, (len(MENDED) + 1, 1)).astype(np.int64)
    done = counts(ranked, frames)
    for kind in (MISSED, FALSE_NEGATIVES):
        demanded[kind] -= done[kind]
    return demanded


@njit(cache=True)
def _cost_all(columns, edges, demanded, recalls, room):  # type: ignore[no-untyped-def]
    """Fill in every class. Gains are sums over classes here."""
    ap, mended, gain = room
    said = columns[3]
    precision = np.empty(len(said))
    modes = len(demanded) - 1
    for c in range(len(ap)):
        whole = demanded[modes, c]
        if whole == 0:
            continue
        rows = (edges[c], edges[c + 1])
        ap[c] = _ap(columns, rows, (_NOTHING, -1, whole), recalls, precision)
        for mode in range(modes):
            mended[mode, c] = _ap(columns, rows, (mode, -1, demanded[mode, c]), recalls, precision)
            if mode != CLASSIFICATION:
                gain[mode, c] += mended[mode, c] - ap[c]
        gain[CLASSIFICATION, c] += _ap(columns, rows, (_OWN, -1, whole), recalls, precision) - ap[c]
        for other in _movers(columns, rows, len(ap)):
            moved = _ap(columns, rows, (_OWN + 1, other, whole), recalls, precision)
            gain[CLASSIFICATION, other] += moved - ap[c]


@njit(cache=True)
def _movers(columns, rows, classes):  # type: ignore[no-untyped-def]
    """Classes whose classification errors would find objects of this one."""
    moved, said = columns[2], columns[3]
    present = np.zeros(classes, np.bool_)
    for i in range(rows[0], rows[1]):
        if moved[i]:
            present[said[i]] = True
    return np.flatnonzero(present)


@njit(cache=True)
def _ap(columns, rows, mending, recalls, precision):  # type: ignore[no-untyped-def]
    """COCO's average precision of one class with some errors mended; ``precision`` is room to work in."""
    mode, other, demanded = mending
    if demanded == 0:
        return 1.0
    right, shown = 0, 0
    for i in range(rows[0], rows[1]):
        value = _value(columns, i, mode, other)
        if value < 0:
            continue
        shown += 1
        if value == 1:
            precision[right] = (right + 1) / shown
            right += 1
    for k in range(right - 2, -1, -1):
        precision[k] = max(precision[k], precision[k + 1])
    total, k = 0.0, 0
    for recall in recalls:
        while k < right and (k + 1) / demanded < recall:
            k += 1
        if k == right:
            break
        total += precision[k]
    return total / len(recalls)


@njit(cache=True)
def _value(columns, i, mode, other):  # type: ignore[no-untyped-def]
    """1 for a right detection, 0 for a false one, -1 for none, as it stands once something is mended."""
    kind, mends, moved, said = columns[0][i], columns[1][i], columns[2][i], columns[3][i]
    if moved:
        return 1 if mode == CLASSIFICATION or (mode == _OWN + 1 and said == other) else -1
    if kind == RIGHT:
        return 1
    if mode == FALSE_POSITIVES or (mode == _OWN and kind == CLASSIFICATION):
        return -1
    if kind != mode:
        return 0
    return 1 if kind == LOCALISATION and mends else -1
