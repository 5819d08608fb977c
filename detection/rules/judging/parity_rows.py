"""From two sides' values to rows of the certificate, one function a level. Knows neither models nor files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detection.edge.boxes import Detections, partners
from detection.edge.compare import FAR, Gap, farthest, gap
from detection.rules.judging.parity import Difference, Level, Limits, ParityRow, Sides


class Look(NamedTuple):
    """What a predictor made of one picture, step by step.

    Attributes:
        tensor: ``(1, 3, h, w)`` red, green, blue in [0, 1]: what the model was shown.
        raw: ``(1, 4 + classes, anchors)``: what it said.
        found: what was reported, raw scores.
    """

    tensor: NDArray[np.float32]
    raw: NDArray[np.float32]
    found: Detections


def pixels(sides: Sides, differences: Iterable[float], otherwise: int, limits: Limits) -> ParityRow:
    """The row for decoded pictures.

    Args:
        sides: names for the row.
        differences: the largest of each picture that both sides read, of full scale.
        otherwise: pictures that a side read or refused otherwise than is due; none may be.
        limits: what may differ.
    """
    found = list(differences)
    measures = (
        Difference("pixel value", "of full scale", max(found, default=0.0), limits.tensor),
        Difference("read or refused otherwise", "pictures", otherwise, 0),
    )
    return _row("pixels", sides, len(found), 0, measures)


def tensors(sides: Sides, differences: Iterable[float], limits: Limits) -> ParityRow:
    """The row for tensors, from the largest absolute difference of each frame (:func:`tensor_difference`)."""
    found = list(differences)
    measure = Difference("tensor value", "of full scale", max(found, default=0.0), limits.tensor)
    return _row("tensors", sides, len(found), 0, (measure,))


def tensor_difference(left: NDArray[np.float32], right: NDArray[np.float32]) -> float:
    """Largest absolute difference; :data:`FAR` if the shapes differ or a value is not finite."""
    return farthest(left, right) if left.shape == right.shape else FAR


def raw(sides: Sides, differences: Iterable[RawDifference], limits: Limits) -> ParityRow:
    """The row for what models themselves say, from :func:`raw_difference` of each frame."""
    found = list(differences)
    measures = (
        Difference("box value", "px", max((one.box_px for one in found), default=0.0), limits.box_px),
        Difference("score", "", max((one.score for one in found), default=0.0), limits.score),
    )
    return _row("raw", sides, len(found), 0, measures)


def raw_variants(sides: Sides, differences: Iterable[RawDifference], limits: Limits) -> ParityRow:
    """The row for raw outputs of two precisions: how far the best scores of live anchors lie apart on average.

    As with detections (:func:`variants`), the mean tells what the largest does not.
    """
    found = list(differences)
    live = sum(one.live for one in found)
    mean = sum(one.score_sum for one in found) / max(live, 1)
    measure = Difference("score on average", "", min(mean, FAR), limits.variant_score)
    return _row("raw", sides, len(found), 0, (measure,))


class RawDifference(NamedTuple):
    """How far the raw outputs of one frame lie apart.

    Attributes:
        box_px: largest of any anchor's centre, width or height, pixels of the tensor.
        score: largest of any score.
        live: anchors whose best score is above the floor on either side.
        score_sum: of the best scores of these, summed.
    """

    box_px: float
    score: float
    live: int
    score_sum: float


def raw_difference(left: NDArray[np.float32], right: NDArray[np.float32], score_floor: float) -> RawDifference:
    """Compare two raw outputs ``(1, 4 + c, n)`` anchor by anchor; :data:`FAR` if they differ in shape."""
    if left.shape != right.shape:
        return RawDifference(FAR, FAR, 1, FAR)
    best = np.stack((left[0, 4:].max(axis=0), right[0, 4:].max(axis=0)))
    live = ~(best.max(axis=0) <= score_floor)  # a score that is no number is alive, and far from every other
    apart = np.abs(best[0, live] - best[1, live]).sum(dtype=np.float64)
    boxes, scores = farthest(left[0, :4], right[0, :4]), farthest(left[0, 4:], right[0, 4:])
    return RawDifference(boxes, scores, int(live.sum()), float(apart) if np.isfinite(apart) else FAR)


def same_bits(sides: Sides, differing: int, frames: int) -> ParityRow:
    """The row for raw outputs of which only digests are known: none may differ."""
    return _row("raw", sides, frames, 0, (Difference("differing in any bit", "pictures", differing, 0),))


def detections(sides: Sides, left: Iterable[Detections], right: Iterable[Detections], limits: Limits) -> ParityRow:
    """Compare what two detectors found, frame by frame.

    Args:
        sides: names for the row.
        left: detections of each frame by one detector.
        right: detections of the same frames by the other; not fewer, not more.
        limits: what may differ.
    """
    return of_gap(sides, gap(left, right), limits)


def of_gap(sides: Sides, found: Gap, limits: Limits) -> ParityRow:
    """The row for detections whose gap is known."""
    measures = (
        Difference("box corner", "px", found.box_px, limits.box_px),
        Difference("score", "", found.score, limits.score),
        Difference("without a partner", "share", found.unmatched_share, limits.unmatched_share),
    )
    return _row("detections", sides, found.frames, found.detections, measures)


def variants(sides: Sides, left: Iterable[Detections], right: Iterable[Detections], limits: Limits) -> ParityRow:
    """Compare two variants of one model by how far apart the scores of what both found are on average.

    The largest difference says little here: a variant in eight bits may waver at a single box and still be as good. A
    mean that has moved says that the ranges it was made with are not those of real frames.

    Args:
        sides: names for the row.
        left: raw detections of each frame by one variant.
        right: of the same frames by the other; not fewer, not more.
        limits: what may differ.
    """
    frames, counted, found, paired, apart = 0, 0, 0, 0, 0.0
    for a, b in zip(left, right, strict=True):
        pairs = partners(a, b)
        frames, counted, found, paired = frames + 1, counted + len(a), found + len(a) + len(b), paired + len(pairs.left)
        apart += float(np.abs(a.scores[pairs.left] - b.scores[pairs.right]).sum(dtype=np.float64))
    mean = apart / paired if paired else FAR * bool(found)
    return _row("detections", sides, frames, counted, (Difference("score on average", "", mean, limits.variant_score),))


def _row(
    level: Level,
    sides: Sides,
    frames: int,
    counted: int,
    measures: tuple[Difference, ...],
) -> ParityRow:
    green = frames > 0 and all(measure.verdict == "PASS" for measure in measures)
    return ParityRow(level, *sides, frames, counted, measures, "PASS" if green else "FAIL")
