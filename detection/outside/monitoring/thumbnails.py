"""Frames that devices kept, small enough for a page: the newest of each reason, with their detections drawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from detection.edge.telemetry.samples import CONTROL, read_samples
from detection.edge.telemetry.samples import Sample as Kept
from detection.edge.trust.bundle import Bundle
from detection.edge.vision.calibration import Thresholds
from detection.errors import FrameError
from detection.outside import images, pictures
from detection.outside.pictures import CLASS_COLOURS, PIXEL_LIMIT, Mark
from detection.rules.evidence.field.samples import Sample
from detection.rules.evidence.page import DataUri

WIDTH = 320


def samples(folder: Path, bundle: Bundle, shown: int) -> tuple[Sample, ...]:
    """All samples of a folder, the newest first; a few of each reason have a picture.

    Frames of the blind control sample get none: whoever labels them must not have seen the predictions.

    Args:
        folder: that ``run --samples`` wrote to.
        bundle: that was running; its thresholds say which detections were answered.
        shown: pictures in all.

    Raises:
        TelemetryError: no such folder, or a damaged line or picture.
    """
    kept = sorted(read_samples(folder, bundle.manifest.classes), key=lambda s: (s.captured_at, s.sha256), reverse=True)
    cuts = {variant.name: bundle.thresholds(variant.name) for variant in bundle.manifest.variants}
    chosen = [one for one in _chosen(kept, shown) if one.origin.variant in cuts]
    drawn = {one.sha256: _picture(folder / one.file, one, cuts[one.origin.variant]) for one in chosen}
    return tuple(
        Sample(one.sha256, one.camera, one.captured_at, one.reasons, one.flags, drawn.get(one.sha256, ""))
        for one in kept
    )


def _chosen(kept: Iterable[Kept], shown: int) -> list[Kept]:
    """In turns one of each reason and camera, so that no noisy camera fills the page."""
    groups: dict[tuple[str, str], list[Kept]] = defaultdict(list)
    for one in kept:
        if CONTROL not in one.reasons:
            groups[one.reasons[0] if one.reasons else "", one.camera].append(one)
    rounds = [group[number] for number in range(shown) for group in groups.values() if number < len(group)]
    return rounds[:shown]


def _picture(path: Path, one: Kept, cuts: Thresholds) -> DataUri:
    content = path.read_bytes()
    try:
        images.check(content, PIXEL_LIMIT)
        return pictures.frame(content, _marks(one, cuts), WIDTH)
    except FrameError:
        return ""


def _marks(one: Kept, cuts: Thresholds) -> Sequence[Mark]:
    """What was answered, and broken what stayed below its threshold."""
    found = one.detections
    told = (found.scores >= cuts.per_class[found.labels]).tolist()
    return [
        Mark((x1, y1, x2, y2), CLASS_COLOURS[label % len(CLASS_COLOURS)], dashed=not high)
        for (x1, y1, x2, y2), label, high in zip(found.boxes.tolist(), found.labels.tolist(), told, strict=True)
    ]
