"""What an approval meets at the door, and how approvals of several people add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from detection.rules.registry import guards
from detection.rules.registry.signatures.approvals import SignedApproval
from detection.rules.registry.slots import Stage
from detection.rules.spec.governance import RiskTier
from detection.rules.spec.people import People
from tests.examples_bypasses import HIGH, PROMOTE, TWO_ROLES, people
from tests.examples_registry import (
    COMPARED,
    GOVERNANCE,
    NOW,
    PEOPLE,
    PROMOTING,
    SIGNERS,
    SLOT,
    World,
    approved,
    content,
    version,
)  # fmt: skip

QUALITY, SAFETY = approved(), approved(person="safety-1", role="safety")
EMPTY = PROMOTE.but(approvals=())


def refused(signed: SignedApproval, world: World = EMPTY) -> list[str]:
    return [one.why for one in guards.approval_refusals(signed, world.situation, world.now)]


def asking(*roles: str) -> World:
    """A slot whose tier asks for these roles."""
    tier = GOVERNANCE.tiers.medium.model_copy(update={"approvals": list(roles)})
    tiers = GOVERNANCE.tiers.model_copy(update={"medium": tier})
    return PROMOTE.but(governance=GOVERNANCE.model_copy(update={"tiers": tiers}))


@pytest.mark.parametrize(
    ("world", "why"),
    [
        pytest.param(EMPTY.but(candidate=None), "unknown-version", id="a version that is not there"),
        pytest.param(EMPTY.but(plan=None), "unknown-slot", id="a slot without a file"),
        pytest.param(EMPTY.but(stage=Stage.PRODUCTION), "wrong-stage", id="what is live already"),
        pytest.param(EMPTY.but(stage=Stage.ARCHIVED), "wrong-stage", id="what was archived"),
        pytest.param(EMPTY.but(candidate=version(2, retired=True)), "retired", id="what is retired"),
        pytest.param(
            EMPTY.but(candidate=version(2, content=content(2, verdict="FAIL"))), "verdict-not-green", id="red"
        ),
        pytest.param(EMPTY.but(compared=()), "not-compared", id="without a comparison"),
        pytest.param(EMPTY.but(compared=(replace(COMPARED, advice="KEEP"),)), "comparison-says-keep", id="no better"),
        pytest.param(
            EMPTY.but(candidate=version(2, content=content(2, targets=("jetson",)))), "wrong-target", id="other device"
        ),
    ],
)
def test_nobody_signs_for_what_could_not_go_live(world: World, why: str) -> None:
    assert refused(QUALITY, world) == [why]


def test_a_role_that_nobody_asks_for_is_refused() -> None:
    assert refused(SAFETY) == ["wrong-role"]


def test_where_no_approvals_are_asked_for_none_is_kept() -> None:
    bench = replace(SLOT, environment="dev")
    world = EMPTY.but(slot=bench, nonces=(replace(PROMOTING.nonces[0], slot=bench),))
    assert refused(approved(slot=bench), world) == ["wrong-role"]


def test_one_person_cannot_fill_two_roles() -> None:
    world = PROMOTE.but(governance=HIGH, people=people(TWO_ROLES))
    assert refused(approved(role="safety"), world) == ["one-person-twice"]
    assert refused(approved(role="safety"), world.but(approvals=())) == []


def test_the_same_role_may_be_signed_anew() -> None:
    """Before the first approval expires."""
    assert refused(approved(signed_at=NOW), PROMOTE) == []


@pytest.mark.parametrize(("spec", "own", "short"), [
    pytest.param("low", "low", [], id="both low"),
    pytest.param("low", "medium", ["approval-missing"], id="the version's own tier asks for more"),
    pytest.param("medium", "low", ["approval-missing"], id="today's spec asks for more"),
    pytest.param("high", "low", ["approval-missing"] * 2, id="two people"),
])  # fmt: skip
def test_the_stricter_risk_tier_counts(spec: RiskTier, own: RiskTier, short: list[str]) -> None:
    governance = GOVERNANCE.model_copy(update={"risk_tier": spec})
    candidate = version(2, content=content(2, risk_tier=own))
    assert EMPTY.but(governance=governance, candidate=candidate).codes() == short


def test_two_roles_take_two_people() -> None:
    assert PROMOTE.but(governance=HIGH, approvals=(QUALITY, SAFETY)).codes() == []


def test_the_same_role_twice_takes_two_people() -> None:
    again = approved(signed_at=NOW - timedelta(hours=1))
    assert asking("quality", "quality").but(approvals=(QUALITY, again)).codes() == ["one-person-twice"]
    assert asking("quality", "quality").but(approvals=(QUALITY, approved(person="quality-2"))).codes() == []


def test_whoever_has_two_roles_fills_the_one_that_is_needed() -> None:
    """The order in which people signed must not matter."""
    both = people(TWO_ROLES)
    world = asking("quality", "safety").but(people=both)
    signed = (approved(role="safety"), approved(person="quality-2"))
    for order in (signed, signed[::-1], (QUALITY, *signed)):
        assert world.but(approvals=order).codes() == []


def test_an_old_approval_beside_a_good_one_does_no_harm() -> None:
    old = approved(signed_at=NOW - timedelta(days=31))
    assert PROMOTE.but(approvals=(old,)).codes() == ["expired"]
    assert PROMOTE.but(approvals=(old, QUALITY)).codes() == []


def test_a_key_that_was_exchanged_speaks_for_its_owner() -> None:
    """Somebody lost a key, had it revoked and made another: what the other signs counts."""
    [owner] = [one for one in PEOPLE.people if one.id == "quality-1"]
    spare = PEOPLE.people[-1].keys[0]
    lost = owner.keys[0].model_copy(update={"revoked_at": NOW})
    changed = owner.model_copy(update={"keys": [lost, spare]})
    others = [one for one in PEOPLE.people if one.id not in (owner.id, "safety-1")]
    world = PROMOTE.but(people=People(version=1, people=[*others, changed]))
    assert world.codes() == ["revoked-key"]
    borrowed = approved(signer=SIGNERS["safety-1"])
    assert world.but(approvals=(borrowed,)).codes() == []
