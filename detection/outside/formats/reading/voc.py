"""Pascal VOC: one XML file per image. Knows the format, not what the classes mean.

An XML file goes with the image of the same stem in its own folder or in a folder beside it (``Annotations/a.xml`` and
``JPEGImages/a.jpg``; ``train/annots/a.xml`` and ``train/images/a.jpg``); the ``<filename>`` inside is not trusted.
Where the images are absent it gives the name, with the suffix that it has or without any, else the XML's stem does;
of names that several files give each gets its file's folder before it. Corners are taken as written: VOC's own tools
count pixels from 1, nearly all others from 0, and no file says which. ``<difficult>`` and ``<pose>`` are passed over;
``<crowd>``, as our own export writes it, is a crowd.
An image without an XML file is unlabelled, which is not the same as empty.
"""

from __future__ import annotations

import math
import posixpath
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np

from detection.errors import SourceError
from detection.outside import xml
from detection.outside.deliveries import Delivery
from detection.outside.formats.reading.pairing import Images, PairingError, plain_name
from detection.outside.xml import XmlError
from detection.rules.labels.intake.arrivals import Answer, Export, LabelledImage, Marks, Rejected, answer
from detection.rules.labels.intake.sources import DeliveredSource

MAXIMUM_BYTES = 4_000_000
"""No label file of one image is longer."""

_CORNERS = ("xmin", "ymin", "xmax", "ymax")
_DIGITS = 9
"""No side has more; a longer text costs time to turn into a number."""
_YES = frozenset({"1", "true", "yes"})


class _LabelFileError(Exception):
    """What is wrong with one XML file, all of it."""


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    """What one XML file says.

    Attributes:
        file: its name.
        called: what it calls its image; ``""`` if nothing usable.
        width: pixels; 0 if it does not say.
        height: likewise.
        answer: the boxes.
        fields: its other words about the image.
    """

    file: str
    called: str
    width: int
    height: int
    answer: Answer
    fields: dict[str, str]


def read(delivery: Delivery, source: DeliveredSource) -> Export:
    """Read every XML file of a delivery.

    Args:
        delivery: the export.
        source: says who drew the boxes, and whether there are images.

    Raises:
        SourceError: no XML file, or one that cannot be read from the delivery.
    """
    names = delivery.listing(frozenset({".xml"}))
    if not names:
        raise SourceError(f"{delivery.place}: no XML file in it; expected Pascal VOC annotations")
    rejected: list[Rejected] = []
    said: list[_Said] = []
    for name in names:
        try:
            said.append(_parsed(delivery.read(name), name, source.annotator))
        except _LabelFileError as fault:
            rejected.append(Rejected(name, "unreadable-labels", str(fault)))
    paired = _Paired(_claimed(said) if source.images == "absent" else Images(delivery))
    for one in said:
        paired.take(one)
    return paired.export(rejected)


class _Paired:
    """Images and the one file that labels each."""

    def __init__(self, images: Images | Mapping[str, str]) -> None:
        self._images = images
        self._found: dict[str, LabelledImage] = {}
        self._faults: list[Rejected] = []

    def take(self, said: _Said) -> None:
        """Pair a file with its image; if there is none, or another file labels it too, list the file."""
        try:
            name = self._images.beside(said.file) if isinstance(self._images, Images) else self._images[said.file]
            if name in self._found:
                raise PairingError(f"another file labels {name} too; keep one")
            self._found[name] = LabelledImage(name, said.width, said.height, False, (said.answer,), said.fields)
        except PairingError as fault:
            self._faults.append(Rejected(said.file, "unreadable-labels", str(fault)))

    def export(self, rejected: Sequence[Rejected]) -> Export:
        """All images; those that no file labels have no answer, those with an unreadable one are left out."""
        if isinstance(self._images, Images):
            unread = self._images.all_beside([one.name for one in (*rejected, *self._faults)])
            for name in self._images.names:
                if name not in self._found and name not in unread:
                    self._found[name] = LabelledImage(name, 0, 0, relative=False, answers=(), fields={})
        return Export(tuple(self._found[n] for n in sorted(self._found)), (*rejected, *self._faults))


def _claimed(said: Sequence[_Said]) -> Mapping[str, str]:
    """What each file's image is called where only the files came."""
    given = {one.file: one.called or posixpath.splitext(posixpath.basename(one.file))[0] for one in said}
    counts = Counter(given.values())
    return {
        file: name if counts[name] == 1 else posixpath.join(posixpath.dirname(file), name)
        for file, name in given.items()
    }


def _parsed(content: bytes, file: str, annotator: str) -> _Said:
    root = _root(content)
    faults: list[str] = []
    objects = root.findall("object")
    labels = [_label(item, index, faults) for index, item in enumerate(objects, start=1)]
    corners = [
        [_number(item, f"bndbox/{corner}", f"object {index}", faults) for corner in _CORNERS]
        for index, item in enumerate(objects, start=1)
    ]
    width, height = (_side(root, side, faults) for side in ("width", "height"))
    if faults:
        raise _LabelFileError("; ".join(faults[:10]) + (f"; and {len(faults) - 10} more" if len(faults) > 10 else ""))
    marks = Marks(
        occluded=[_holds(item, "occluded") for item in objects],
        truncated=[_holds(item, "truncated") for item in objects],
        crowd=[_holds(item, "crowd") for item in objects],
    )
    with np.errstate(over="ignore"):  # beyond float32 a corner is infinite: validate names it
        said = answer(annotator, labels, np.array(corners, np.float64), marks)
    return _Said(file, _called(root), width, height, said, _fields(root))


def _root(content: bytes) -> ElementTree.Element:
    try:
        root = xml.parse(content, MAXIMUM_BYTES)
    except XmlError as error:
        raise _LabelFileError(str(error)) from error
    if root.tag != "annotation":
        raise _LabelFileError(f"<{root.tag[:40]}> is the outermost element; expected <annotation>")
    return root


def _called(root: ElementTree.Element) -> str:
    try:
        return plain_name((root.findtext("filename") or "").strip())
    except PairingError:
        return ""


def _fields(root: ElementTree.Element) -> dict[str, str]:
    """The texts that stand directly below ``<annotation>``, by their element's name."""
    told = {child.tag: (child.text or "").strip() for child in root if not len(child)}
    return {tag: text for tag, text in told.items() if text}


def _label(item: ElementTree.Element, index: int, faults: list[str]) -> str:
    label = (item.findtext("name") or "").strip()
    if not label:
        faults.append(f"object {index}: <name> is missing")
    return label


def _holds(item: ElementTree.Element, tag: str) -> bool:
    return (item.findtext(tag) or "").strip().lower() in _YES


def _number(item: ElementTree.Element, tag: str, place: str, faults: list[str]) -> float:
    text = (item.findtext(tag) or "").strip()
    try:
        if text and "_" not in text:
            return float(text)
        faults.append(
            f"{place}: <{tag}> is {text[:40]!r}; expected a number" if text else f"{place}: <{tag}> is missing"
        )
    except ValueError:
        faults.append(f"{place}: <{tag}> is {text[:40]!r}; expected a number")
    return math.nan


def _side(root: ElementTree.Element, side: str, faults: list[str]) -> int:
    text = (root.findtext(f"size/{side}") or "0").strip()
    if not (text.isdecimal() and len(text) <= _DIGITS):
        faults.append(f"<size/{side}> is {text[:40]!r}; expected whole pixels")
        return 0
    return int(text)
