"""COCO: JSON files of images, annotations and categories beside the images. Knows the format, not the classes' meaning.

Every ``*.json`` of the delivery must be such a file. An image is found by its ``file_name`` in the JSON's folder, in a
folder beside or above it, or anywhere if only one fits. An image that is listed and has no annotation is empty, as
COCO means it; one that no file lists was not looked at. Boxes are ``x, y, width, height`` in pixels; where only
polygons are given the box surrounds them; masks are not read. A crowd region is a box with that mark. A class named in
``empty_names`` says without a box that somebody looked and found nothing; any other annotation without a box says that
an object is there that nobody drew, so nobody answered for the image. What else stands in an image's row, such as the
``location``, ``seq_id`` and ``date_captured`` of camera traps, is handed on as text.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detection.errors import SourceError
from detection.outside.deliveries import Delivery
from detection.outside.formats.reading.coco_document import Annotation, CocoError, Document, Image, parse
from detection.outside.formats.reading.pairing import ClaimError, Images, printable
from detection.rules.labels.intake.arrivals import Answer, Export, LabelledImage, Marks, Rejected, answer
from detection.rules.labels.intake.sources import DeliveredSource

MAXIMUM_BYTES = 1_000_000_000
"""No JSON file is read that is longer."""
SHOWN_FAULTS = 20


def read(delivery: Delivery, source: DeliveredSource) -> Export:
    """Read every JSON file of a delivery.

    Args:
        delivery: the export.
        source: says who drew the boxes, which classes mean "empty", and whether there are images.

    Raises:
        SourceError: no JSON file, or one that is not COCO, with all its faults.
    """
    names = delivery.listing(frozenset({".json"}))
    if not names:
        raise SourceError(f"{delivery.place}: no JSON file in it; expected COCO annotations")
    images = Images(delivery, source.images == "absent")
    found: dict[str, LabelledImage] = {}
    rejected: list[Rejected] = []
    listed: set[str] = set()
    for document_name in names:
        document = _document(delivery, document_name)
        said = _Answers(document, source)
        for image in document.images:
            try:
                name = images.named(image.file_name, document_name)
                listed.add(name)
                _take(found, said.labelled(image, name))
            except ClaimError as fault:
                rejected.append(Rejected(printable(image.file_name), fault.finding, str(fault)))
    for name in images.names:
        if name not in listed:
            found[name] = LabelledImage(name, 0, 0, relative=False, answers=(), fields={})
    return Export(tuple(found[n] for n in sorted(found)), tuple(rejected))


def _take(found: dict[str, LabelledImage], image: LabelledImage) -> None:
    if image.name in found:
        raise ClaimError("duplicate-frame", "is listed twice; the first list counts")
    found[image.name] = image
    if not image.answers:
        raise ClaimError("unboxed-object", "has a label without a box; draw it, or remove the label")


def _document(delivery: Delivery, name: str) -> Document:
    content = delivery.read(name)
    place = f"{delivery.place}: {name}"
    if len(content) > MAXIMUM_BYTES:
        raise SourceError(f"{place}: {len(content)} bytes; expected at most {MAXIMUM_BYTES}")
    try:
        return parse(content)
    except CocoError as error:
        shown, number = error.faults[:SHOWN_FAULTS], len(error.faults)
        more = [f"... and {number - SHOWN_FAULTS} more, or still more"] if number > SHOWN_FAULTS else []
        raise SourceError(f"{place}: not COCO: {number} fault(s); mend it, or move it away", [*shown, *more]) from error


class _Answers:
    """What one document says about its images; all its boxes are one answer, of which each image gets its part."""

    def __init__(self, document: Document, source: DeliveredSource) -> None:
        self._empty = {category.id for category in document.categories if category.name in source.empty_names}
        about: dict[int | str, list[Annotation]] = {image.id: [] for image in document.images}
        for annotation in document.annotations:
            about[annotation.image_id].append(annotation)
        drawn = [a for group in about.values() for a in group if a.box() is not None]
        counts = [sum(a.box() is not None for a in group) for group in about.values()]
        ends = np.cumsum(counts).tolist()
        self._about = about
        self._part = {key: slice(end - count, end) for key, end, count in zip(about, ends, counts, strict=True)}
        classes = {category.id: category.name for category in document.categories}
        self._whole = _answer(source.annotator, drawn, [classes[a.category_id] for a in drawn])

    def labelled(self, image: Image, name: str) -> LabelledImage:
        """The image with its answer; with none if an object was not drawn.

        Raises:
            ClaimError: it is said to be empty and is not.
        """
        about, part = self._about[image.id], self._part[image.id]
        drawn = part.stop - part.start
        empty = sum(a.category_id in self._empty and a.box() is None for a in about)
        if empty and empty < len(about):
            raise ClaimError("unreadable-labels", "is labelled empty and has objects; keep one of both")
        answers = (_part(self._whole, part),) if drawn + empty == len(about) else ()
        return LabelledImage(name, image.width or 0, image.height or 0, False, answers, image.fields())


def _answer(annotator: str, drawn: Sequence[Annotation], classes: Sequence[str]) -> Answer:
    boxes = np.array([a.box() for a in drawn], np.float64).reshape(-1, 4)
    marks = Marks([a.is_occluded() for a in drawn], [a.is_truncated() for a in drawn], [bool(a.iscrowd) for a in drawn])
    with np.errstate(over="ignore", invalid="ignore"):  # beyond float32 a corner is infinite: validate names it
        corners = np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)
        return answer(annotator, classes, corners, marks)


def _part(said: Answer, rows: slice) -> Answer:
    flags = said.occluded[rows], said.truncated[rows], said.crowd[rows]
    return Answer(said.annotator, said.guideline, said.verified, said.labels[rows], said.corners[rows], *flags)
