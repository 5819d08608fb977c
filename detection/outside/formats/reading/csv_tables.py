"""CSV tables: ``boxes.csv`` with one row a box, ``assignments.csv`` with one row an answer. Knows no class's meaning.

The convention; every column may bear any of the names after it, in any case:

- both files: ``image`` (image_id, file_name, filename, image_path), ``annotator`` (worker, user), and if wanted
  ``assignment`` (assignment_id, task: several answers of one annotator about one image are told apart by it),
  ``guideline`` (guideline_version), ``verified`` (yes says that the expert answers), ``width`` (image_width) and
  ``height`` (image_height) of the image;
- ``boxes.csv``: ``x1`` (xmin, left), ``y1`` (ymin, top), ``x2`` (xmax, right), ``y2`` (ymax, bottom) in pixels,
  ``label`` (class, category), and if wanted ``occluded``, ``truncated``, ``crowd`` (iscrowd);
- ``assignments.csv``: if wanted ``n_boxes`` (boxes), which then must be true. Without annotator, nobody looked. An
  answer without boxes found nothing. All other columns become fields of the image where its rows agree.

Yes is 1, true or yes; no is 0, false, no or nothing. An annotator whom the source maps to ``verified`` is the expert.
Without ``assignments.csv`` only what was boxed is known. Any fault refuses both files, with all their faults.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from detection.outside.deliveries import Delivery
from detection.outside.formats.reading import claims, rows
from detection.outside.formats.reading.claims import Gathered
from detection.outside.formats.reading.geometry import Corners, number
from detection.outside.formats.reading.pairing import ClaimError, Images
from detection.outside.formats.reading.rows import Row, Table
from detection.rules.labels.intake.arrivals import Answer, Export, LabelledImage, Marks, answer
from detection.rules.labels.intake.sources import DeliveredSource

Aliases = Mapping[str, Sequence[str]]
"""Column to the other names that it may bear."""

BOXES, ASSIGNMENTS = "boxes.csv", "assignments.csv"

_BOTH: Aliases = {
    "image": ("image_id", "file_name", "filename", "image_path"),
    "annotator": ("worker", "user"),
    "assignment": ("assignment_id", "task"),
    "guideline": ("guideline_version",),
    "verified": (),
    "width": ("image_width",),
    "height": ("image_height",),
}
_OF_BOX: Aliases = {
    "x1": ("xmin", "left"), "y1": ("ymin", "top"), "x2": ("xmax", "right"), "y2": ("ymax", "bottom"),
    "label": ("class", "category"), "occluded": (), "truncated": (), "crowd": ("iscrowd",), "rotation": (),
}  # fmt: skip
_OF_ANSWER: Aliases = {"n_boxes": ("boxes",)}
_MEANT = frozenset({*_BOTH, *_OF_BOX, *_OF_ANSWER})
_CORNERS = ("x1", "y1", "x2", "y2")
_FLAGS = ("occluded", "truncated", "crowd")


@dataclass(frozen=True, slots=True)
class _Key:
    """One answer: an annotator about an image, once."""

    image: str
    annotator: str
    assignment: str


@dataclass(slots=True)
class _Said:
    """An answer as its rows give it."""

    boxes: list[Row] = field(default_factory=list)
    guideline: str = ""
    verified: bool = False


@dataclass(slots=True)
class _Book:
    """All answers by key, all images with their rows, and all faults."""

    answers: dict[_Key, _Said] = field(default_factory=dict)
    images: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    faults: list[str] = field(default_factory=list)


def read(delivery: Delivery, source: DeliveredSource) -> Export:
    """Read the two tables of a delivery.

    Args:
        delivery: ``boxes.csv`` anywhere in it, once, and ``assignments.csv`` beside it.
        source: its entry in params.yaml.

    Raises:
        SourceError: no such table, or any faults in them, all of them; or annotators without a name of their own.
    """
    book = _book(delivery, source.annotator)
    files, gathered = Images(delivery, source.images == "absent"), Gathered()
    by_image: dict[str, list[_Key]] = defaultdict(list)
    for key in book.answers:
        by_image[key.image].append(key)
    for claim in sorted(book.images):
        try:
            name = files.nearest(claim)
            gathered.add(_labelled(name, book.images[claim], [(k, book.answers[k]) for k in by_image[claim]]))
        except ClaimError as fault:
            gathered.reject(claim, fault)
    return gathered.export(files, source.annotators)


def _book(delivery: Delivery, otherwise: str) -> _Book:
    named = [name for name in delivery.listing(frozenset({".csv"})) if posixpath.basename(name).lower() == BOXES]
    if len(named) != 1:
        raise claims.refusal(delivery.place, "CSV tables", [f"{len(named) or 'no'} {BOXES} in it; expected one"])
    beside = posixpath.join(posixpath.dirname(named[0]), ASSIGNMENTS)
    book = _Book()
    boxes = rows.table(delivery, named[0], {**_BOTH, **_OF_BOX}, book.faults)
    answers = rows.table(delivery, beside, {**_BOTH, **_OF_ANSWER}, book.faults) if delivery.holds(beside) else None
    lacking = rows.missing(boxes, ("image", *_CORNERS, "label"))
    lacking += rows.missing(answers, ("image", "annotator")) if answers is not None else []
    book.faults += lacking
    if not lacking:
        _look(book, answers, otherwise)
        _draw(book, boxes, answers, otherwise)
        _count(book, answers, otherwise)
    if book.faults:
        raise claims.refusal(delivery.place, "CSV tables", book.faults)
    return book


def _look(book: _Book, answers: Table | None, otherwise: str) -> None:
    """Take over who looked at what."""
    for row in answers.rows if answers is not None else ():
        try:
            book.images[_image(row)].append(row)
            if not row.text("annotator"):
                continue
            key = _key(row, otherwise)
            if key in book.answers:
                raise ValueError(
                    f"{key.annotator} answers for {key.image} a second time; remove one, or add assignment"
                )
            book.answers[key] = _Said(guideline=row.text("guideline"), verified=row.flag("verified"))
        except ValueError as error:
            book.faults.append(f"{row.place}: {error}")


def _draw(book: _Book, boxes: Table, answers: Table | None, otherwise: str) -> None:
    """Take over what was boxed."""
    for row in boxes.rows:
        try:
            key = _key(row, otherwise)
            for flag in _FLAGS:
                row.flag(flag)
            _corners(row)
            if not row.text("label"):
                raise ValueError("label is empty")
            if answers is None:
                book.images[key.image].append(row)
                said = book.answers.setdefault(
                    key, _Said(guideline=row.text("guideline"), verified=row.flag("verified"))
                )
            else:
                said = _assigned(book, key)
            said.boxes.append(row)
        except ValueError as error:
            book.faults.append(f"{row.place}: {error}")


def _assigned(book: _Book, key: _Key) -> _Said:
    if key not in book.answers:
        raise ValueError(f"{key.annotator} has no row in {ASSIGNMENTS} for {key.image}; add it")
    return book.answers[key]


def _count(book: _Book, answers: Table | None, otherwise: str) -> None:
    """Hold the number of boxes against the one that is promised: a table that was cut short is told by it."""
    for row in answers.rows if answers is not None and not book.faults else ():
        try:
            promised, held = row.count("n_boxes"), 0
            if row.text("annotator"):
                held = len(book.answers[_key(row, otherwise)].boxes)
            if promised is not None and promised != held:
                raise ValueError(f"n_boxes is {promised}; {BOXES} holds {held}")
        except ValueError as error:
            book.faults.append(f"{row.place}: {error}")


def _image(row: Row) -> str:
    if not row.text("image"):
        raise ValueError("image is empty")
    return row.text("image")


def _key(row: Row, otherwise: str) -> _Key:
    return _Key(_image(row), row.text("annotator") or otherwise, row.text("assignment"))


def _corners(row: Row) -> Corners:
    if number(row.text("rotation") or "0", "rotation") % 360:
        raise ValueError("rotation is not 0; write the upright box")
    return [number(row.text(side), side) for side in _CORNERS]


def _labelled(name: str, told: Sequence[Row], said: Sequence[tuple[_Key, _Said]]) -> LabelledImage:
    drawn = [row for _, answered in said for row in answered.boxes]
    width, height = (_side([*told, *drawn], side) for side in ("width", "height"))
    answers = tuple(_answer(key, answered) for key, answered in said)
    return LabelledImage(name, width, height, relative=False, answers=answers, fields=_fields(told))


def _side(told: Sequence[Row], side: str) -> int:
    try:
        found = {row.count(side) for row in told} - {None}
    except ValueError as error:
        raise ClaimError("unreadable-labels", str(error)) from error
    if len(found) > 1:
        raise ClaimError("unreadable-labels", f"{side} differs between its rows; expected one")
    return next(iter(found), 0) or 0


def _fields(told: Sequence[Row]) -> Mapping[str, str]:
    """Other columns in which all rows of an image agree."""
    first = told[0].cells if told else {}
    others = {name: text for name, text in first.items() if text and name not in _MEANT}
    return {name: text for name, text in others.items() if all(row.text(name) == text for row in told)}


def _answer(key: _Key, said: _Said) -> Answer:
    flags = {flag: [row.flag(flag) for row in said.boxes] for flag in _FLAGS}
    corners = np.array([_corners(row) for row in said.boxes], np.float64)
    labels = [row.text("label") for row in said.boxes]
    return replace(answer(key.annotator, labels, corners, Marks(**flags), said.guideline), verified=said.verified)
