"""Ultralytics YOLO: ``data.yaml`` and one text file of class, centre and size per image, in shares of the image.

The labels of ``train/images/a.jpg`` stand in ``train/labels/a.txt``. Which folder an image came from (train, val, test)
stays visible in its name and decides nothing: we split by group. An empty text file says "nothing in it"; a missing one
says that nobody looked, and the image is listed as unlabelled (Ultralytics itself takes it for empty).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict

from detection.errors import SourceError
from detection.outside import files
from detection.outside.documents import read_document
from detection.rules.document import Document
from detection.rules.labels.intake.arrivals import IMAGE_SUFFIXES, Export, LabelledImage, Rejected, answer

MAXIMUM_BYTES = 4_000_000
"""No label file of one image is longer."""


class _DataYaml(Document):
    """The keys of ``data.yaml`` that we need; others are other tools' business."""

    model_config = ConfigDict(extra="ignore")

    path: str | None = None
    train: str | list[str] | None = None
    val: str | list[str] | None = None
    test: str | list[str] | None = None
    names: list[str] | dict[str, str]


class _LabelFileError(Exception):
    """What is wrong with one label file, all of it."""


def read(folder: Path, annotator: str) -> Export:
    """Read the images that ``data.yaml`` in ``folder`` names, with their labels.

    Args:
        folder: the export.
        annotator: who drew the boxes; the format does not say.

    Raises:
        SourceError: a folder is missing or leads out of the export.
        DocumentError: ``data.yaml`` is missing or wrong.
    """
    settings = read_document(_DataYaml, folder / "data.yaml")
    names = _names(folder, settings)
    images: list[LabelledImage] = []
    rejected: list[Rejected] = []
    for name in sorted({n for place in _places(folder, settings) for n in _images(folder, place)}):
        labels = folder / _labels_of(name)
        if not labels.is_file():
            rejected.append(Rejected(name, "unlabelled", "has no text file; an empty one says that nothing is in it"))
            continue
        try:
            images.append(_labelled(labels, name, names, annotator))
        except _LabelFileError as fault:
            rejected.append(Rejected(_labels_of(name), "unreadable-labels", str(fault)))
    return Export(tuple(images), tuple(rejected))


def _names(folder: Path, settings: _DataYaml) -> list[str]:
    if isinstance(settings.names, list):
        return settings.names
    wanted = [str(index) for index in range(len(settings.names))]
    if sorted(settings.names) != sorted(wanted):
        raise SourceError(f"{folder / 'data.yaml'}: names has the keys {sorted(settings.names)}; expected 0 and up")
    return [settings.names[index] for index in wanted]


def _places(folder: Path, settings: _DataYaml) -> list[PurePosixPath]:
    """Folders that hold images, relative to the export."""
    root = PurePosixPath(settings.path or ".")
    given = [settings.train, settings.val, settings.test]
    places = [root / place for item in given if item for place in ([item] if isinstance(item, str) else item)]
    faults = []
    for place in places:
        if place.is_absolute() or ".." in place.parts:
            faults.append(f"{place} leads out of the folder; write it relative to data.yaml")
        elif not (folder / place).is_dir():
            faults.append(f"{place} is no folder; name the folder of the images")
    if faults or not places:
        faults = faults or ["neither train, val nor test is named"]
        raise SourceError(f"{folder / 'data.yaml'}: {len(faults)} fault(s) in its folders", faults)
    return places


def _images(folder: Path, place: PurePosixPath) -> list[str]:
    return [(place / name).as_posix() for name in files.listing(folder / place, IMAGE_SUFFIXES)]


def _labels_of(name: str) -> str:
    path = PurePosixPath(name)
    parts = list(path.with_name(path.stem + ".txt").parts)
    for index in range(len(parts) - 2, -1, -1):
        if parts[index] == "images":
            parts[index] = "labels"
            break
    return PurePosixPath(*parts).as_posix()


def _labelled(path: Path, image: str, names: Sequence[str], annotator: str) -> LabelledImage:
    faults: list[str] = []
    labels, corners = [], []
    for number, line in enumerate(_lines(path), start=1):
        values = line.split()
        if not values:
            continue
        try:
            labels.append(_label(values[0], names))
            corners.append(_corners(values[1:]))
        except ValueError as error:
            faults.append(f"line {number}: {error}")
    if faults:
        raise _LabelFileError("; ".join(faults[:10]) + (f"; and {len(faults) - 10} more" if len(faults) > 10 else ""))
    said = answer(annotator, labels, np.array(corners, np.float64))
    return LabelledImage(image, 0, 0, relative=True, answers=(said,), fields={})


def _lines(path: Path) -> list[str]:
    try:
        content = path.read_bytes()
        if len(content) > MAXIMUM_BYTES:
            raise _LabelFileError(f"{len(content)} bytes; expected at most {MAXIMUM_BYTES}")
        return content.decode().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _LabelFileError(f"cannot be read as text ({error})") from error


def _label(text: str, names: Sequence[str]) -> str:
    if not (text.isascii() and text.isdecimal() and int(text) < len(names)):
        raise ValueError(f"class {text[:20]!r}; expected a whole number from 0 to {len(names) - 1}")
    return names[int(text)]


def _corners(values: Sequence[str]) -> NDArray[np.float64]:
    """``(4,)`` corners in shares of the image, of a box or around a polygon."""
    try:
        numbers = np.array([float(value) for value in values])
    except ValueError as error:
        raise ValueError(f"{error}; expected numbers") from error
    if len(numbers) == 4:
        centre, half = numbers[:2], numbers[2:] / 2
        return np.concatenate([centre - half, centre + half])
    if len(numbers) < 6 or len(numbers) % 2:
        raise ValueError(f"{len(numbers) + 1} values; expected 5 of a box, or 7, 9, ... of a polygon")
    points = numbers.reshape(-1, 2)
    return (
        np.concatenate([points.min(axis=0), points.max(axis=0)]) if np.isfinite(points).all() else np.full(4, math.nan)
    )
