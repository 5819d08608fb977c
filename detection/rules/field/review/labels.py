"""What was brought home as the tables that travel between stages, and the ledger of who decided what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

import numpy as np

from detection.rules.field.review.home import Brought, Home
from detection.rules.field.review.session import Session, proposed
from detection.rules.labels.intake.arrivals import VERIFIED, Answer, Common, Context, Stored, Tables, answer, tables
from detection.rules.spec.labels import Source


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: what became of one frame.

    Attributes:
        frame: its id.
        camera: who took it; ``""`` for an expert's frame.
        reason: why it was looked at.
        annotator: who decided.
        decision: what they said; ``""`` for none.
        decided_at: UTC, ISO 8601; ``""`` for none.
        kept: proposals left as they were.
        changed: proposals given other corners or another class.
        added: boxes that the annotator drew.
        removed: proposals taken away.
        delivered: its labels came home; an expert's frame is at home already.
    """

    frame: str
    camera: str
    reason: str
    annotator: str
    decision: str
    decided_at: str
    kept: int
    changed: int
    added: int
    removed: int
    delivered: bool


def labelled(session: Session, home: Home, source: Source, conditions: Sequence[str]) -> Tables:
    """The frames of the queue that have an answer, ordered by id; their images are not in a shard yet.

    Args:
        session: who answered, by which guideline.
        home: what came home.
        source: of the spec; under which right the frames are used.
        conditions: of the spec; unknown of frames of the field.
    """
    rows = [_stored(session, one) for one in delivered(session, home)]
    return tables(rows, Common(source, tuple(conditions), session.guideline_version))


def shown(session: Session) -> Tables:
    """All frames with the proposals that the annotator finds, as another tool is given them: named by their ids."""
    rows = []
    for item in session.items:
        chosen = [item.predictions[place] for place in proposed(item)]
        corners = np.array([(one.x1, one.y1, one.x2, one.y2) for one in chosen], np.float32).reshape(-1, 4)
        said = answer(session.annotator, [one.label for one in chosen], corners, guideline=session.guideline_version)
        nowhere = Context("", "", "", None, {})
        rows.append(
            Stored(item.frame, PurePosixPath(item.file).name, "", 0, 0, item.width, item.height, nowhere, (said,))
        )
    nobody = Source(id="review", licence="", consent="", retain_until=None)
    return tables(rows, Common(nobody, (), session.guideline_version))


def delivered(session: Session, home: Home) -> list[Brought]:
    """What is new: without the expert's frames."""
    return [one for one in home.brought if one.item.frame not in session.mixed_in]


def ledger(session: Session, home: Home) -> list[Entry]:
    """A line for every frame that was decided, in the session's order."""
    brought = {one.item.frame: one for one in home.brought}
    unsure = {item.frame for item in home.unsure}
    return [
        _entry(session, item.frame, brought.get(item.frame))
        for item in session.items
        if item.frame in brought or item.frame in unsure
    ]


def _entry(session: Session, frame: str, one: Brought | None) -> Entry:
    item = next(item for item in session.items if item.frame == frame)
    mixed = frame in session.mixed_in
    camera = "" if mixed else item.camera
    if one is None:
        return Entry(frame, camera, item.reason, session.annotator, "unsure", "", 0, 0, 0, 0, delivered=False)
    moment = one.answer.decided_at
    when = "" if moment is None else _utc(moment).isoformat()
    kept, changed, added = (one.origins.count(origin) for origin in ("kept", "changed", "added"))
    who, decision = session.annotator, one.answer.decision
    return Entry(frame, camera, item.reason, who, decision, when, kept, changed, added, one.removed, not mixed)


def _stored(session: Session, one: Brought) -> Stored:
    item = one.item
    context = Context("", item.camera, "", _utc(item.captured_at), {})
    return Stored(item.frame, item.name, "", 0, 0, item.width, item.height, context, (_answer(session, one),))


def _answer(session: Session, one: Brought) -> Answer:
    said = answer(session.annotator, one.labels, one.corners, guideline=session.guideline_version)
    expert = session.annotator == VERIFIED
    return Answer(
        said.annotator, said.guideline, expert, said.labels, said.corners, said.occluded, said.truncated, said.crowd
    )


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
