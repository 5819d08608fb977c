"""From a model's raw output to boxes in the frame. Knows the layout of YOLOv8 heads, not where scores come from.

Candidates are chosen on the flat row of best class scores before anything is transposed: of thousands of anchors a few
dozen remain, and only those are touched. Right after an engine's run the processor's caches hold nothing of ours, so
what counts here is how few different operations there are, not how fast each is.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.edge.boxes import Boxes, Detections, iou, nothing
from detection.edge.settings import Settings
from detection.edge.vision.preprocess import Letterbox

Raw = NDArray[np.float32]
"""``(1, 4 + classes, anchors)``: centre x and y, width, height in pixels of the tensor, then class scores 0 to 1."""

FARTHEST_PX = 10_000.0
"""No sound box lies or reaches further than this, in pixels of the tensor; half precision overflows at 65,504."""

ROUNDING = 0.001
"""How far beyond 0 and 1 a sound score may lie: engines compute a sigmoid by approximation."""

_FIRST_BLOCK = 256
"""Candidates that suppression looks at first; each further block is twice as long."""

_highest, _lowest = np.maximum.reduce, np.minimum.reduce


class Decoder:
    """Decodes output after output, and counts those that were not sound.

    Attributes:
        unsound: outputs so far that held a value which no sound model gives: not finite, a score beyond 0 to 1, a box
            beyond :data:`FARTHEST_PX`.
    """

    def __init__(self, settings: Settings) -> None:
        self.unsound = 0
        self._settings = settings

    def decode(self, raw: Raw, letterbox: Letterbox) -> Detections:
        """What the model found, in pixels of the frame, raw scores, best first.

        Anchors with an unsound value never leave, nor do boxes without an area inside the frame.

        Args:
            raw: ``(1, 4 + classes, anchors)``; only read.
            letterbox: where the frame lies in the tensor.
        """
        boxes, scores = raw[0, :4], raw[0, 4:]
        best = _highest(scores, axis=0)
        if not (
            _highest(best) <= 1 + ROUNDING
            and _lowest(scores, axis=None) >= -ROUNDING
            and _highest(boxes, axis=None) <= FARTHEST_PX
            and _lowest(boxes, axis=None) >= -FARTHEST_PX
        ):
            self.unsound += 1
            best[~_sound_anchors(raw)] = 0
        candidates = (best > self._settings.score_floor).nonzero()[0]
        if not len(candidates):
            return nothing()
        return self._among(raw[0].take(candidates, axis=1), best.take(candidates), letterbox)

    def _among(self, chosen: NDArray[np.float32], best: NDArray[np.float32], letterbox: Letterbox) -> Detections:
        """Of ``(4 + c, n)`` candidates and their best scores ``(n,)``, what stays."""
        corners, labels = _corners(chosen), chosen[4:].argmax(axis=0)
        kept = suppress(corners, labels, best, self._settings)
        boxes = letterbox.to_frame(corners.take(kept, axis=0))
        found = Detections.uncalibrated(boxes, labels.take(kept), np.minimum(best.take(kept), np.float32(1)))
        visible = [x2 > x1 and y2 > y1 for x1, y1, x2, y2 in boxes.tolist()]
        return found if all(visible) else found.take(np.array(visible))


def _sound_anchors(raw: Raw) -> NDArray[np.bool_]:
    """``(anchors,)`` whether all values of an anchor are such as a sound model gives."""
    boxes, scores = raw[0, :4], raw[0, 4:]
    within = (scores >= -ROUNDING) & (scores <= 1 + ROUNDING)
    sound: NDArray[np.bool_] = np.logical_and.reduce(np.abs(boxes) <= FARTHEST_PX) & np.logical_and.reduce(within)
    return sound


def suppress(
    boxes: Boxes, labels: NDArray[np.int64], scores: NDArray[np.float32], settings: Settings
) -> NDArray[np.int64]:
    """Of boxes that overlap too much only the best stays; of boxes of two classes, only if the settings say so.

    Classes are compared last: a box that has lost to a surer one of its class does not come back when that one loses to
    another class.

    Args:
        boxes: ``(n, 4)`` corners; ``n`` may be 0.
        labels: ``(n,)``.
        scores: ``(n,)``.
        settings: the overlap allowed, between whom, and the maximum.

    Returns:
        ``(k,)`` positions of those that stay, best score first, ties in their first order.
    """
    kept = _within_classes(boxes, labels, scores, settings)
    if settings.suppression_across_classes and len(kept) > 1:
        alike = np.zeros(len(kept), np.int64)
        kept = kept[_suppress_block(boxes[kept], alike, scores[kept], settings.suppression_iou)]
    return kept


def _within_classes(
    boxes: Boxes, labels: NDArray[np.int64], scores: NDArray[np.float32], settings: Settings
) -> NDArray[np.int64]:
    """Best first, block by block, until enough have stayed.

    What comes later cannot change what has stayed, so thousands of candidates of a strange picture cost little more
    than the dozens of an ordinary one.
    """
    if len(scores) <= _FIRST_BLOCK:
        return _suppress_block(boxes, labels, scores, settings.suppression_iou)[: settings.maximum_detections]
    order = np.argsort(-scores, kind="stable")
    kept = order[:0]
    begin, length = 0, _FIRST_BLOCK
    while begin < len(order) and len(kept) < settings.maximum_detections:
        block = order[begin : begin + length]
        if len(kept):
            same = labels[block][:, None] == labels[kept][None, :]
            overlap = iou(boxes[block], boxes[kept])
            block = block[~(same & (overlap > settings.suppression_iou)).any(axis=1)]
        best = _suppress_block(boxes[block], labels[block], scores[block], settings.suppression_iou)
        kept = np.concatenate((kept, block[best]))
        begin, length = begin + length, length * 2
    return kept[: settings.maximum_detections]


def _suppress_block(
    boxes: Boxes, labels: NDArray[np.int64], scores: NDArray[np.float32], suppression_iou: float
) -> NDArray[np.int64]:
    """OpenCV's own, which orders by score itself and leaves equals in their order."""
    if len(scores) == 0:
        return np.zeros(0, np.int64)
    sized = [(x1, y1, x2 - x1, y2 - y1) for x1, y1, x2, y2 in boxes.tolist()]
    kept = cv2.dnn.NMSBoxesBatched(sized, scores.tolist(), labels.tolist(), -1.0, suppression_iou)
    return np.asarray(kept, np.int64).reshape(-1)


def _corners(chosen: NDArray[np.float32]) -> Boxes:
    """``(n, 4)`` of ``(4 + c, n)`` centres and sides."""
    corners: Boxes = np.empty((chosen.shape[1], 4), np.float32)
    half = chosen[2:4] / np.float32(2)
    np.subtract(chosen[:2], half, out=corners.T[:2])
    np.add(chosen[:2], half, out=corners.T[2:])
    return corners
