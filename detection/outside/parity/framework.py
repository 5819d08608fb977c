"""The training framework's reader, preprocessing, network and predictor beside ours, level by level."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from detection.edge.boxes import Detections, areas
from detection.edge.vision.detector import Detector
from detection.edge.vision.frames import Image, read_image
from detection.edge.vision.headers import PictureSize
from detection.edge.vision.preprocess import letterbox
from detection.errors import FrameError
from detection.outside.parity.device import Shipped
from detection.outside.parity.pictures import Pictures
from detection.rules.judging import parity_rows as rows
from detection.rules.judging.parity import Limits, ParityRow, Sides
from detection.rules.judging.parity_rows import Look, RawDifference
from detection.rules.variants import Variant

TRAINER, RUNTIME = "Ultralytics", "edge, in process"
_FULL_SCALE = np.float32(255)


class Trainer(Protocol):
    """The trainer's predictor on the trained weights."""

    def look(self, image: Image) -> Look:
        """What it makes of a frame ``(h, w, 3)`` BGR, step by step."""


@dataclass(frozen=True, slots=True)
class Framework:
    """The training framework's own way.

    Attributes:
        read: a picture file's bytes and its suffix to ``(h, w, 3)`` BGR, or None.
        at: its predictor that pads every frame to a size, with the specification's settings.
        rectangular: its predictor as it pads by itself, with the specification's settings.
        untouched: its predictor with nothing set but the size.
    """

    read: Callable[[bytes, str], Image | None]
    at: Callable[[PictureSize], Trainer]
    rectangular: Callable[[PictureSize], Trainer]
    untouched: Callable[[PictureSize], Trainer]


def with_area(found: Detections) -> Detections:
    """The runtime never reports a box without an area inside the frame; the trainer does."""
    return found.take(areas(found.boxes) > 0)


def against_framework(
    shipped: Shipped, framework: Framework, limits: Limits, pictures: Pictures
) -> Iterator[ParityRow]:
    """The framework's reader, preprocessing, network and predictor with ours, level by level."""
    yield _reading(framework, limits, pictures)
    sizes = {PictureSize(variant.width, variant.height) for variant in shipped.variants.variants}
    for size in sorted(sizes, reverse=True):
        yield from _at_size(shipped, framework.at(size), limits, pictures, size)


def _reading(framework: Framework, limits: Limits, pictures: Pictures) -> ParityRow:
    """Both read the same pixels; we read and refuse what the exam says."""
    differences, otherwise = [], 0
    for name, content in pictures.every.items():
        ours = _read(content)
        theirs = None if ours is None else framework.read(content, PurePath(name).suffix)
        if ours is None or theirs is None:
            otherwise += (ours is None) != (name in pictures.refused) or ours is not None
        else:
            otherwise += name in pictures.refused
            differences.append(rows.tensor_difference(_scaled(ours), _scaled(theirs)))
    return rows.pixels(Sides(TRAINER, RUNTIME, ""), differences, otherwise, limits)


class _Answer(NamedTuple):
    theirs: Detections
    ours: Detections
    raw: RawDifference
    golden: bool


@dataclass(frozen=True, slots=True)
class _Candidate:
    variant: Variant
    detector: Detector
    answers: list[_Answer] = field(default_factory=list)


def _at_size(
    shipped: Shipped, trainer: Trainer, limits: Limits, pictures: Pictures, size: PictureSize
) -> Iterator[ParityRow]:
    """Every variant of one input size against the framework at that size; one picture after the other."""
    floor, shown = shipped.settings.score_floor, []
    chosen = [one for one in shipped.variants.variants if (one.width, one.height) == size]
    candidates = [_Candidate(variant, shipped.plain(variant)) for variant in chosen]
    name = f"{size.width} x {size.height}"
    for file, content in track(pictures.every.items(), f"trainer and export, {name}", console=Console(stderr=True)):
        image = _read(content)
        if image is None:
            continue
        tensor, look = letterbox(image, size.width, size.height).tensor, trainer.look(image)
        shown.append(rows.tensor_difference(look.tensor, _scaled(tensor)))
        for one in candidates:
            apart = rows.raw_difference(look.raw, one.detector.raw(image), floor)
            one.answers.append(
                _Answer(with_area(look.found), one.detector.detect(image), apart, file in pictures.golden)
            )
    yield rows.tensors(Sides(TRAINER, RUNTIME, name), shown, limits)
    for one in candidates:
        yield from _judged(one, limits)


def _judged(one: _Candidate, limits: Limits) -> Iterator[ParityRow]:
    sides, exact = Sides(TRAINER, RUNTIME, one.variant.name), one.variant.precision == "fp32"
    answers = [answer for answer in one.answers if exact or answer.golden]
    raw, theirs, ours = [a.raw for a in answers], [a.theirs for a in answers], [a.ours for a in answers]
    yield (rows.raw if exact else rows.raw_variants)(sides, raw, limits)
    yield (rows.detections if exact else rows.variants)(sides, theirs, ours, limits)


def _read(content: bytes) -> Image | None:
    try:
        return read_image(content)
    except FrameError:
        return None


def _scaled(values: Image) -> NDArray[np.float32]:
    scaled: NDArray[np.float32] = np.divide(values, _FULL_SCALE, dtype=np.float32)
    return scaled
