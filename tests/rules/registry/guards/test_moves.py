"""What an order that is carried out changes, and in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from detection.rules.registry.plans import Plan
from detection.rules.registry.slots import Slot, Stage
from tests.examples_bypasses import BACK, BY_ITSELF, PROMOTE, WITHDRAW
from tests.examples_registry import GOVERNANCE, NONCE, NOW, PLAN, World, digest_of, ordered, period

ONE, TWO = digest_of(1), digest_of(2)


def plan_of(world: World) -> Plan:
    found = world.judged()
    assert isinstance(found, Plan), world.codes()
    return found


def steps(plan: Plan) -> list[tuple[str, Stage, Stage]]:
    return [(change.version_digest, change.before, change.after) for change in plan.changes]


def test_a_promotion_archives_what_was_live_before_it_takes_its_place() -> None:
    plan = plan_of(PROMOTE)
    assert steps(plan) == [
        (ONE, Stage.PRODUCTION, Stage.ARCHIVED),
        (TWO, Stage.STAGING, Stage.PRODUCTION),
    ]
    assert plan.live_changes
    assert plan.live_after == TWO
    assert plan.uses_nonces == (NONCE,)


def test_a_promotion_from_development_passes_through_staging() -> None:
    """Both steps stand in the log, for whoever reads it later asks when it was staged."""
    assert steps(plan_of(PROMOTE.but(stage=Stage.DEVELOPMENT))) == [
        (TWO, Stage.DEVELOPMENT, Stage.STAGING),
        (ONE, Stage.PRODUCTION, Stage.ARCHIVED),
        (TWO, Stage.STAGING, Stage.PRODUCTION),
    ]


def test_on_that_way_the_guards_of_both_steps_must_hold() -> None:
    """On a bench no parity is asked for, in Staging it is: the bench is no way around it."""
    bench = Slot(PLAN.model, "line-1", "dev")
    world = replace(PROMOTE, order=ordered(slot=bench)).but(slot=bench)
    assert world.situation.candidate is not None
    candidate = replace(world.situation.candidate, content=replace(world.situation.candidate.content, parity=False))
    assert world.but(candidate=candidate).codes() == []
    assert world.but(candidate=candidate, stage=Stage.DEVELOPMENT).codes() == ["parity-missing"]


def test_a_step_to_staging_needs_no_approval_and_changes_nothing_that_is_live() -> None:
    world = World(ordered(to=Stage.STAGING)).but(stage=Stage.DEVELOPMENT, approvals=(), compared=(), pin=None)
    plan = plan_of(world)
    assert steps(plan) == [(TWO, Stage.DEVELOPMENT, Stage.STAGING)]
    assert not plan.live_changes
    assert plan.uses_nonces == ()


def test_the_first_version_needs_no_comparison_and_cannot_go_back_by_itself() -> None:
    plan = plan_of(PROMOTE.but(live=None, history=(), compared=()))
    assert steps(plan) == [(TWO, Stage.STAGING, Stage.PRODUCTION)]
    assert not plan.rollback_authorised


@pytest.mark.parametrize(("triggers", "authorised"), [(PLAN.rollback.triggers, True), ([], False)])
def test_going_back_by_itself_is_authorised_by_the_slot_file(triggers: list[object], authorised: bool) -> None:
    rollback = PLAN.rollback.model_copy(update={"triggers": triggers})
    plan = plan_of(PROMOTE.but(plan=PLAN.model_copy(update={"rollback": rollback})))
    assert plan.rollback_authorised is authorised


@pytest.mark.parametrize("world", [pytest.param(BACK, id="a person"), pytest.param(BY_ITSELF, id="by itself")])
def test_going_back_archives_what_was_live_and_is_not_undone_by_itself(world: World) -> None:
    plan = plan_of(world)
    assert steps(plan) == [
        (TWO, Stage.PRODUCTION, Stage.ARCHIVED),
        (ONE, Stage.ARCHIVED, Stage.PRODUCTION),
    ]
    assert plan.live_after == ONE
    assert not plan.rollback_authorised


def test_after_a_withdrawal_nothing_is_live() -> None:
    plan = plan_of(WITHDRAW)
    assert steps(plan) == [(ONE, Stage.PRODUCTION, Stage.ARCHIVED)]
    assert plan.live_changes
    assert plan.live_after == ""


def test_what_was_withdrawn_can_come_back() -> None:
    plan = plan_of(BACK.but(live=None))
    assert steps(plan) == [(ONE, Stage.ARCHIVED, Stage.PRODUCTION)]


def test_an_order_counts_for_as_long_as_the_specification_says() -> None:
    """The number is the spec's; clocks may lie apart by their tolerance on top of it."""
    records = GOVERNANCE.records.model_copy(update={"order_valid_s": 30.0, "clock_tolerance_s": 5.0})
    governance = GOVERNANCE.model_copy(update={"records": records})
    for age_s, codes in ((35, []), (36, ["expired"])):
        late = World(ordered(ordered_at=NOW - timedelta(seconds=age_s))).but(governance=governance)
        assert late.codes() == codes


def test_a_version_of_long_ago_can_be_gone_back_to() -> None:
    """A slot's newest periods are looked at; what is archived was live before those."""
    recent = tuple(period(epoch, 2, since=NOW - timedelta(days=70 - epoch)) for epoch in range(60, 10, -1))
    assert BACK.but(epoch=60, history=recent, order=ordered("rollback", epoch=60)).codes() == []
