"""Ultralytics YOLO: ``data.yaml`` and one text file of class, centre and size per image, in shares of the image.

The labels of ``train/images/a.jpg`` stand in ``train/labels/a.txt``, those of an image below no folder ``images``
beside it. Which split an image came from (train, val, test) stays visible in its name and decides nothing: we split by
group. An empty text file says "nothing in it"; a missing one says that nobody looked (Ultralytics takes it for empty).
Shares mean nothing without the image's size, so labels alone are refused.
"""

from __future__ import annotations

import math
import posixpath
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detection.errors import SourceError
from detection.outside.deliveries import Delivery
from detection.outside.formats.reading.pairing import composed
from detection.outside.formats.reading.yolo_places import DataYaml, document_of, images_of, settings_of
from detection.rules.labels.intake.arrivals import Answer, Export, LabelledImage, Rejected, answer
from detection.rules.labels.intake.sources import DeliveredSource

MAXIMUM_BYTES = 4_000_000
"""No label file of one image is longer."""

_DIGITS = 9
"""No class index has more."""


class _LabelFileError(Exception):
    """What is wrong with one label file, all of it."""


def read(delivery: Delivery, source: DeliveredSource) -> Export:
    """Read the images that ``data.yaml`` names, with their labels.

    Args:
        delivery: the export; ``data.yaml`` stands at its top or one folder down.
        source: says who drew the boxes.

    Raises:
        SourceError: no ``data.yaml``, a split that is missing or leads out, or images are absent.
        DocumentError: ``data.yaml`` is wrong.
    """
    if source.images == "absent":
        raise SourceError(
            f"{delivery.place}: YOLO boxes are shares of the image; without images they mean nothing: bring them, "
            "or export the labels as COCO"
        )
    document = document_of(delivery)
    settings = settings_of(delivery, document)
    lines = _Lines(_names(f"{delivery.place}: {document}", settings), settings.kpt_shape)
    labels = {composed(name): name for name in delivery.listing(frozenset({".txt"}))}
    pictures = images_of(delivery, document, settings)
    images: list[LabelledImage] = []
    rejected = list(pictures.missing)
    for name in pictures.names:
        file = labels.get(composed(_labels_of(name)))
        try:
            answers = () if file is None else (lines.answer(delivery.read(file), source.annotator),)
            images.append(LabelledImage(name, 0, 0, relative=True, answers=answers, fields={}))
        except _LabelFileError as fault:
            rejected.append(Rejected(_labels_of(name), "unreadable-labels", str(fault)))
    return Export(tuple(images), tuple(rejected))


def _names(place: str, settings: DataYaml) -> list[str]:
    names = settings.names
    if isinstance(names, dict):
        wanted = [str(index) for index in range(len(names))]
        if sorted(names) != sorted(wanted):
            raise SourceError(f"{place}: names has the keys {sorted(names)[:10]}; expected 0 and up, without a gap")
        names = [names[index] for index in wanted]
    if settings.nc is not None and settings.nc != len(names):
        raise SourceError(f"{place}: nc is {settings.nc} and names has {len(names)}; mend one of them")
    return names


def _labels_of(name: str) -> str:
    parts = f"{posixpath.splitext(name)[0]}.txt".split("/")
    for index in range(len(parts) - 2, -1, -1):
        if parts[index] == "images":
            parts[index] = "labels"
            break
    return "/".join(parts)


class _Lines:
    """Takes label files apart."""

    def __init__(self, names: Sequence[str], keypoints: Sequence[int] | None) -> None:
        self._names = names
        self._pose_numbers = 4 + math.prod(keypoints) if keypoints else 0

    def answer(self, content: bytes, annotator: str) -> Answer:
        """What one file says.

        Raises:
            _LabelFileError: with all faults of the file.
        """
        faults: list[str] = []
        labels: list[str] = []
        corners = []
        for number, line in enumerate(_text(content).splitlines(), start=1):
            values = line.split()
            if not values:
                continue
            try:
                labels.append(self._label(values[0]))
                corners.append(self._corners(values[1:]))
            except ValueError as error:
                faults.append(f"line {number}: {error}")
        if faults:
            more = f"; and {len(faults) - 10} more" if len(faults) > 10 else ""
            raise _LabelFileError("; ".join(faults[:10]) + more)
        with np.errstate(over="ignore"):  # beyond float32 a corner is infinite: validate names it
            return answer(annotator, labels, np.array(corners, np.float64))

    def _label(self, text: str) -> str:
        if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS and int(text) < len(self._names)):
            raise ValueError(f"class {text[:20]!r}; expected a whole number from 0 to {len(self._names) - 1}")
        return self._names[int(text)]

    def _corners(self, values: Sequence[str]) -> NDArray[np.float64]:
        """``(4,)`` corners in shares of the image, of a box, around a polygon, or of the box before key points."""
        numbers = np.array([_number(value) for value in values])
        if len(numbers) == 4 or (self._pose_numbers and len(numbers) == self._pose_numbers):
            with np.errstate(invalid="ignore"):
                centre, half = numbers[:2], numbers[2:4] / 2
                return np.concatenate([centre - half, centre + half])
        if self._pose_numbers or len(numbers) < 6 or len(numbers) % 2:
            pose = f", or {self._pose_numbers + 1} with key points" if self._pose_numbers else ""
            polygon = "" if self._pose_numbers else ", or 7, 9, ... of a polygon"
            raise ValueError(f"{len(numbers) + 1} values; expected 5 of a box{pose}{polygon}")
        points = numbers.reshape(-1, 2)
        if not np.isfinite(points).all():
            return np.full(4, math.nan)
        return np.concatenate([points.min(axis=0), points.max(axis=0)])


def _text(content: bytes) -> str:
    if len(content) > MAXIMUM_BYTES:
        raise _LabelFileError(f"has {len(content)} bytes; expected at most {MAXIMUM_BYTES}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _LabelFileError(f"cannot be read as text ({error})") from error


def _number(text: str) -> float:
    try:
        if text.isascii() and "_" not in text:
            return float(text)
    except ValueError:
        pass
    raise ValueError(f"{text[:20]!r}; expected a number")
