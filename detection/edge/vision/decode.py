"""From a model's raw output to boxes in the frame. Knows the layout of YOLOv8 heads, not where scores come from.

Candidates are chosen on the flat row of best class scores before anything is transposed: of thousands of anchors a few
dozen remain, and only those are touched.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.edge.boxes import Boxes, Detections, areas, iou
from detection.edge.settings import Settings
from detection.edge.vision.preprocess import Letterbox

Raw = NDArray[np.float32]
"""``(1, 4 + classes, anchors)``: centre x and y, width, height in pixels of the tensor, then class scores 0 to 1."""


_FIRST_BLOCK = 256
"""Candidates that suppression looks at first; each further block is twice as long."""

_FARTHEST_PX = np.float32(1e6)
"""Boxes of a broken model end here, so that no sum of them overflows."""


def decode(raw: Raw, letterbox: Letterbox, settings: Settings) -> Detections:
    """What the model found, in pixels of the frame, raw scores, best first.

    Values that are not finite never leave: their candidates are dropped, and so are boxes without an area inside the
    frame.

    Args:
        raw: ``(1, 4 + classes, anchors)``.
        letterbox: where the frame lies in the tensor.
        settings: floor, suppression and maximum.
    """
    head = raw[0]
    best = head[4:].max(axis=0)
    candidates = np.flatnonzero(best > settings.score_floor)
    chosen = head[:, candidates].T
    scores = best[candidates]
    sound = np.isfinite(chosen).all(axis=1)
    chosen, scores = chosen[sound], scores[sound]
    chosen[:, :4] = np.clip(chosen[:, :4], -_FARTHEST_PX, _FARTHEST_PX)
    labels = chosen[:, 4:].argmax(axis=1).astype(np.int64)
    kept = suppress(_corners(chosen[:, :4]), labels, scores, settings)
    boxes = letterbox.to_frame(_corners(chosen[kept, :4]))
    found = Detections.uncalibrated(boxes, labels[kept], np.minimum(scores[kept], np.float32(1)))
    return found.take(areas(boxes) > 0)


def suppress(
    boxes: Boxes, labels: NDArray[np.int64], scores: NDArray[np.float32], settings: Settings
) -> NDArray[np.int64]:
    """Of boxes of one class that overlap too much only the best stays.

    Best first, block by block, until enough have stayed: what comes later cannot change what has stayed, so thousands
    of candidates of a strange picture cost little more than the dozens of an ordinary one.

    Args:
        boxes: ``(n, 4)`` corners; ``n`` may be 0.
        labels: ``(n,)``.
        scores: ``(n,)``.
        settings: the overlap allowed and the maximum.

    Returns:
        ``(k,)`` positions of those that stay, best score first, ties in their first order.
    """
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
    if len(scores) == 0:
        return np.zeros(0, np.int64)
    sized = boxes.astype(np.float64)
    sized[:, 2:] -= sized[:, :2]
    kept = cv2.dnn.NMSBoxesBatched(sized.tolist(), scores.tolist(), labels.tolist(), -1.0, suppression_iou)
    return np.asarray(kept, np.int64).reshape(-1)


def _corners(centred: NDArray[np.float32]) -> Boxes:
    half = centred[:, 2:] / 2
    return np.concatenate((centred[:, :2] - half, centred[:, :2] + half), axis=1)
