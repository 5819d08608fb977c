"""A decision is the same again from what is stored, and nothing of it can change unseen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from pydantic import TypeAdapter

from detection.rules.field.accuracy.outcomes import Diagnosis, Drift
from detection.rules.field.retrain.evidence import Past
from detection.rules.field.retrain.gathering import Seen, gathered
from detection.rules.field.retrain.records import Inputs, Record, digest_of, replayed, sealed
from detection.rules.field.watching.findings import Incident
from detection.rules.field.watching.readings import Baseline, Severity
from tests.examples_decisions import NOW, POLICY, QUIET, covered, drift, live


def incident(camera: str, closed_s: int | None = None) -> Incident:
    opened = int(NOW.timestamp()) - 3600
    return Incident(f"of-{camera}", "a" * 64, camera, opened, opened, closed_s, Severity.ALARM, (), Baseline.OWN)


def test_the_key_names_evidence_and_policy_and_not_what_was_decided_before() -> None:
    """Otherwise the first decision would itself make the same evidence look new."""
    one = Inputs(QUIET, POLICY, ())
    assert one.key == Inputs(QUIET, POLICY, (Past("decision-x", NOW),)).key
    assert one.key != Inputs(replace(QUIET, labels_at_hand=1), POLICY, ()).key
    assert one.key != Inputs(QUIET, replace(POLICY, cooldown_days=1), ()).key


def test_the_order_of_findings_does_not_change_the_evidence() -> None:
    many = [incident("cam-02"), incident("cam-01")]
    first = gathered(NOW, live(), Seen(many, degraded=[covered("b"), covered("a")]))
    again = gathered(
        NOW.astimezone(timezone(timedelta(hours=2))), live(), Seen(many[::-1], degraded=[covered("a"), covered("b")])
    )
    assert digest_of(first) == digest_of(again)


def test_closed_incidents_are_no_evidence() -> None:
    assert gathered(NOW, live(), Seen([incident("cam-01", int(NOW.timestamp()))])).drifts == ()


def test_what_labels_say_of_a_camera_goes_with_its_drift() -> None:
    nan = float("nan")
    said = [Diagnosis("cam-01", Drift.DATA, nan, nan, nan, nan, 50), Diagnosis("", Drift.CONCEPT, 0, 0, 0, 0, 9)]
    found = gathered(NOW, live(), Seen([incident("cam-01"), incident("cam-02")], said))
    assert [one.labels for one in found.drifts] == ["hold", "not-enough"]


def test_a_record_read_back_is_the_same_and_replays_to_the_same_decision() -> None:
    inputs = Inputs(replace(QUIET, drifts=(drift(),)), POLICY, ())
    bare = Record("decision", inputs.key, 1, datetime(2026, 9, 2, tzinfo=UTC), inputs, replayed_of(inputs), "", "")
    record = sealed(bare)
    again = TypeAdapter(Record).validate_json(TypeAdapter(Record).dump_json(record))
    assert again == record
    assert again.inputs.key == record.id
    assert replayed(again) == record.decision


def replayed_of(inputs: Inputs):  # type: ignore[no-untyped-def]
    from detection.rules.field.retrain.deciding import decide

    return decide(inputs.evidence, inputs.policy, inputs.past)
