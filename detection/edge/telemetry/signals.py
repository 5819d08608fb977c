"""What is watched of a frame. Written once: the reference is built and the field is counted by the same lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detection.edge.boxes import Boxes, Detections
from detection.edge.telemetry import histogram
from detection.edge.telemetry.histogram import Edges, Histogram
from detection.edge.telemetry.optics import MEASURED, Optics, measured

FRAME_SIGNALS = ("best_score", "detections", *MEASURED)
"""One sample a frame. ``best_score`` is NaN where nothing was found; ``detections`` are those at or above their
thresholds; the others are described in :mod:`detection.edge.telemetry.optics`."""

SCORE = "score"
"""One sample a detection above the floor, those below their threshold too: a histogram for each class."""

BOX_SIGNALS = ("box_size", "box_aspect")
"""One sample a detection: the root of its share of the frame's area, and log2 of width / height."""

KINDS = (*FRAME_SIGNALS, SCORE, *BOX_SIGNALS)
"""What the spec gives edges for; all classes share those of ``score``."""

_PREFIX = f"{SCORE}/"


def names(classes: Iterable[str]) -> tuple[str, ...]:
    """Names of the signals in the order of every document; a class has its own, such as ``score/box``."""
    return (*FRAME_SIGNALS, *(_PREFIX + label for label in classes), *BOX_SIGNALS)


def edges_for(kinds: Mapping[str, Edges], classes: Iterable[str]) -> dict[str, Edges]:
    """The edges of each signal, from those of each of :data:`KINDS`."""
    return {name: kinds[SCORE if name.startswith(_PREFIX) else name] for name in names(classes)}


def classes_of(edges: Mapping[str, object]) -> tuple[str, ...]:
    """The classes whose scores are counted, in their order."""
    return tuple(name.removeprefix(_PREFIX) for name in edges if name.startswith(_PREFIX))


class SignalValues(NamedTuple):
    """The signals of one frame, not counted yet.

    Attributes:
        kept: detections at or above their thresholds.
        optics: of its picture.
        labels: ``(n,)`` numbers of the classes of all detections above the floor.
        scores: ``(n,)`` their calibrated scores.
        boxes: ``(n, 4)`` their boxes.
    """

    kept: int
    optics: Optics
    labels: NDArray[np.int64]
    scores: NDArray[np.float32]
    boxes: Boxes


def values_of(optics: Optics, detections: Detections, kept: int) -> SignalValues:
    """The signals of one frame.

    Args:
        optics: what was measured of its picture.
        detections: everything the detector found in it, calibrated, before thresholds.
        kept: how many of them are at or above their thresholds.
    """
    return SignalValues(kept, optics, detections.labels, detections.scores, detections.boxes)


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Signals of some frames, counted.

    Attributes:
        frames: how many frames.
        signals: one histogram for each of :func:`names`, in that order.
    """

    frames: int
    signals: Mapping[str, Histogram]

    def add(self, many: Sequence[SignalValues]) -> Tally:
        """With some frames more: all at once, for one by one costs a frame's time."""
        if not many:
            return self
        many_each = np.array([len(values.scores) for values in many])
        labels = np.concatenate([values.labels for values in many])
        scores = np.concatenate([values.scores for values in many]).astype(np.float64)
        kept = np.array([values.kept for values in many], np.float64)
        optics = measured([values.optics for values in many])
        frame = (_best(scores, many_each), kept, *np.ascontiguousarray(optics.T))
        columns = dict(zip(FRAME_SIGNALS, frame, strict=True)) | _box_columns(many, many_each)
        for number, label in enumerate(classes_of(self.signals)):
            columns[_PREFIX + label] = scores[labels == number]
        return Tally(self.frames + len(many), {name: h.add(columns[name]) for name, h in self.signals.items()})

    def merge(self, other: Tally) -> Tally:
        """Both together.

        Raises:
            TelemetryError: the edges or the signals differ.
        """
        signals = {name: h.merge(other.signals[name]) for name, h in self.signals.items()}
        return Tally(self.frames + other.frames, signals)


def nothing(edges: Mapping[str, Edges]) -> Tally:
    """No frame yet; ``edges`` for each of :func:`names`."""
    return Tally(0, {name: histogram.empty(edges[name]) for name in edges})


def _best(scores: NDArray[np.float64], many_each: NDArray[np.int64]) -> NDArray[np.float64]:
    """``(n,)`` the best score of each frame; NaN without detections."""
    best = np.full(len(many_each), np.nan)
    some = many_each > 0
    if len(scores):
        best[some] = np.maximum.reduceat(scores, (many_each.cumsum() - many_each)[some])
    return best


def _box_columns(many: Sequence[SignalValues], many_each: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    boxes = np.concatenate([values.boxes for values in many]).astype(np.float64)
    sizes = [values.optics.width * values.optics.height for values in many]
    areas = np.repeat(sizes, many_each)
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    flat = (width <= 0) | (height <= 0)
    size = np.sqrt(np.clip(width * height, 0, None) / np.maximum(areas, 1))
    aspect = np.log2(np.where(flat, 1.0, width) / np.where(flat, 1.0, height))
    return {"box_size": size, "box_aspect": np.where(flat, np.nan, aspect)}
