"""The data card of a version: what there is of everything, under which right, drawn by whom. Knows no files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.rules.labels.samples import Assignments, Frames, Strings
from detection.rules.labels.versions.pairing import Integers
from detection.rules.labels.versions.told import Told
from detection.rules.labels.versions.version import Version, version_id


@dataclass(frozen=True, slots=True)
class Right:
    """Frames of one source under one right to use them; ``retain_until`` is ``""`` where they may be kept for good."""

    source: str
    licence: str
    consent: str
    retain_until: str
    frames: int


@dataclass(frozen=True, slots=True)
class Share:
    """Frames and boxes of one class, camera or condition value; ``""`` is unknown.

    Attributes:
        name: the class, camera or value.
        frames: frames of it; of a class, frames that hold one.
        boxes: boxes of it, or on its frames.
        first: when the earliest was taken, UTC; ``""`` if no time is known.
        last: when the latest was taken.
    """

    name: str
    frames: int
    boxes: int
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class ConditionShares:
    """All values of one condition."""

    condition: str
    values: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Annotator:
    """One annotator's answers under one version of the guideline."""

    annotator: str
    guideline: str
    frames: int
    verified: int


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """A version, counted.

    Attributes:
        name: revision, folder or ``workspace``.
        id: SHA-256 over the content of its tables.
        frames: how many, with the time they were taken in, and boxes on them.
        labelled: frames with settled labels.
        empty: of these, frames without a box.
        verified: of these, frames that an expert looked at.
        without_pixels: frames of which only labels are known.
        rights: by source and right.
        classes: by name.
        cameras: by name.
        conditions: by name.
        annotators: by name and guideline.
        told: what the stages told.
    """

    name: str
    id: str
    frames: Share
    labelled: int
    empty: int
    verified: int
    without_pixels: int
    rights: tuple[Right, ...]
    classes: tuple[Share, ...]
    cameras: tuple[Share, ...]
    conditions: tuple[ConditionShares, ...]
    annotators: tuple[Annotator, ...]
    told: Told


def card_of(version: Version, told: Told) -> Card:
    """Count everything of a version."""
    frames, labels, labelled = version.frames, version.labels, version.labelled
    boxes_of = Counter(labels.frame)
    boxes = np.array([boxes_of[frame] for frame in frames.id], np.int64)
    looked = set(labelled.frame)
    return Card(
        name=version.name,
        id=version_id(version),
        frames=_share("frames", frames, boxes, np.arange(len(frames))),
        labelled=len(looked),
        empty=len(looked - set(boxes_of)),
        verified=len(set(labelled.frame[labelled.verified])),
        without_pixels=int(np.count_nonzero(frames.shard == "")),
        rights=_rights(frames),
        classes=tuple(_class(version, label) for label in sorted(set(labels.label))),
        cameras=_shares(frames, boxes, frames.camera),
        conditions=tuple(ConditionShares(n, _shares(frames, boxes, c)) for n, c in sorted(frames.conditions.items())),
        annotators=_annotators(labelled if told.answers is None else told.answers),
        told=told,
    )


def _class(version: Version, label: str) -> Share:
    frames = version.labels.frame[version.labels.label == label]
    return Share(label, len(set(frames)), len(frames))


def _shares(frames: Frames, boxes: Integers, column: Strings) -> tuple[Share, ...]:
    names, code = np.unique(column.astype(str), return_inverse=True)
    order = np.argsort(code, kind="stable")
    ends = np.cumsum(np.bincount(code, minlength=len(names)))
    return tuple(
        _share(str(name), frames, boxes, rows) for name, rows in zip(names, np.split(order, ends)[:-1], strict=True)
    )


def _share(name: str, frames: Frames, boxes: Integers, rows: Integers) -> Share:
    times = frames.captured_at[rows]
    known = times[~np.isnat(times)]
    first, last = (_moment(known.min()), _moment(known.max())) if len(known) else ("", "")
    return Share(name, len(rows), int(boxes[rows].sum()), first, last)


def _moment(time: np.datetime64) -> str:
    return str(np.datetime_as_string(time, unit="s"))


def _rights(frames: Frames) -> tuple[Right, ...]:
    kept = ["" if text == "NaT" else text for text in _days(frames.retain_until)]
    found = Counter(zip(frames.source, frames.licence, frames.consent, kept, strict=True))
    return tuple(Right(*right, number) for right, number in sorted(found.items()))


def _days(days: NDArray[np.datetime64]) -> Iterable[str]:
    return (str(day) for day in np.datetime_as_string(days, unit="D"))


def _annotators(answers: Assignments) -> tuple[Annotator, ...]:
    """Every frame counts once for each annotator and guideline."""
    pairs = list(zip(answers.annotator, answers.guideline, strict=True))
    found = Counter(pairs)
    verified = Counter(pair for pair, is_verified in zip(pairs, answers.verified, strict=True) if is_verified)
    return tuple(Annotator(*pair, number, verified[pair]) for pair, number in sorted(found.items()))
