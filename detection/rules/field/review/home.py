"""Answers of a session on their way home: proven frame by frame and box by box, then labels like everybody's.

A box that nobody touched keeps its prediction's corners to the last bit. All faults of a session are named together,
and nothing of it comes home while there is one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from detection.edge.boxes import Boxes
from detection.errors import LabelsError
from detection.rules.field.queue.items import Item
from detection.rules.field.review.session import DECISIONS, Answer, Answers, Box, Session, proposed, shares

BEYOND_PX = 0.5
"""A box may reach so far beyond the frame's border before it is refused; it is cut off there."""
SMALLEST_PX = 1.0
"""A box that is narrower or lower is a slip of the hand."""
SHOWN_FAULTS = 20

Origin = Literal["kept", "changed", "added"]
"""Where a box comes from: a proposal as it was, a proposal with other corners or class, the reviewer's own."""


@dataclass(frozen=True, slots=True, eq=False)
class Brought:
    """One frame with what its reviewer said.

    Attributes:
        item: the frame.
        answer: as it was given.
        labels: ``n`` class ids; ``n`` may be 0: nothing is there.
        corners: ``(n, 4)`` in pixels of the frame.
        origins: ``n``.
        removed: proposals that the reviewer took away.
    """

    item: Item
    answer: Answer
    labels: tuple[str, ...]
    corners: Boxes
    origins: tuple[Origin, ...]
    removed: int


@dataclass(frozen=True, slots=True, eq=False)
class Home:
    """What comes home of a session.

    Attributes:
        brought: frames with an answer, in the session's order; the expert's frames among them.
        unsure: frames that somebody else must look at.
        left: frames without a decision.
    """

    brought: tuple[Brought, ...]
    unsure: tuple[Item, ...]
    left: tuple[Item, ...]

    def unchanged_share(self) -> float | None:
        """Part of the proposals that were accepted as they were; None if nothing was proposed."""
        offered = [one for one in self.brought if not one.item.blind]
        proposals = sum(len(proposed(one.item)) for one in offered)
        return sum(one.origins.count("kept") for one in offered) / proposals if proposals else None


def bring(session: Session, answers: Answers, partial: bool) -> Home:
    """What comes home.

    Args:
        session: which frames were shown, and what was proposed.
        answers: what was said.
        partial: frames without a decision are left in the queue; else they are a fault.

    Raises:
        LabelsError: with all faults.
    """
    said = _by_frame(session, answers)
    faults, brought, unsure, left = list(_strange(session, answers)), [], [], []
    for item in session.items:
        answer = said.get(item.frame)
        if answer is None or not answer.decision:
            left.append(item)
            faults += [] if partial else [_undecided(item, answer)]
        elif answer.decision == "unsure":
            unsure.append(item)
        elif wrong := list(_wrong(item, answer, session.classes)):
            faults += wrong
        else:
            brought.append(_brought(item, answer))
    if faults:
        more = [f"... and {len(faults) - SHOWN_FAULTS} more"] if len(faults) > SHOWN_FAULTS else []
        told = "nothing was brought home and nothing is lost: mend them in the App, then close again"
        raise LabelsError(f"{session.id}: {len(faults)} fault(s); {told}", [*faults[:SHOWN_FAULTS], *more])
    return Home(tuple(brought), tuple(unsure), tuple(left))


def touched(item: Item, answer: Answer) -> bool:
    """Whether the boxes are others than were proposed."""
    kept = [place for box in answer.boxes if (place := _untouched(item, box)) is not None]
    return sorted(kept) != sorted(proposed(item)) or len(kept) != len(answer.boxes)


def _by_frame(session: Session, answers: Answers) -> Mapping[str, Answer]:
    if answers.session != session.id:
        raise LabelsError(f"the answers are of {answers.session}, not of {session.id}; name the folder they belong to")
    return {answer.frame: answer for answer in answers.answers}


def _strange(session: Session, answers: Answers) -> Iterator[str]:
    """Frames that were never shown, and frames that are answered twice."""
    known = {item.frame for item in session.items}
    counts = Counter(answer.frame for answer in answers.answers)
    for frame, count in sorted(counts.items()):
        if frame not in known:
            yield f"frame {frame[:12]}: is not of this session; remove it from the data set in the App"
        elif count > 1:
            yield f"frame {frame[:12]}: stands {count} times in the data set; remove all but one in the App"


def _undecided(item: Item, answer: Answer | None) -> str:
    way = "or leave it in the queue with --partial"
    if answer is None:
        return f"frame {item.frame[:12]}: was deleted from the data set; open the session again to have it back, {way}"
    if touched(item, answer):
        return f"frame {item.frame[:12]}: its boxes were edited and nothing was decided; decide in the App, {way}"
    return f"frame {item.frame[:12]}: nothing was decided; decide in the App, {way}"


def _wrong(item: Item, answer: Answer, classes: Sequence[str]) -> Iterator[str]:
    where = f"frame {item.frame[:12]}"
    if answer.decision not in DECISIONS:
        yield f"{where}: decision {answer.decision!r}; expected one of {', '.join(DECISIONS)}"
    elif answer.decision == "accept" and not item.blind and touched(item, answer):
        yield f"{where}: accepted, and its boxes were edited; decide fix if they are right now"
    elif answer.decision == "reject":
        drawn = sum(box.proposal is None for box in answer.boxes)
        if drawn:
            yield f"{where}: rejected, and {drawn} box(es) were drawn; decide fix, or remove them"
        return
    for number, box in enumerate(answer.boxes, start=1):
        if _untouched(item, box) is None:
            yield from (f"{where}, box {number}: {told}" for told in _wrong_box(item, box, classes))


def _wrong_box(item: Item, box: Box, classes: Sequence[str]) -> Iterator[str]:
    if box.label not in classes:
        yield f"class {box.label!r}; expected one of {', '.join(classes)}: name it in the App, or add it to the spec"
    if len(box.place) != 4 or not all(map(math.isfinite, box.place)):
        yield f"place {list(box.place)}; expected left, top, width and height: draw it again"
        return
    x1, y1, x2, y2 = _corners(item, box)
    if x2 - x1 < SMALLEST_PX or y2 - y1 < SMALLEST_PX:
        yield f"{x2 - x1:.2f} x {y2 - y1:.2f} pixels; expected {SMALLEST_PX:g} and more each way: draw or remove it"
    beyond = max(-x1, -y1, x2 - item.width, y2 - item.height)
    if beyond > BEYOND_PX:
        yield f"reaches {beyond:.1f} pixels beyond the frame of {item.width} x {item.height}; draw it within"


def _brought(item: Item, answer: Answer) -> Brought:
    """The answer in pixels; it holds no fault."""
    if answer.decision == "reject":
        return Brought(item, answer, (), np.zeros((0, 4), np.float32), (), len(proposed(item)))
    labels, origins = list[str](), list[Origin]()
    corners = list[Sequence[float]]()
    free = set(proposed(item))
    for box in answer.boxes:
        place = _untouched(item, box)
        labels.append(box.label)
        if place is not None and place in free:
            one = item.predictions[place]
            corners.append((one.x1, one.y1, one.x2, one.y2))
            origins.append("kept")
        else:
            corners.append(_within(item, _corners(item, box)))
            origins.append("changed" if box.proposal in free else "added")
        free.discard(-1 if box.proposal is None else box.proposal)
    drawn = np.array(corners, np.float32).reshape(-1, 4)
    return Brought(item, answer, tuple(labels), drawn, tuple(origins), len(free))


def _untouched(item: Item, box: Box) -> int | None:
    """The proposal that a box still is, to the last bit."""
    if box.proposal is None or box.proposal not in proposed(item):
        return None
    one = item.predictions[box.proposal]
    return box.proposal if box.label == one.label and box.place == shares(one, item) else None


def _corners(item: Item, box: Box) -> tuple[float, ...]:
    x, y, width, height = box.place
    return x * item.width, y * item.height, (x + width) * item.width, (y + height) * item.height


def _within(item: Item, corners: Sequence[float]) -> tuple[float, ...]:
    limits = (item.width, item.height, item.width, item.height)
    return tuple(min(max(value, 0.0), float(limit)) for value, limit in zip(corners, limits, strict=True))
