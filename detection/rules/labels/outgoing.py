"""Labelled frames on their way out: safe names, what is told of each, who said what. Knows no format and no files."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detection.errors import LabelsError
from detection.rules.labels.intake.arrivals import IMAGE_SUFFIXES, Answer
from detection.rules.labels.membership import among
from detection.rules.labels.samples import Annotations, Assignments, Frames, Strings

SHOWN_FAULTS = 20
STEM_BYTES = 180
"""No file name's stem is longer in UTF-8: with suffix and digest it fits every disk."""
CONDITION = "condition."
"""What the field of a condition is called, before its id."""

_UNSAFE = re.compile(r'[/\\:<>"|?*]')
_HIDDEN = re.compile(r"^(\.+|__(?=MACOSX))")


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """What is exported.

    Attributes:
        frames: ``n`` frames, ordered by id.
        boxes: their boxes, of one or several annotators.
        assignments: who looked at which; a frame without a row is unlabelled.
        classes: class ids in the spec's order.
        split_of: ``(n,)`` the split of each frame; None if the frames are not parted.
    """

    frames: Frames
    boxes: Annotations
    assignments: Assignments
    classes: tuple[str, ...]
    split_of: Strings | None = None

    def splits(self) -> list[str]:
        """Names of the splits, sorted; ``[""]`` if the frames are not parted."""
        return [""] if self.split_of is None else sorted(set(self.split_of.tolist()))


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One frame as every format tells it.

    Attributes:
        row: of the frame.
        width: pixels; 0 if unknown.
        height: likewise.
        split: ``""`` if the frames are not parted.
        fields: what else is known of it, as text; nothing that is unknown.
        answers: one per annotator, ordered by annotator; none says that nobody looked.
    """

    row: int
    width: int
    height: int
    split: str
    fields: Mapping[str, str]
    answers: tuple[Answer, ...]


def items(labelled: Labelled) -> Iterator[Item]:
    """Every frame, in order."""
    frames, boxes, said = labelled.frames, labelled.boxes, labelled.assignments
    rows: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, key in enumerate(zip(boxes.frame, boxes.annotator, strict=True)):
        rows[key].append(row)
    looked: dict[str, list[int]] = defaultdict(list)
    for row, frame in enumerate(said.frame):
        looked[frame].append(row)
    for row, frame in enumerate(frames.id):
        answers = [
            _answer(said, place, boxes.take(np.array(rows[frame, said.annotator[place]], np.int64)))
            for place in sorted(looked[frame], key=lambda place: str(said.annotator[place]))
        ]
        split = "" if labelled.split_of is None else str(labelled.split_of[row])
        size = int(frames.width[row]), int(frames.height[row])
        yield Item(row, *size, split, fields_of(frames, row), tuple(answers))


def _answer(said: Assignments, place: int, boxes: Annotations) -> Answer:
    flags = boxes.occluded, boxes.truncated, boxes.crowd
    who = str(said.annotator[place]), str(said.guideline[place]), bool(said.verified[place])
    return Answer(*who, boxes.label, boxes.corners, *flags)


def fields_of(frames: Frames, row: int) -> Mapping[str, str]:
    """What is known of a frame besides its size, by the name under which it is exported."""
    moment, day = frames.captured_at[row], frames.retain_until[row]
    told = {
        "site": str(frames.site[row]),
        "camera": str(frames.camera[row]),
        "scene": str(frames.scene[row]),
        "captured_at": "" if np.isnat(moment) else f"{moment}+00:00",
        "retain_until": "" if np.isnat(day) else str(day),
        **{f"{CONDITION}{name}": str(column[row]) for name, column in frames.conditions.items()},
        "source": str(frames.source[row]),
        "licence": str(frames.licence[row]),
        "consent": str(frames.consent[row]),
    }
    return {name: printable(text) for name, text in told.items() if text}


def printable(text: str) -> str:
    """Text that every format can hold: what cannot be shown is replaced."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in text)


class Names:
    """File names for frames: safe on every disk, none like another in case, Unicode form or stem."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def give(self, wanted: str, digest: str, extension: str) -> str:
        """A name for a frame; as wanted wherever that is possible.

        Args:
            wanted: the frame's name in its source; folders become part of the name.
            digest: the frame's id; tells it from frames of the same name.
            extension: of its file, without a dot, added where the name has none of an image; ``""`` if it has no file.
        """
        plain = _HIDDEN.sub("_", _UNSAFE.sub("_", printable(wanted)).replace("\ufffd", "_").strip())
        stem, dot, suffix = plain.rpartition(".")
        if not dot or f".{suffix.lower()}" not in IMAGE_SUFFIXES:
            stem, suffix = plain, extension
        stem = stem.encode()[:STEM_BYTES].decode("utf-8", "ignore").rstrip(" .") or "frame"
        free = next(name for name in _variants(stem, digest) if folded(name) not in self._taken)
        self._taken.add(folded(free))
        return f"{free}.{suffix}" if suffix else free


def _variants(stem: str, digest: str) -> Iterator[str]:
    yield stem
    yield f"{stem}-{digest[:8]}"
    number = 2
    while True:
        yield f"{stem}-{digest[:8]}-{number}"
        number += 1


def folded(name: str) -> str:
    """A name as a disk sees it that knows no case and one Unicode form alone."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def check(labelled: Labelled, one_annotator: bool, sizes_needed: bool) -> None:
    """Refuse what a format cannot hold.

    Args:
        labelled: what is exported.
        one_annotator: the format holds one answer a frame.
        sizes_needed: the format counts in shares of the image.

    Raises:
        LabelsError: with all faults.
    """
    faults = [
        f"class {name!r}: a format cannot hold this name; rename it"
        for name in labelled.classes
        if not name.strip() or name != name.strip() or not name.isprintable()
    ]
    if not len(labelled.frames):
        faults.append("there is no frame to export")
    unknown = sorted(set(labelled.boxes.label.tolist()) - set(labelled.classes))
    faults += [f"class {name!r} of a box is not in the spec; run the stages again" for name in unknown]
    faults += _box_faults(labelled, sizes_needed) + _unassigned(labelled)
    if one_annotator:
        faults += _several(labelled.assignments)
    if faults:
        more = [f"... and {len(faults) - SHOWN_FAULTS} more"] if len(faults) > SHOWN_FAULTS else []
        raise LabelsError(f"{len(faults)} fault(s) stop the export", [*faults[:SHOWN_FAULTS], *more])


def _box_faults(labelled: Labelled, sizes_needed: bool) -> list[str]:
    finite = np.isfinite(labelled.boxes.corners).all(axis=1)
    faults = [f"frame {frame[:12]}: a box has no finite corners" for frame in labelled.boxes.frame[~finite]]
    if sizes_needed:
        frames = labelled.frames
        sizeless = (frames.width <= 0) | (frames.height <= 0)
        bare = sizeless & among(frames.id, labelled.boxes.frame)
        faults += [f"{name}: its size is unknown, and the format counts in shares of it" for name in frames.name[bare]]
    return faults


def _unassigned(labelled: Labelled) -> list[str]:
    said = set(zip(labelled.assignments.frame, labelled.assignments.annotator, strict=True))
    drawn = set(zip(labelled.boxes.frame, labelled.boxes.annotator, strict=True))
    told = "who never looked; run the stages again"
    return [f"frame {frame[:12]}: boxes by {who}, {told}" for frame, who in sorted(drawn - said)]


def _several(assignments: Assignments) -> Sequence[str]:
    """A fault if a frame has answers of several annotators."""
    names, counts = np.unique(assignments.frame.astype(str), return_counts=True)
    several = names[counts > 1]
    if not len(several):
        return []
    who = ", ".join(sorted(set(assignments.annotator.tolist()))[:10])
    return [
        f"{len(several)} frame(s) have several annotators' answers ({who}) and the format holds one: "
        "export settled labels, or --annotator NAME"
    ]
