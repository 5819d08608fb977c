"""Several sources become one collection: every image once, everybody's opinion on it, every place it came from.

An image that two sources hold is one frame. Its annotators in the second source are further opinions on it; an
annotator who answered in the first has answered, and the second answer is listed and left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from detection.errors import SourceError
from detection.rules.labels.intake.arrivals import Rejected, Tables
from detection.rules.labels.samples import Annotations, Assignments, Frames, Rows

T = TypeVar("T", Annotations, Assignments)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What one source gave.

    Attributes:
        id: the source's.
        tables: every image of it once.
        duplicates: the other names, places and times under which its images arrived again; ids repeat.
    """

    id: str
    tables: Tables
    duplicates: Frames


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """All sources together.

    Attributes:
        tables: every image once, ordered by id; boxes and assignments by frame and annotator.
        duplicates: the other names, places and times of these images, in the order of the sources.
        rejected: second answers by one annotator.
    """

    tables: Tables
    duplicates: Frames
    rejected: tuple[Rejected, ...]


def merged(parts: Sequence[Part]) -> Merged:
    """Put the tables of several sources together; of one source they stay as they are.

    Args:
        parts: at least one; the first that holds a frame says where it was taken.

    Raises:
        SourceError: labels alone of two images that share a name and not their size.
    """
    home: dict[str, tuple[int, int]] = {}
    answered: dict[tuple[str, str], str] = {}
    rejected: list[Rejected] = []
    fresh, again, kept, boxes = [], [], [], []
    for number, part in enumerate(parts):
        known = np.array([frame in home for frame in part.tables.frames.id], bool)
        _refuse_namesakes(part, known, home, parts)
        home |= {str(frame): (number, row) for row, frame in enumerate(part.tables.frames.id) if not known[row]}
        fresh.append(part.tables.frames.take(~known))
        again += [part.tables.frames.take(known), part.duplicates]
        first = _first_answers(part, answered, rejected)
        kept.append(part.tables.assignments.take(first))
        boxes.append(_of(part.tables.boxes, kept[-1]))
    tables = Tables(_frames(fresh), _by_frame(_annotations(boxes)), _by_frame(_assignments(kept)))
    ordered = replace(tables, frames=tables.frames.take(np.argsort(tables.frames.id, kind="stable")))
    return Merged(ordered, _placed(_frames(again), ordered.frames), tuple(rejected))


def _refuse_namesakes(part: Part, known: Rows, home: dict[str, tuple[int, int]], parts: Sequence[Part]) -> None:
    frames, faults = part.tables.frames, []
    for row in np.flatnonzero(known).tolist():
        number, place = home[frames.id[row]]
        other = parts[number].tables.frames
        if (other.width[place], other.height[place]) != (frames.width[row], frames.height[row]):
            faults.append(f"{frames.name[row]}: in {parts[number].id} and in {part.id}, in different sizes")
    if faults:
        raise SourceError(
            f"{len(faults)} image(s) without pixels share a name with another; rename those of one delivery",
            faults[:20],
        )


def _first_answers(part: Part, answered: dict[tuple[str, str], str], rejected: list[Rejected]) -> Rows:
    """Rows of the answers that nobody gave before; the others are listed."""
    assignments, first = part.tables.assignments, []
    name_of = dict(zip(part.tables.frames.id, part.tables.frames.name, strict=True))
    for row, key in enumerate(zip(assignments.frame, assignments.annotator, strict=True)):
        if answered.setdefault(key, part.id) == part.id:
            first.append(row)
            continue
        told = f"{key[1]} answers for this image in {answered[key]} too, which is kept; {part.id}'s answer is left out"
        rejected.append(Rejected(name_of[key[0]], "duplicate-answer", told))
    return np.array(first, np.int64)


def _of(boxes: Annotations, kept: Assignments) -> Annotations:
    """The boxes of the answers that are kept."""
    answers = set(zip(kept.frame, kept.annotator, strict=True))
    return boxes.take(np.array([key in answers for key in zip(boxes.frame, boxes.annotator, strict=True)], bool))


def _placed(again: Frames, frames: Frames) -> Frames:
    """Other places of frames, pointing at the bytes that the frames themselves point at."""
    rows = np.searchsorted(frames.id, again.id)
    home = frames.take(rows)
    return replace(again, shard=home.shard, offset=home.offset, length=home.length)


def _by_frame(table: T) -> T:
    order = sorted(range(len(table)), key=lambda row: (table.frame[row], table.annotator[row]))
    return table.take(np.array(order, np.int64))


def _frames(parts: Sequence[Frames]) -> Frames:
    names = list(parts[0].conditions)
    plain = [name for name in Frames.__slots__ if name != "conditions"]
    return Frames(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in plain},
        conditions={name: np.concatenate([part.conditions[name] for part in parts]) for name in names},
    )


def _annotations(parts: Sequence[Annotations]) -> Annotations:
    return Annotations(**{n: np.concatenate([getattr(part, n) for part in parts]) for n in Annotations.__slots__})


def _assignments(parts: Sequence[Assignments]) -> Assignments:
    return Assignments(**{n: np.concatenate([getattr(part, n) for part in parts]) for n in Assignments.__slots__})
