"""``detection review close``: what a person said of frames of the field comes home as labels, or not at all.

Reads  a session's folder, specs/spec.yaml, params.yaml
Writes a delivery, its source in params.yaml, and in the session: labels, ledger and closed.json
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from detection.errors import DetectionError, GateRefusalError, LabelsError
from detection.outside.documents import read_document
from detection.outside.fiftyone import holding, launching
from detection.outside.review import bringing, sessions
from detection.outside.review.bringing import Destination
from detection.outside.review.sessions import Closed
from detection.rules.field.review import control, home, labels
from detection.rules.field.review.control import Control
from detection.rules.field.review.home import Home
from detection.rules.field.review.session import Answers, Known, Session, Truth
from detection.rules.spec.review import Review
from detection.rules.spec.spec import Spec

SPEC, PARAMS = Path("specs/spec.yaml"), Path("params.yaml")
EPILOG = "Exit status 2 if the blind frames say that the answers cannot be believed."


class ClosingError(DetectionError):
    """The session cannot be closed like this: do what the message names."""


def run(
    session: Annotated[Path, typer.Argument(help="Folder of the session.")],
    annotator: Annotated[str, typer.Option(metavar="ID", help="Who reviewed; as it was opened.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder below which the delivery is written.")] = Path(
        "reviewed"
    ),
    against: Annotated[
        list[Path] | None, typer.Option(metavar="SESSION", help="Another reviewer's, for the blind frames.")
    ] = None,
    origin: Annotated[
        str | None, typer.Option(metavar="ID", help="Source of the spec; not needed if it has one.")
    ] = None,
    partial: Annotated[bool, typer.Option("--partial", help="Leave frames without a decision in the queue.")] = False,
    environment: Annotated[Path, typer.Option(metavar="DIR", help="With FiftyOne.")] = launching.ENVIRONMENT,
) -> None:
    """Bring a session's labels home: prove them, check the blind frames, write a delivery and its source."""
    made, spec = sessions.read(session), read_document(Spec, SPEC)
    with holding.held(session):
        _refuse_twice(session, made, annotator)
        answers = _answers(session, made, environment)
        brought = home.bring(made, answers, partial)
        known = [*sessions.references(session), *_others(made, against or [])]
        agreed = control.compare(brought.brought, known, spec.review.agreement_iou)
        if told := control.refusal(agreed, spec.review):
            raise GateRefusalError(f"{session}: {told}; nothing was brought home, and nothing is lost")
        if not labels.delivered(made, brought):
            raise ClosingError(f"{session}: no frame of the queue has an answer; there is nothing to bring home")
        to = _destination(spec, made, out, origin)
        bringing.bring(session, made, brought, to)
        closed = bringing.finish(session, made, brought, agreed, to, datetime.now(UTC))
    _tell(closed, brought, agreed, spec.review)


def _refuse_twice(folder: Path, session: Session, annotator: str) -> None:
    if session.annotator != annotator:
        raise ClosingError(
            f"{folder}: was opened for {session.annotator!r}, not for {annotator!r}; answers of two people cannot be "
            "told apart: each reviews in a session of their own"
        )
    if closed := sessions.closed(folder):
        raise ClosingError(
            f"{folder}: was closed on {closed.closed_at:%Y-%m-%d %H:%M} UTC; its labels are in {closed.delivery}. "
            "To correct them, open the queue again in another session"
        )


def _answers(folder: Path, session: Session, environment: Path) -> Answers:
    """What was said; read from the database where the tool was not left in order."""
    answers = sessions.answers(folder)
    if (answers is None or not answers.complete) and sessions.has_database(folder):
        launching.collect(environment, folder)
        answers = sessions.answers(folder)
    if answers is None:
        raise ClosingError(f"{folder}: nobody has answered yet; review it first: detection review open")
    return answers


def _others(session: Session, folders: list[Path]) -> list[Known]:
    """What other reviewers said blind of the same queue.

    Raises:
        ClosingError: it is the same reviewer's, or another queue's.
    """
    known = []
    for folder in folders:
        other, answers = sessions.read(folder), sessions.answers(folder)
        if other.queue != session.queue or other.annotator == session.annotator:
            raise ClosingError(
                f"{folder}: is {other.annotator}'s session of {other.queue}; "
                f"expected another reviewer's of {session.queue}"
            )
        if answers is None:
            raise ClosingError(f"{folder}: {other.annotator} has not answered yet; close against it later")
        known += [_known(one) for one in home.bring(other, answers, partial=True).brought if one.item.blind]
    mine = {item.frame for item in session.items if item.frame not in session.mixed_in}
    return [one for one in known if one.frame in mine]


def _known(one: home.Brought) -> Known:
    corners = one.corners.astype(float).tolist()
    return Known(one.item.frame, tuple(Truth(name, *place) for name, place in zip(one.labels, corners, strict=True)))


def _destination(spec: Spec, session: Session, out: Path, origin: str | None) -> Destination:
    sources = {source.id: source for source in spec.sources}
    name = origin if origin is not None else next(iter(sources)) if len(sources) == 1 else ""
    if name not in sources:
        raise ClosingError(f"--origin {name!r}; expected one of the spec's sources: {', '.join(sources)}")
    if unknown := sorted(set(session.classes) - {one.id for one in spec.classes}):
        raise LabelsError(f"class {', '.join(unknown)} of the session is not in {SPEC}; add it there, or queue anew")
    folder = out / bringing.source_id(session)
    return Destination(folder, PARAMS, sources[name], tuple(condition.id for condition in spec.conditions))


def _tell(closed: Closed, brought: Home, agreed: Control, review: Review) -> None:
    print(f"{closed.delivery}: {closed.delivered} frames, {closed.boxes} boxes by {closed.annotator}; "
          f"{closed.unsure} not sure, {closed.left} left in the queue")  # fmt: skip
    print(control.told(agreed, review))
    share = brought.unchanged_share()
    if share is not None:
        told = f"proposals accepted unchanged: {share:.1%} (warning above {review.unchanged_share_warning:.0%}); "
        print(f"{told}{closed.changed} changed, {closed.removed} removed, {closed.added} added")
        if share > review.unchanged_share_warning:
            print(
                "warning: reviewers may be following the model; compare with the blind frames, and queue more of them"
            )
    print(f"source {closed.source} stands in {PARAMS}; to keep the delivery and learn from it:\n"
          f"  dvc add {closed.delivery} && dvc repro")  # fmt: skip
