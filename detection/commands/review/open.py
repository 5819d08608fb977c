"""``detection review open``: a queue's frames in FiftyOne, for one annotator, on this machine alone.

Reads  a queue's folder; with --verified the tables and shards of data/
Writes the session's folder; the App writes decisions and boxes into its database
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from detection.errors import DetectionError
from detection.outside.documents import read_document
from detection.outside.fiftyone import launching
from detection.outside.queues.folder import read_queue
from detection.outside.review import controls, sessions
from detection.outside.review.controls import Mixed
from detection.rules.field.queue.items import Item, Queue
from detection.rules.field.review.session import FORMAT, Session, session_id
from detection.rules.labels.intake.annotators import slug
from detection.rules.spec.spec import Spec

SPEC = Path("specs/spec.yaml")
EPILOG = "Example: detection review open queue --annotator reviewer-1 --verified data --out sessions/week-47"


class AnnotatorError(DetectionError):
    """The name is none, or the session is another's: say who reviews."""


def run(
    queue: Annotated[Path, typer.Argument(help="Folder of the queue.")],
    annotator: Annotated[str, typer.Option(metavar="ID", help="Who reviews; a role or a pseudonym, no real name.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the session; made, or opened again.")],
    verified: Annotated[Path | None, typer.Option(metavar="DATA", help="Mix in frames an expert answered for.")] = None,
    port: Annotated[int, typer.Option(min=1024, max=65535, help="On 127.0.0.1.")] = 5151,
    environment: Annotated[Path, typer.Option(metavar="DIR", help="With FiftyOne.")] = launching.ENVIRONMENT,
    app: Annotated[bool, typer.Option("--app/--no-app", help="Show it, or make the folder only.")] = True,
) -> None:
    """Show a queue's frames to one annotator in FiftyOne; closing comes later. Ctrl-C stops, opening again goes on."""
    asked = read_queue(queue)
    session = _session(asked, queue, annotator, out, verified)
    blind = sum(item.blind for item in session.items)
    print(f"{out}: {len(session.items)} frames for {session.annotator}, {blind} of them blind; {session.queue}")
    if not app:
        return
    launching.show(environment, out, port)
    answers = sessions.answers(out)
    decided = 0 if answers is None else sum(bool(answer.decision) for answer in answers.answers)
    print(f"{decided} of {len(session.items)} frames decided; close with: detection review close {out} "
          f"--annotator {session.annotator}")  # fmt: skip


def _session(queue: Queue, folder: Path, annotator: str, out: Path, verified: Path | None) -> Session:
    """The session, made anew or found.

    Raises:
        AnnotatorError: no name, or the session is another annotator's or another queue's.
    """
    if slug(annotator) != annotator:
        raise AnnotatorError(
            f"annotator {annotator!r}; expected lower-case letters, digits, - and _: {slug(annotator)!r}?"
        )
    if sessions.is_session(out):
        found = sessions.read(out)
        if (found.queue, found.annotator) != (queue.id, annotator):
            told = f"{out}: is {found.annotator}'s session of {found.queue}; each annotator reviews in a session of"
            raise AnnotatorError(f"{told} their own: name another folder with --out")
        if closed := sessions.closed(out):
            raise AnnotatorError(f"{out}: was closed on {closed.closed_at:%Y-%m-%d %H:%M} UTC; name another folder")
        return found
    if not queue.items:
        raise AnnotatorError(f"{folder}: the queue is empty; there is nothing to review")
    count = read_document(Spec, SPEC).review.control_minimum
    extra = controls.nothing() if verified is None else controls.draw(verified, queue, annotator, count)
    session = Session(
        FORMAT, session_id(queue.id, annotator), queue.id, annotator, datetime.now(UTC), queue.guideline_version,
        queue.classes, controls.mixed(queue, extra.items), tuple(item.frame for item in extra.items),
    )  # fmt: skip
    _make(out, session, extra, folder)
    return session


def _make(out: Path, session: Session, extra: Mixed, queue: Path) -> None:
    mixed_in = set(session.mixed_in)
    with_bar = iter(track(session.items, "copying", console=Console(stderr=True), transient=True))

    def picture(item: Item) -> bytes:
        next(with_bar)
        return extra.picture(item.frame) if item.frame in mixed_in else (queue / item.file).read_bytes()

    sessions.make(out, session, extra.known, picture)
