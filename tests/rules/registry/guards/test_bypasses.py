"""Every way around the rules is refused with its own reason and no other; a reason without a row fails."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from detection.rules.registry import guards
from detection.rules.registry.plans import Plan, Refused
from detection.rules.registry.refusals import Why
from detection.rules.registry.slots import Stage
from tests.examples_bypasses import BACK, BY_ITSELF, DEPRECATE, PROMOTE, RETIRE, ROWS, WITHDRAW, Row, having
from tests.examples_registry import PROMOTING, SLOT, TODAY, World, approved, ordered


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row.why}: {row.name}") for row in ROWS])
def test_a_way_around_the_rules_is_refused_with_its_own_reason_alone(row: Row) -> None:
    found = row.world.judged()
    assert isinstance(found, Refused)
    assert [one.why for one in found.refusals] == [row.why], found
    assert row.told in found.refusals[0].words, found


@pytest.mark.parametrize(
    "world",
    [
        pytest.param(PROMOTE, id="promote"),
        pytest.param(BACK, id="rollback"),
        pytest.param(BY_ITSELF, id="rollback by itself"),
        pytest.param(WITHDRAW, id="withdraw"),
        pytest.param(DEPRECATE, id="deprecate"),
        pytest.param(RETIRE, id="retire"),
    ],
)
def test_what_every_row_breaks_is_carried_out_when_nothing_is_broken(world: World) -> None:
    """Otherwise a row could be refused for what it did not break."""
    assert isinstance(world.judged(), Plan), world.codes()


def test_every_reason_has_a_way_that_provokes_it() -> None:
    assert {row.why for row in ROWS} == set(get_args(Why))


def test_every_reason_has_words_of_its_own() -> None:
    """People read the words, not the codes: two codes may not say the same."""
    said: dict[str, set[str]] = {}
    for row in ROWS:
        found = row.world.judged()
        assert isinstance(found, Refused)
        said.setdefault(found.refusals[0].words, set()).add(row.why)
    assert all(len(codes) == 1 for codes in said.values()), said


def test_all_reasons_are_given_together() -> None:
    """Whoever mends one thing after another asks for the same approval three times."""
    world = having(parity=False, targets=("jetson",)).but(approvals=(), compared=(), pin=None)
    found = world.codes()
    assert found == ["parity-missing", "not-compared", "approval-missing", "deployment-missing"]


def test_the_guards_are_those_of_the_environment() -> None:
    """What may be tried out on a bench needs a green verdict; what meets parcels needs everything."""
    bare = having(parity=False).but(approvals=(), compared=(), pin=None)
    dev = replace(SLOT, environment="dev")
    world = replace(bare, order=ordered(slot=dev)).but(slot=dev)
    assert world.situation.stage is Stage.STAGING
    assert world.codes() == []


def test_going_back_needs_neither_approvals_nor_a_pin_nor_the_slot_file() -> None:
    world = BACK.but(plan=None, pin=None, plan_digest="", compared=(), spec_digest="e" * 64)
    assert world.codes() == []


APPROVALS = [
    row
    for row in ROWS
    if row.world == PROMOTE.but(approvals=row.world.situation.approvals) and len(row.world.situation.approvals) == 1
]
"""Those of which the approval alone is broken."""


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row.why}: {row.name}") for row in APPROVALS])
def test_a_broken_approval_is_refused_at_the_door_with_the_same_reason(row: Row) -> None:
    """Not only when somebody wants to use it: whoever signs learns at once that it would not count."""
    signed = row.world.situation.approvals[0]
    found = guards.approval_refusals(signed, replace(row.world.situation, approvals=()), row.world.now)
    assert row.why in {one.why for one in found}, found


def test_an_approval_that_counts_is_kept() -> None:
    assert guards.approval_refusals(approved(), replace(PROMOTING, approvals=()), TODAY) == ()
