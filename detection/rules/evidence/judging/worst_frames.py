"""The worst frames of each kind of error: which they are, and what is to be marked on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.rules.judging.errors.taxonomy import KINDS, Kind

Columns = Mapping[str, NDArray[np.generic]]
"""``data/diagnose/errors.parquet``: a row an error that is shown."""
_CORNERS = ("x1", "y1", "x2", "y2")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One error.

    Attributes:
        label: class id: what a false detection says, what a missed object is.
        other: class id of the object it speaks of; empty for none.
        score: of a false detection; of a missed object that of a detection below the threshold, NaN for none.
        corners: x1, y1, x2, y2 of the detection or the missed object, pixels.
    """

    label: str
    other: str
    score: float
    corners: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class WorstFrame:
    """A frame and its errors of one kind, the clearest first.

    Attributes:
        kind: of the errors.
        frame: the frame's id.
        mistakes: at least one.
    """

    kind: Kind
    frame: str
    mistakes: tuple[Mistake, ...]


def worst_frames(errors: Columns, variant: str, set_name: str, wanted: int) -> tuple[WorstFrame, ...]:
    """The frames with most errors of a kind, kind by kind, one of each group: one bad scene does not fill a page.

    A false detection weighs as much as it is sure, a missed object as much as it is large beside the largest missed.

    Args:
        errors: the ledger of all variants.
        variant: whose errors.
        set_name: of which set.
        wanted: frames of each kind, at most.
    """
    own = np.flatnonzero((errors["variant"] == variant) & (errors["set"] == set_name))
    found: list[WorstFrame] = []
    for kind in KINDS:
        rows = own[errors["kind"][own] == kind]
        weight = _weights(errors, rows, kind)
        frames = list(_heaviest(errors, rows, weight))[:wanted]
        for frame in frames:
            chosen = errors["frame"][rows] == frame
            ordered = rows[chosen][np.argsort(-weight[chosen], kind="stable")]
            found.append(WorstFrame(kind, frame, tuple(_mistake(errors, row) for row in ordered)))
    return tuple(found)


def said(mistake: Mistake, kind: Kind, displays: Mapping[str, str]) -> str:
    """What is wrong, in words."""
    name, other = displays.get(mistake.label, mistake.label), displays.get(mistake.other, mistake.other)
    if kind == "missed":
        below = "" if mistake.score != mistake.score else f", seen with {mistake.score:.2f}"
        return f"{name} missed{below}"
    why = {
        "classification": f": is {other}",
        "localisation": ": box does not fit",
        "both": f": {other} is near",
        "duplicate": ": found twice",
        "background": ": nothing there",
    }
    return f"{name} {mistake.score:.2f}{why[kind]}"


def caption(worst: WorstFrame, displays: Mapping[str, str], most: int = 2) -> str:
    """The errors of a frame in words, a line each, the clearest ``most`` of them."""
    words = [said(mistake, worst.kind, displays) for mistake in worst.mistakes]
    more = [f"{len(words) - most} more"] if len(words) > most else []
    return "\n".join((*words[:most], *more))


def _weights(errors: Columns, rows: NDArray[np.int64], kind: Kind) -> NDArray[np.float64]:
    if kind != "missed":
        return errors["score"][rows].astype(np.float64)
    x1, y1, x2, y2 = (errors[name][rows].astype(np.float64) for name in _CORNERS)
    area = (x2 - x1) * (y2 - y1)
    weight: NDArray[np.float64] = np.sqrt(area / max(area.max(initial=0.0), 1e-9))
    return weight


def _heaviest(errors: Columns, rows: NDArray[np.int64], weight: NDArray[np.float64]) -> Iterator[str]:
    """Frames by the weight of their errors, the first of each group."""
    frames, number = np.unique(errors["frame"][rows].astype(str), return_inverse=True)
    total = np.bincount(number, weight, minlength=len(frames))
    first = np.zeros(len(frames), np.int64)
    first[number] = rows
    seen: set[str] = set()
    for place in np.argsort(-total, kind="stable").tolist():
        group = str(errors["group"][first[place]])
        if group not in seen:
            seen.add(group)
            yield str(frames[place])


def _mistake(errors: Columns, row: int) -> Mistake:
    x1, y1, x2, y2 = (float(errors[name][row]) for name in _CORNERS)
    return Mistake(str(errors["label"][row]), str(errors["other"][row]), float(errors["score"][row]), (x1, y1, x2, y2))
