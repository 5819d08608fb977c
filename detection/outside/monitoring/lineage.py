"""From an incident to the labels that came of it, as far as the records say: decision, queue, session, data version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from detection.outside.decisions import Ledger
from detection.outside.queues.folder import read_queue
from detection.outside.review import sessions
from detection.outside.review.sessions import Closed
from detection.rules.evidence.field.incidents import Step, Trace
from detection.rules.field.queue.items import Queue
from detection.rules.field.retrain.records import Record
from detection.rules.field.review.session import Session


@dataclass(frozen=True, slots=True)
class Places:
    """Where the records lie; what is not named is not looked for.

    Attributes:
        decisions: folder of ``detection monitor decide``.
        queues: folders that ``detection review queue`` made.
        sessions: folders that ``detection review open`` made.
    """

    decisions: Path | None = None
    queues: tuple[Path, ...] = ()
    sessions: tuple[Path, ...] = ()


def traces(places: Places, incidents: Iterable[str]) -> tuple[Trace, ...]:
    """What came of each incident; the newest where several did.

    Args:
        places: of the records.
        incidents: their ids.

    Raises:
        FaultsError: a folder's records are damaged.
        DocumentError: likewise.
    """
    decided = Ledger(places.decisions).records() if places.decisions is not None else ()
    queues = [read_queue(folder) for folder in places.queues]
    opened = [(sessions.read(folder), sessions.closed(folder)) for folder in places.sessions]
    return tuple(_trace(incident, decided, queues, opened) for incident in incidents)


def _trace(
    incident: str,
    decided: Sequence[Record],
    queues: Sequence[Queue],
    opened: Sequence[tuple[Session, Closed | None]],
) -> Trace:
    own = [one for one in decided if incident in one.decision.incidents]
    ids = {one.id for one in own}
    asked = sorted((q for q in queues if incident in q.incidents or q.decision in ids), key=lambda q: q.made_at)
    names = {queue.id for queue in asked}
    reviewed = sorted((pair for pair in opened if pair[0].queue in names), key=lambda pair: pair[0].opened_at)
    closed = [one for _, one in reviewed if one is not None]
    return Trace(
        incident,
        Step(own[-1].id, own[-1].decision.action.value) if own else Step(),
        Step(asked[-1].id, f"{len(asked[-1].items)} frames") if asked else Step(),
        _session(*reviewed[-1]) if reviewed else Step(),
        Step(closed[-1].source, f"{closed[-1].delivered} frames, {closed[-1].boxes} boxes") if closed else Step(),
    )


def _session(session: Session, closed: Closed | None) -> Step:
    return Step(session.id, f"{session.annotator}, {'closed' if closed is not None else 'open'}")
