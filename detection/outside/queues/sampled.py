"""From a folder of samples to candidates: pictures checked and measured, another variant asked. Decides nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from detection.edge.boxes import Detections
from detection.edge.telemetry.samples import Sample, read_samples
from detection.edge.trust.bundle import Bundle
from detection.edge.vision.calibration import Thresholds
from detection.edge.vision.detector import Detector
from detection.edge.vision.frames import PIXEL_LIMIT, Image, read_image
from detection.errors import FrameError, TelemetryError
from detection.outside import images, pixels
from detection.outside.pixels import Pixels
from detection.outside.queues import appearance
from detection.outside.queues.appearance import Known
from detection.rules.field.queue.candidates import Candidate
from detection.rules.field.queue.items import LeftOut, Measured, Prediction

EVERYWHERE = "onnxruntime"
"""The engine that every workstation has."""

Progress = Callable[[list[Sample]], Iterable[Sample]]
"""Gives the samples back one by one, and may show how far it is; those it keeps back are not measured."""


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A folder of samples.

    Attributes:
        candidates: frames that can be looked at.
        pictures: frame id to the file with its bytes.
        left_out: frames that cannot, and why.
    """

    candidates: tuple[Candidate, ...]
    pictures: dict[str, Path]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Second:
    """Another variant of the bundle, for a second opinion."""

    name: str
    detector: Detector
    thresholds: Thresholds


def read(folder: Path, bundle: Bundle, known: Known | None = None, each: Progress = iter) -> Read:
    """Read and measure all samples that the bundle's own runtime left.

    Args:
        folder: what ``run --samples`` wrote to.
        bundle: that was running; samples of others are left out and counted.
        known: what the known frames look like; None if there are none.
        each: shows progress.

    Raises:
        TelemetryError: no folder, no sample, a damaged line or picture.
        BundleError: the bundle's models or thresholds are not sound.
    """
    samples = list(read_samples(folder, bundle.manifest.classes))
    if not samples:
        raise TelemetryError(f"{folder}: holds no sample; expected what `run --samples` wrote")
    ours = [one for one in samples if one.origin.bundle == bundle.digest]
    reader = _Reader(folder, bundle.manifest.classes, known, _views(bundle, {one.origin.variant for one in ours}))
    found = [(one, reader.candidate(one)) for one in each(ours)]
    readable = tuple(candidate for _, candidate in found if candidate is not None)
    counts = Counter({"other-bundle": len(samples) - len(ours), "unreadable": len(found) - len(readable)})
    pictures = {one.sha256: folder / one.file for one in ours}
    return Read(readable, pictures, tuple(LeftOut("", why, count) for why, count in counts.items() if count))


def image_of(path: Path) -> Image:
    """A sample's picture, proven whole before it is decoded.

    Raises:
        FrameError: it is not one, or cannot be decoded.
    """
    content = path.read_bytes()
    images.check(content, PIXEL_LIMIT)
    return read_image(content)


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """What is known of a variant that ran: its cuts, and who else may be asked."""

    thresholds: Thresholds
    second: Second | None


@dataclass(frozen=True, slots=True, eq=False)
class _Reader:
    folder: Path
    classes: tuple[str, ...]
    known: Known | None
    views: dict[str, _View]

    def candidate(self, sample: Sample) -> Candidate | None:
        """None if its picture cannot be decoded: nobody could look at it."""
        path = self.folder / sample.file
        try:
            image, measured = image_of(path), pixels.measure(path.read_bytes())
        except FrameError:
            return None
        return None if not measured.readable else self._candidate(sample, image, measured)

    def _candidate(self, sample: Sample, image: Image, measured: Pixels) -> Candidate:
        classes, view = self.classes, self.views[sample.origin.variant]
        candidate = Candidate(
            frame=sample.sha256,
            suffix=Path(sample.file).suffix,
            name=sample.frame,
            camera=sample.camera,
            captured_at=datetime.fromisoformat(sample.captured_at),
            width=sample.width,
            height=sample.height,
            variant=sample.origin.variant,
            bundle=sample.origin.bundle,
            asked=sample.reasons,
            flags=sample.flags,
            predictions=tuple(predictions(sample.detections, view.thresholds, classes)),
            measured=Measured(measured.mean_u8, measured.contrast_u8, measured.sharpness, measured.saturation_u8),
            hash=measured.hash,
            novelty=float("nan") if self.known is None else self.known.novelty(appearance.parts_of(image)),
        )
        if view.second is None:
            return candidate
        other = tuple(predictions(view.second.detector.detect(image), view.second.thresholds, classes))
        return replace(candidate, other=other, other_variant=view.second.name)


def predictions(detections: Detections, thresholds: Thresholds, classes: tuple[str, ...]) -> Iterator[Prediction]:
    """Detections as they stand in a queue: float32 in its shortest spelling, so that they come back bit by bit."""
    cuts = thresholds.per_class[detections.labels]
    told = (detections.scores >= cuts).tolist()
    for label, score, box, high in zip(detections.labels, detections.scores, detections.boxes, told, strict=True):
        yield Prediction(classes[label], float(str(score)), high, *(float(str(corner)) for corner in box))


def _views(bundle: Bundle, variants: set[str]) -> dict[str, _View]:
    return {name: _View(bundle.thresholds(name), _second(bundle, name)) for name in variants}


def _second(bundle: Bundle, name: str) -> Second | None:
    """The first other variant that runs on any machine; None if there is none."""
    others = [one.name for one in bundle.manifest.variants if one.name != name and one.engine == EVERYWHERE]
    return Second(others[0], bundle.detector(others[0]), bundle.thresholds(others[0])) if others else None
