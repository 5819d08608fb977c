"""Labelled images on their way in: what a format reader or the practice world hands over. Knows no files.

A reader gives an :class:`Export`: what it could read, and what it could not, each with a reason. Once an image's bytes
were read and checked it is an :class:`Arrival`; :func:`tables` turns those that were stored into the tables that travel
between stages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detection.edge.boxes import Boxes
from detection.rules.labels.samples import Annotations, Assignments, Frames, Strings
from detection.rules.spec.labels import Source

VERIFIED = "verified"
"""The annotator's name under which the expert answers."""

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp"})
"""Lower-case suffixes by which an export's images are recognised."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What one annotator said about one frame; no boxes is an answer too.

    Attributes:
        annotator: who.
        guideline: version of the guideline followed; ``""`` takes the source's.
        verified: this answer is the expert's.
        labels: ``(n,)`` class names as written in the source, or class ids.
        corners: ``(n, 4)`` :data:`Boxes`; not yet checked, so possibly NaN, swapped or outside.
        occluded: ``(n,)``.
        truncated: ``(n,)``.
        crowd: ``(n,)``: a region of objects that nobody counted.
    """

    annotator: str
    guideline: str
    verified: bool
    labels: Strings
    corners: Boxes
    occluded: NDArray[np.bool_]
    truncated: NDArray[np.bool_]
    crowd: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True)
class Marks:
    """Flags of ``n`` boxes; an empty one is False throughout."""

    occluded: Sequence[bool] = ()
    truncated: Sequence[bool] = ()
    crowd: Sequence[bool] = ()

    def columns(self) -> list[Sequence[bool]]:
        """The flags in the order in which :class:`Answer` holds them."""
        return [self.occluded, self.truncated, self.crowd]


@dataclass(frozen=True, slots=True, eq=False)
class LabelledImage:
    """One image of an export, not yet read.

    Attributes:
        name: path relative to the delivery's root, with ``/``.
        width: pixels according to the label file; 0 if it does not say.
        height: likewise.
        relative: the corners are shares of width and height, not pixels.
        answers: one per annotator; none says that nobody looked, which is not the same as an answer without boxes.
        fields: what else the label file says about the image, as text: column or key to value.
    """

    name: str
    width: int
    height: int
    relative: bool
    answers: tuple[Answer, ...]
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something of a source that does not go on, and why.

    Attributes:
        name: which file.
        finding: which kind of fault, as the spec's ``labelling.findings`` names it.
        reason: what was expected and found.
    """

    name: str
    finding: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Export:
    """All that a format reader made of a folder, images ordered by name."""

    images: tuple[LabelledImage, ...]
    rejected: tuple[Rejected, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """Where and when a frame was taken, and how long it may be kept; ``""`` and None where unknown.

    ``conditions`` maps condition id to value.
    """

    site: str
    camera: str
    scene: str
    captured_at: datetime | None
    conditions: Mapping[str, str]
    retain_until: date | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """One image whose bytes were read and found decodable, or of which only the labels are known.

    Attributes:
        name: as in :class:`LabelledImage`.
        content: the bytes to be stored: the image file without what the spec does not keep of its metadata; empty if
            only its labels are known.
        extension: what kind of file, without a dot; ``""`` if there is none.
        width: pixels, after EXIF orientation.
        height: likewise.
        context: where and when.
        answers: one per annotator, corners in pixels after EXIF orientation.
    """

    name: str
    content: bytes
    extension: str
    width: int
    height: int
    context: Context
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """An arrival whose bytes stand in a shard."""

    id: str
    name: str
    shard: str
    offset: int
    length: int
    width: int
    height: int
    context: Context
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """The three tables that stages hand on."""

    frames: Frames
    boxes: Annotations
    assignments: Assignments


@dataclass(frozen=True, slots=True)
class Common:
    """What all frames of one collection have in common.

    Attributes:
        source: the spec's source that they come from.
        conditions: condition ids of the spec; each becomes a column.
        guideline: version of the guideline that the annotators followed.
    """

    source: Source
    conditions: tuple[str, ...]
    guideline: str


def tables(stored: Sequence[Stored], common: Common) -> Tables:
    """The tables of a collection, ordered by frame id, then by annotator; ids are unique."""
    rows = sorted(stored, key=lambda row: row.id)
    answers = [(row.id, answer) for row in rows for answer in sorted(row.answers, key=lambda a: a.annotator)]
    return Tables(
        frame_table(rows, common),
        _boxes(answers, common.guideline),
        Assignments(
            strings([frame for frame, _ in answers]),
            strings([answer.annotator for _, answer in answers]),
            strings([answer.guideline or common.guideline for _, answer in answers]),
            np.array([answer.verified for _, answer in answers], bool),
        ),
    )


def answer(
    annotator: str,
    labels: Sequence[str],
    corners: NDArray[np.floating[Any]],
    marks: Marks | None = None,
    guideline: str = "",
) -> Answer:
    """An annotator's unverified answer.

    Args:
        annotator: who.
        labels: ``n`` class names.
        corners: ``(n, 4)`` boxes.
        marks: what else is said of each box; None for a format that says nothing.
        guideline: version of the guideline followed; ``""`` takes the source's.
    """
    said = marks if marks is not None else Marks()
    flags = [np.array(column, bool) if column else np.zeros(len(labels), bool) for column in said.columns()]
    return Answer(annotator, guideline, False, strings(labels), corners.reshape(-1, 4).astype(np.float32), *flags)


def strings(values: Sequence[str]) -> Strings:
    """A column of Python strings; ``np.array`` alone would make fixed-width text of it."""
    column = np.empty(len(values), object)
    column[:] = values
    return column


def frame_table(rows: Sequence[Stored], common: Common) -> Frames:
    """The frames alone, in the order given."""
    same, source = len(rows), common.source
    return Frames(
        id=strings([r.id for r in rows]),
        name=strings([r.name for r in rows]),
        shard=strings([r.shard for r in rows]),
        offset=np.array([r.offset for r in rows], np.int64),
        length=np.array([r.length for r in rows], np.int64),
        width=np.array([r.width for r in rows], np.int64),
        height=np.array([r.height for r in rows], np.int64),
        site=strings([r.context.site for r in rows]),
        camera=strings([r.context.camera for r in rows]),
        scene=strings([r.context.scene for r in rows]),
        captured_at=np.array([_instant(r.context.captured_at) for r in rows], "datetime64[us]"),
        conditions={c: strings([r.context.conditions.get(c, "") for r in rows]) for c in common.conditions},
        source=strings([source.id] * same),
        licence=strings([source.licence] * same),
        consent=strings([source.consent] * same),
        retain_until=np.array(
            [_day(last_day(r.context.retain_until, source.retain_until)) for r in rows], "datetime64[D]"
        ),
    )


def last_day(*days: date | None) -> date | None:
    """The earliest of several days until which something may be kept; None keeps it for good."""
    return min((day for day in days if day is not None), default=None)


def _boxes(answers: Sequence[tuple[str, Answer]], guideline: str) -> Annotations:
    counts = [len(answer) for _, answer in answers]
    nothing = np.zeros((0, 4), np.float32)
    flags = np.zeros(0, bool)
    return Annotations(
        frame=strings([frame for frame, answer in answers for _ in range(len(answer))]),
        annotator=strings([answer.annotator for _, answer in answers for _ in range(len(answer))]),
        guideline=strings([a.guideline or guideline for _, a in answers for _ in range(len(a))]),
        label=strings([str(label) for _, answer in answers for label in answer.labels]),
        corners=np.concatenate([nothing, *(answer.corners for _, answer in answers)]).astype(np.float32),
        occluded=np.concatenate([flags, *(answer.occluded for _, answer in answers)]),
        truncated=np.concatenate([flags, *(answer.truncated for _, answer in answers)]),
        verified=np.repeat(np.array([answer.verified for _, answer in answers], bool), counts),
        crowd=np.concatenate([flags, *(answer.crowd for _, answer in answers)]),
    )


def _instant(moment: datetime | None) -> np.datetime64:
    if moment is None:
        return np.datetime64("NaT", "us")
    return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us")


def _day(day: date | None) -> np.datetime64:
    return np.datetime64("NaT", "D") if day is None else np.datetime64(day, "D")
