"""One row for each error that whoever uses the device meets: what it is, where, and what is near it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from detection.rules.judging.errors.rows import Examined
from detection.rules.judging.errors.taxonomy import KINDS, MISSED, RIGHT
from detection.rules.judging.matching import Flags, Integers, Reals
from detection.rules.labels.samples import Strings

_CORNERS = ("x1", "y1", "x2", "y2")
_OBJECT = "object_"


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """``k`` errors at the shipped thresholds, numbers for names.

    Attributes:
        kind: place in :data:`taxonomy.KINDS`.
        frame: number of the frame.
        label: class number: what a false detection says, what a missed object is.
        object: position in the truth of the object the error speaks of; -1 for none.
        other: class number of that object; -1 for none.
        score: calibrated, of a false detection; of a missed object that of the detection below the threshold which
            would find it, NaN if there is none.
        overlap: of a false detection with that object.
        rival: overlap of a duplicate with the detection that found the object first; NaN for other kinds.
        corners: ``(k, 4)`` the false detection, or the missed object.
        object_corners: ``(k, 4)`` the object the error speaks of; NaN for none.
    """

    kind: NDArray[np.int8]
    frame: Integers
    label: Integers
    object: Integers
    other: Integers
    score: Reals
    overlap: Reals
    rival: Reals
    corners: Reals
    object_corners: Reals

    def __len__(self) -> int:
        return len(self.frame)

    def take(self, rows: Flags | Integers) -> Ledger:
        """Those in ``rows``, in that order."""
        return Ledger(*(getattr(self, f.name)[rows] for f in fields(self)))


def ledger(one: Examined) -> Ledger:
    """The errors of one variant that are shown: false detections, then missed objects."""
    return _joined(_false(one), _missed(one))


def to_columns(errors: Ledger, names: Mapping[str, Strings], labels: Sequence[str]) -> dict[str, NDArray[np.generic]]:
    """Flat columns for a table.

    Args:
        errors: of one variant.
        names: columns about the frames, by frame number: ``frame`` (its id), ``set`` and whatever else is wanted.
        labels: class ids in the order of their numbers.
    """
    said = np.array([*labels, ""], object)
    columns: dict[str, NDArray[np.generic]] = {name: column[errors.frame] for name, column in names.items()}
    columns |= {"kind": np.array(KINDS, object)[errors.kind], "label": said[errors.label], "other": said[errors.other]}
    columns |= {name: getattr(errors, name) for name in ("score", "overlap", "rival")}
    columns |= {name: errors.corners[:, i] for i, name in enumerate(_CORNERS)}
    return columns | {_OBJECT + name: errors.object_corners[:, i] for i, name in enumerate(_CORNERS)}


def _false(one: Examined) -> Ledger:
    shown, said, truth = one.shown, one.predictions, one.truth
    wrong = shown.kind != RIGHT
    row, place = shown.row[wrong], shown.object[wrong]
    winner = np.full(len(truth), -1, np.int64)
    winner[shown.object[~wrong]] = shown.row[~wrong]
    first = np.where(place >= 0, np.append(winner, -1)[place], -1)
    corners = said.corners.astype(np.float64)
    duplicate = KINDS.index("duplicate")
    rivals = np.where(shown.kind[wrong] == duplicate, overlaps(corners[row], corners[first]), np.nan)
    return Ledger(
        kind=shown.kind[wrong],
        frame=said.frame[row],
        label=said.label[row],
        object=place,
        other=np.append(truth.label, -1)[place],
        score=said.score[row],
        overlap=shown.overlap[wrong],
        rival=rivals,
        corners=corners[row],
        object_corners=np.vstack((truth.corners.astype(np.float64), np.full((1, 4), np.nan)))[place],
    )


def _missed(one: Examined) -> Ledger:
    rows = np.flatnonzero(one.shown.missed)
    right = one.told.kind == RIGHT
    below = np.full(len(one.truth), np.nan)
    below[one.told.object[right]] = one.predictions.score[one.told.row[right]]
    corners = one.truth.corners[rows].astype(np.float64).reshape(-1, 4)
    nothing = np.full(len(rows), np.nan)
    label = one.truth.label[rows]
    kind = np.full(len(rows), MISSED, np.int8)
    return Ledger(kind, one.truth.frame[rows], label, rows, label, below[rows], nothing, nothing, corners, corners)


def overlaps(a: Reals, b: Reals) -> Reals:
    """``(k,)`` intersection over union of boxes with boxes, one by one; of empty ones 0."""
    sides = np.clip(np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2]), 0, None)
    shared = sides.prod(axis=1)
    union = (a[:, 2:] - a[:, :2]).prod(axis=1) + (b[:, 2:] - b[:, :2]).prod(axis=1) - shared
    share: Reals = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return share


def _joined(a: Ledger, b: Ledger) -> Ledger:
    return Ledger(*(np.concatenate((getattr(a, f.name), getattr(b, f.name))) for f in fields(a)))
