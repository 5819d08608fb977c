"""One hop from an incident to the labels that came of it, through records that others wrote."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from detection.outside.decisions import Ledger
from detection.outside.documents import write_value
from detection.outside.monitoring.lineage import Places, traces
from detection.outside.queues.folder import identified
from detection.outside.review import sessions
from detection.outside.review.sessions import Closed
from tests import examples_decisions as decided
from tests import examples_review as review

INCIDENT = "incident-cam-01"


def places(folder: Path, closed: bool) -> Places:
    """A decision on the incident, a queue that it asked for, a session of that queue."""
    evidence = replace(decided.QUIET, drifts=(decided.drift(),))
    record = Ledger(folder / "decisions").decide(evidence, decided.POLICY, decided.NOW)
    queue = identified(replace(review.queue(4), decision=record.id))
    session = review.session(queue)
    review.written(folder / "queue", queue)
    review.opened(folder / "session", session)
    if closed:
        done = Closed(
            session.id, queue.id, "reviewer-1", review.NOW, 4, 0, 0, 4, 8, 8, 0, 0, 0, 1.0, 0, None, "deliveries/r",
            "review-1",
        )  # fmt: skip
        write_value(folder / "session" / sessions.CLOSED, done)
    return Places(folder / "decisions", (folder / "queue",), (folder / "session",))


def test_an_incident_leads_to_the_version_that_its_labels_made(tmp_path: Path) -> None:
    [trace] = traces(places(tmp_path, closed=True), [INCIDENT])
    assert trace.decision.said == "propose-retraining"
    assert trace.queue.said == "4 frames"
    assert trace.session.said == "reviewer-1, closed"
    assert (trace.version.id, trace.version.said) == ("review-1", "4 frames, 8 boxes")


def test_a_review_that_goes_on_has_made_no_version(tmp_path: Path) -> None:
    [trace] = traces(places(tmp_path, closed=False), [INCIDENT])
    assert trace.session.said == "reviewer-1, open"
    assert not trace.version.id


def test_an_incident_that_nobody_decided_on_leads_nowhere(tmp_path: Path) -> None:
    [trace] = traces(places(tmp_path, closed=True), ["another"])
    assert not any(step.id for step in (trace.decision, trace.queue, trace.session, trace.version))


def test_a_queue_that_names_the_incident_needs_no_decision(tmp_path: Path) -> None:
    queue = identified(replace(review.queue(3), incidents=("i-1",)))
    review.written(tmp_path / "queue", queue)
    [trace] = traces(Places(queues=(tmp_path / "queue",)), ["i-1"])
    assert (trace.decision.id, trace.queue.id) == ("", queue.id)


def test_no_record_is_no_fault() -> None:
    assert [trace.incident for trace in traces(Places(), ["a", "b"])] == ["a", "b"]
