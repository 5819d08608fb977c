"""What stands in a session's folder: who reviews which frames, what was said of them, what an expert had said."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, get_args

from pydantic import ConfigDict

from detection.rules.field.queue.items import Item, Prediction

FORMAT = 1
"""Of the documents of a session."""

Decision = Literal["accept", "fix", "reject", "unsure"]
"""What a reviewer says of a frame.

``accept``: the boxes shown are right, all of them and no more. ``fix``: they are right now, after editing. ``reject``:
none of the proposals is an object; nothing of interest is in the frame. ``unsure``: somebody else must look.
"""

DECISIONS: tuple[str, ...] = get_args(Decision)

_STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Session:
    """``session.json``: one annotator's way through one queue.

    Attributes:
        format: :data:`FORMAT`.
        id: ``session-`` and 16 hex digits: digest of queue and annotator.
        queue: id of the queue.
        annotator: who reviews; every answer is theirs.
        opened_at: UTC.
        guideline_version: of the labelling guideline that is followed.
        classes: class ids to answer with.
        items: what is shown, in the order of looking; the expert's frames among them.
        mixed_in: frames that are not of the queue: an expert has answered for them.
    """

    format: int
    id: str
    queue: str
    annotator: str
    opened_at: datetime
    guideline_version: str
    classes: tuple[str, ...]
    items: tuple[Item, ...]
    mixed_in: tuple[str, ...]

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class Box:
    """A box of an answer.

    Attributes:
        label: class id, as it was typed.
        place: left, top, width and height in shares of the frame; as the tool holds them, so that it may be anything.
        proposal: which of the item's predictions it was made from; None for a box that the reviewer drew.
    """

    label: str
    place: tuple[float, ...]
    proposal: int | None

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reviewer said of one frame.

    Attributes:
        frame: its id.
        decision: one of :data:`DECISIONS`; ``""`` for none yet.
        decided_at: UTC; None if there is no decision.
        boxes: as they stand now.
    """

    frame: str
    decision: str
    decided_at: datetime | None
    boxes: tuple[Box, ...]

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class Answers:
    """``answers.json``.

    Attributes:
        format: :data:`FORMAT`.
        session: its id.
        complete: the tool was left in order; else this is its last safety copy.
        answers: of the frames that the tool still holds.
    """

    format: int
    session: str
    complete: bool
    answers: tuple[Answer, ...]

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class Truth:
    """One object in a frame, by an expert; corners are pixels of the frame."""

    label: str
    x1: float
    y1: float
    x2: float
    y2: float

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class Known:
    """What somebody whom we believe said of one frame."""

    frame: str
    truths: tuple[Truth, ...]

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class References:
    """``reference.json``: by frame."""

    format: int
    known: tuple[Known, ...]

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


def session_id(queue: str, annotator: str) -> str:
    """A session's name: the same queue and annotator have one session."""
    return f"session-{hashlib.sha256(f'{queue}/{annotator}'.encode()).hexdigest()[:16]}"


def proposed(item: Item) -> tuple[int, ...]:
    """Which predictions a reviewer finds drawn: those the device told; none of a blind frame."""
    return () if item.blind else tuple(place for place, one in enumerate(item.predictions) if one.told)


def doubted(item: Item) -> tuple[int, ...]:
    """Which predictions are shown beside them, not to be edited: below the threshold; none of a blind frame."""
    return () if item.blind else tuple(place for place, one in enumerate(item.predictions) if not one.told)


def shares(one: Prediction, item: Item) -> tuple[float, ...]:
    """Left, top, width and height of a prediction in shares of its frame."""
    width, height = one.x2 - one.x1, one.y2 - one.y1
    return one.x1 / item.width, one.y1 / item.height, width / item.width, height / item.height
