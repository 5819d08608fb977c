"""Pascal VOC: one XML file per image. Knows the format, not what the classes mean.

An XML file goes with the image of the same stem in its own folder or in a folder beside it (``Annotations/a.xml`` and
``JPEGImages/a.jpg``; ``train/annots/a.xml`` and ``train/images/a.jpg``); the ``<filename>`` inside is not trusted.
Corners are taken as written: VOC's own tools count pixels from 1, nearly all others from 0, and no file says which.
An image without an XML file is unlabelled, which is not the same as empty, and is listed.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

import numpy as np

from detection.outside import files
from detection.rules.labels.intake.arrivals import IMAGE_SUFFIXES, Export, LabelledImage, Marks, Rejected, answer

MAXIMUM_BYTES = 4_000_000
"""No label file of one image is longer."""

_CORNERS = ("xmin", "ymin", "xmax", "ymax")


class _LabelFileError(Exception):
    """What is wrong with one XML file, all of it."""


class _WithoutDoctype(ElementTree.TreeBuilder):
    """Refuses a document type, and with it every entity: neither bombs nor files of this machine can be named."""

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise _LabelFileError("has a DOCTYPE, which no label file needs; remove it")


def read(folder: Path, annotator: str) -> Export:
    """Read every XML file below ``folder``.

    Args:
        folder: the export.
        annotator: who drew the boxes; VOC does not say.

    Raises:
        SourceError: no such folder.
    """
    images = files.listing(folder, IMAGE_SUFFIXES)
    beside = _by_stem(images)
    read_images: list[LabelledImage] = []
    rejected: list[Rejected] = []
    labelled = set()
    for name in files.listing(folder, frozenset({".xml"})):
        try:
            image = _image_of(name, beside)
            labelled.add(image)
            read_images.append(_labelled(folder / name, image, annotator))
        except _LabelFileError as fault:
            rejected.append(Rejected(name, "unreadable-labels", str(fault)))
    unlabelled = [
        Rejected(n, "unlabelled", "has no XML file; label it, or remove it") for n in images if n not in labelled
    ]
    return Export(tuple(sorted(read_images, key=lambda i: i.name)), (*rejected, *unlabelled))


def _by_stem(images: Sequence[str]) -> Mapping[tuple[str, str], list[str]]:
    beside: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in images:
        path = PurePosixPath(name)
        beside[path.parent.as_posix(), path.stem].append(name)
        beside[path.parent.parent.as_posix() + "/*", path.stem].append(name)
    return beside


def _image_of(name: str, beside: Mapping[tuple[str, str], list[str]]) -> str:
    path = PurePosixPath(name)
    places = ((path.parent.as_posix(), path.stem), (path.parent.parent.as_posix() + "/*", path.stem))
    found = next((beside[place] for place in places if beside.get(place)), [])
    if len(found) != 1:
        told = "no image" if not found else f"{len(found)} images ({', '.join(found[:3])})"
        raise _LabelFileError(f"{told} of this name beside it; expected one")
    return found[0]


def _labelled(path: Path, image: str, annotator: str) -> LabelledImage:
    root = _parse(path)
    faults: list[str] = []
    labels, corners, truncated = [], [], []
    for index, item in enumerate(root.findall("object"), start=1):
        label = (item.findtext("name") or "").strip()
        if not label:
            faults.append(f"object {index}: <name> is missing")
        labels.append(label)
        corners.append([_number(item, f"bndbox/{c}", f"object {index}", faults) for c in _CORNERS])
        truncated.append((item.findtext("truncated") or "").strip() == "1")
    width, height = (_side(root, side, faults) for side in ("width", "height"))
    if faults:
        raise _LabelFileError("; ".join(faults))
    said = answer(annotator, labels, np.array(corners, np.float64), Marks(truncated=truncated))
    return LabelledImage(image, width, height, relative=False, answers=(said,), fields={})


def _parse(path: Path) -> ElementTree.Element:
    try:
        content = path.read_bytes()
        if len(content) > MAXIMUM_BYTES:
            raise _LabelFileError(f"{len(content)} bytes; expected at most {MAXIMUM_BYTES}")
        parser = ElementTree.XMLParser(target=_WithoutDoctype())  # noqa: S314 (no DOCTYPE, so no entities)
        parser.feed(content)
        root: ElementTree.Element = parser.close()
    except (OSError, ElementTree.ParseError, LookupError, ValueError) as error:
        raise _LabelFileError(f"cannot be read as XML ({error})") from error
    if root.tag != "annotation":
        raise _LabelFileError(f"<{root.tag}> is the outermost element; expected <annotation>")
    return root


def _number(item: ElementTree.Element, tag: str, place: str, faults: list[str]) -> float:
    text = item.findtext(tag)
    try:
        return float(text) if text is not None else _missing(tag, place, faults)
    except ValueError:
        faults.append(f"{place}: <{tag}> is {text!r}; expected a number")
        return math.nan


def _missing(tag: str, place: str, faults: list[str]) -> float:
    faults.append(f"{place}: <{tag}> is missing")
    return math.nan


def _side(root: ElementTree.Element, side: str, faults: list[str]) -> int:
    text = (root.findtext(f"size/{side}") or "0").strip()
    if not text.isdecimal():
        faults.append(f"<size/{side}> is {text!r}; expected whole pixels")
        return 0
    return int(text)
