"""Every way around the rules that we know of, and the one reason for which it must be refused.

The bases are orders that are carried out; each row breaks one thing. Where it would break two at once it is made so
that the other holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from detection.rules.registry.refusals import Why
from detection.rules.registry.registered import Number
from detection.rules.registry.slots import Slot, Stage
from detection.rules.spec.governance import Guards, Production
from detection.rules.spec.people import People, Person
from tests import examples_registry as examples
from tests.examples_registry import (
    COMPARED,
    NOW,
    PEOPLE,
    PLAN,
    PROMOTING,
    RETURNING,
    SIGNERS,
    SLOT,
    STRANGER,
    TODAY,
    World,
    approved,
    content,
    digest_of,
    ordered,
    period,
    person,
    returned,
    version,
)  # fmt: skip

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PROMOTE = World()
BACK = World(ordered("rollback", epoch=2), RETURNING)
BY_ITSELF = World(returned(), RETURNING)
EVERYWHERE = replace(PROMOTING, slot=None, epoch=0, live=None, history=(), approvals=(), nonces=(), pin=None)
DEPRECATE, RETIRE = World(ordered("deprecate"), EVERYWHERE), World(ordered("retire"), EVERYWHERE)
WITHDRAW = World(ordered("withdraw"), replace(PROMOTING, candidate=None, stage=Stage.NONE, approvals=()))
OTHER_SLOT = Slot(SLOT.model, "line-2", "prod")
NO_GUARDS = Guards(staging=[], production=Production(dev=[], staging=[], prod=[]))
LAX = TODAY.governance.model_copy(update={"guards": NO_GUARDS})
HIGH = TODAY.governance.model_copy(update={"risk_tier": "high"})


def people(*changed: Person) -> People:
    """Everybody, with some replaced by their id."""
    there = {one.id: one for one in (*PEOPLE.people, *changed)}
    return People(version=1, people=list(there.values()))


def without(name: str) -> People:
    """Everybody but one."""
    return People(version=1, people=[one for one in PEOPLE.people if one.id != name])


def of_2(**changes: object) -> World:
    """Another candidate."""
    return PROMOTE.but(candidate=version(2, **changes))


def having(**changes: object) -> World:
    """A candidate of another content."""
    return of_2(content=content(2, **changes))


def kept(*signed: object) -> World:
    """Other approvals."""
    return PROMOTE.but(approvals=signed)


def planned(**changes: object) -> World:
    """Another slot file, pinned and approved like the one before."""
    plan = PLAN.model_copy(update=changes)
    assert PROMOTING.pin is not None
    return PROMOTE.but(plan=plan, pin=replace(PROMOTING.pin, plan=plan))


@dataclass(frozen=True)
class Row:
    """One way around the rules.

    Attributes:
        why: the only reason that may be given.
        name: of the way.
        world: the order and all around it.
        told: what the reason must name.
    """

    why: Why
    name: str
    world: World
    told: str


FORGED = approved(STRANGER)
ALTERED = replace(approved(person="quality-2"), approval=replace(approved().approval, words="not hers"))
RETOLD = replace(ordered(), order=replace(ordered().order, reason="changed on the way"))
BORROWED = replace(approved(), public=examples.public_of(SIGNERS["safety-1"]))
TWO_ROLES = person("quality-1", roles=("quality", "safety"))
BOTH = (approved(), approved(role="safety"))

ROWS = (
    Row("unknown-version", "promote what was never registered", PROMOTE.but(candidate=None), "020202020202"),
    Row("unknown-version", "deprecate what was never registered", DEPRECATE.but(candidate=None), "020202020202"),
    Row("unknown-slot", "a slot without a file", PROMOTE.but(plan=None), "specs/slots/line-1.yaml"),
    Row("unknown-slot", "an environment that the slot's file lacks", planned(environments=["dev"]), "line-1 in dev"),
    Row("wrong-model", "another product's version", having(model="tins"), "of tins"),
    Row("wrong-model", "another product's version, going back",
        BACK.but(candidate=version(1, content=content(1, model="tins"))), "of tins"),
    Row("wrong-stage", "promote what is live", PROMOTE.but(stage=Stage.PRODUCTION), "is in Production"),
    Row("wrong-stage", "promote what was archived", PROMOTE.but(stage=Stage.ARCHIVED), "rollback"),
    Row("wrong-stage", "promote downwards", World(ordered(to=Stage.DEVELOPMENT)), "Development"),
    Row("wrong-stage", "go back to what is live", BACK.but(stage=Stage.PRODUCTION), "is live"),
    Row("wrong-stage", "withdraw from an empty slot", WITHDRAW.but(live=None, epoch=1), "nothing is live"),
    Row("wrong-stage", "retire what is live", RETIRE.but(live_in=(SLOT,)), str(SLOT)),
    Row("slot-moved-on", "somebody else was faster", PROMOTE.but(epoch=2), "epoch 1, now 2"),
    Row("slot-moved-on", "an order is given a second time", BACK.but(epoch=3), "epoch 2, now 3"),
    Row("retired", "promote what is retired", of_2(retired=True), "retired"),
    Row("retired", "go back to what is retired", BACK.but(candidate=version(1, retired=True)), "retired"),
    Row("retired", "retire twice", RETIRE.but(candidate=version(2, retired=True)), "already"),
    Row("past-its-end", "promote on the day of its end",
        of_2(deprecated="confuses tubes", end_of_life="2026-11-21"), "confuses tubes"),
    Row("past-its-end", "go back past its end", BACK.but(candidate=version(1, end_of_life="2026-01-01")), "2026-01-01"),
    Row("verdict-not-green", "a red gate", having(verdict="FAIL"), "FAIL"),
    Row("verdict-not-green", "a gate that proved nothing", having(verdict="NOT PROVEN"), "NOT PROVEN"),
    Row("stale-verdict", "the approval is on an older verdict", kept(approved(verdict_digest="e" * 64)), "eeeeeeeeee"),
    Row("spec-changed", "the spec asks for something else by now", having(spec_digest="e" * 64), "555555555555"),
    Row("spec-changed", "the guards were written out of the spec", PROMOTE.but(spec_digest="e" * 64, governance=LAX,
        approvals=(), compared=()), "judged by spec"),
    Row("spec-changed", "the approval is by an older spec", kept(approved(spec_digest="e" * 64)), "eeeeeeeeeeee"),
    Row("parity-missing", "no certificate", having(parity=False), "dvc repro"),
    Row("not-compared", "no comparison", PROMOTE.but(compared=()), "detection compare"),
    Row("not-compared", "compared with what was live before",
        PROMOTE.but(compared=(replace(COMPARED, champion=digest_of(9)),)), "detection compare"),
    Row("not-compared", "the comparison is of another challenger",
        PROMOTE.but(compared=(replace(COMPARED, challenger=digest_of(9)),)), "detection compare"),
    Row("not-compared", "approved on another comparison", kept(approved(comparison_digest="e" * 64)), "eeeeeeeeeeee"),
    Row("not-compared", "approved without one", kept(approved(comparison_digest="")), "no comparison"),
    Row("comparison-says-keep", "it is no better", PROMOTE.but(compared=(replace(COMPARED, advice="KEEP"),)), "KEEP"),
    Row("comparison-says-keep", "drawn again until one says yes",
        PROMOTE.but(compared=(COMPARED, replace(COMPARED, digest="f" * 64, advice="KEEP"))), "KEEP"),
    Row("approval-missing", "nobody approved", kept(), "as quality"),
    Row("approval-missing", "one of two roles", PROMOTE.but(governance=HIGH), "as safety"),
    Row("approver-is-submitter", "who registered it approves it", of_2(submitter="quality-1"), "registered"),
    Row("approver-is-promoter", "who approved it promotes it", World(ordered(actor="quality-1")), "cannot promote"),
    Row("one-person-twice", "one person in two roles",
        PROMOTE.but(governance=HIGH, people=people(TWO_ROLES), approvals=BOTH), "1 person(s), quality-1"),
    Row("wrong-role", "signed in a role that is not theirs", kept(approved(person="engineer-2")), "is engineer"),
    Row("wrong-role", "the role was taken from them",
        PROMOTE.but(people=people(person("quality-1", roles=("guest",)))), "is guest"),
    Row("unknown-person", "the promoter was removed", PROMOTE.but(people=without("engineer-2")), "'engineer-2'"),
    Row("unknown-person", "the approver was removed", PROMOTE.but(people=without("quality-1")), "'quality-1'"),
    Row("unknown-person", "somebody calls themselves pipeline", World(ordered(signer=STRANGER, actor="pipeline")),
        "'pipeline'"),
    Row("unknown-key", "a stranger promotes under a name", World(ordered(signer=STRANGER)), "nobody's"),
    Row("unknown-key", "a stranger approves under a name", kept(FORGED), "nobody's"),
    Row("unknown-key", "a colleague's key", kept(BORROWED), "the key of 'safety-1'"),
    Row("revoked-key", "the promoter's key was stolen",
        PROMOTE.but(people=people(person("engineer-2", revoked=NOW - HOUR))), "'engineer-2' was revoked"),
    Row("revoked-key", "the approver's key was stolen after it signed",
        PROMOTE.but(people=people(person("quality-1", revoked=NOW - HOUR))), "'quality-1' was revoked"),
    Row("forged-signature", "an approval was changed after it was signed",
        kept(replace(ALTERED, public=approved().public)), "'quality-1'"),
    Row("forged-signature", "an order was changed after it was signed", World(RETOLD), "'engineer-2'"),
    Row("forged-signature", "no signature at all", World(replace(ordered(), signature="")), "'engineer-2'"),
    Row("forged-signature", "the executor's name on a person's order",
        replace(BY_ITSELF, order=replace(returned(), public=approved().public)), "executor"),
    Row("other-slot", "an approval for another line", kept(approved(slot=OTHER_SLOT)), "line-2"),
    Row("other-slot", "an order for another line", World(ordered(slot=OTHER_SLOT)), "line-2"),
    Row("other-version", "an approval of another version", kept(approved(version_digest=digest_of(3))), "030303030303"),
    Row("replayed", "an approval that was used up",
        PROMOTE.but(nonces=(replace(PROMOTING.nonces[0], used_by_entry=41),)), "entry 41"),
    Row("unknown-nonce", "a nonce that nobody gave out", kept(approved(nonce="f" * 32)), "ffffffffffff"),
    Row("unknown-nonce", "a nonce of another slot",
        PROMOTE.but(nonces=(replace(PROMOTING.nonces[0], slot=OTHER_SLOT),)), "no nonce"),
    Row("unknown-nonce", "a nonce of another version",
        PROMOTE.but(nonces=(replace(PROMOTING.nonces[0], version_digest=digest_of(3)),)), "no nonce"),
    Row("expired", "an old approval", kept(approved(signed_at=NOW - 30 * DAY)), "30 days"),
    Row("expired", "an order that lay about", World(ordered(ordered_at=NOW - HOUR)), "900 s"),
    Row("signed-in-the-future", "an approval to keep for longer", kept(approved(signed_at=NOW + HOUR)), "approval"),
    Row("signed-in-the-future", "an order of tomorrow", World(ordered(ordered_at=NOW + DAY)), "order"),
    Row("deployment-changed", "the slot's file was changed since it was pinned",
        PROMOTE.but(plan_digest="e" * 64, approvals=(approved(deployment_digest="e" * 64),)), "pin it again"),
    Row("deployment-changed", "approved on another deployment", kept(approved(deployment_digest="e" * 64)),
        "eeeeeeeeeeee"),
    Row("deployment-missing", "nothing was pinned", PROMOTE.but(pin=None), "specs/slots/line-1.yaml"),
    Row("wrong-target", "the bundle lacks the slot's device", having(targets=("jetson",)), "carries jetson"),
    Row("wrong-target", "the slot got another device since",
        BACK.but(plan=PLAN.model_copy(update={"target": "rpi"})), "is a rpi"),
    Row("contract-broken", "the consumer was built against another major", of_2(number=Number(2, 0, 0)), "sorter"),
    Row("contract-broken", "the consumer moved on since",
        BACK.but(candidate=version(1, number=Number(0, 9, 0))), "contract 0"),
    Row("reason-missing", "go back without a reason", replace(BACK, order=ordered("rollback", epoch=2, reason=" ")),
        "--reason"),
    Row("reason-missing", "withdraw without a reason", replace(WITHDRAW, order=ordered("withdraw", reason="")),
        "--reason"),
    Row("reason-missing", "deprecate without an end",
        replace(DEPRECATE, order=ordered("deprecate", end_of_life="soon")), "--end-of-life"),
    Row("reason-missing", "retire without a reason", replace(RETIRE, order=ordered("retire", reason="")), "--reason"),
    Row("nothing-to-go-back-to", "nothing was live before",
        World(ordered("rollback", version_digest=""), replace(PROMOTING, candidate=None)), "--to nothing"),
    Row("never-validated-here", "go back to what never was live here",
        BACK.but(history=(period(2, 2), period(1, 3))), "never live"),
    Row("never-validated-here", "go forward under the name of going back", BACK.but(stage=Stage.STAGING), "promote it"),
    Row("not-authorised", "the promotion did not authorise it",
        BY_ITSELF.but(history=(period(2, 2, rollback_authorised=False), period(1, 1))), "a person"),
    Row("not-authorised", "the executor goes two back",
        BY_ITSELF.but(history=(period(2, 2), period(2, 3), period(1, 1))), "030303030303"),
    Row("not-authorised", "the executor acts without a decision",
        replace(BY_ITSELF, order=replace(returned(), evidence="")), "decision"),
    Row("not-authorised", "the executor promotes", World(returned(
        verb="promote", version_digest=digest_of(2), epoch=1)), "nothing else"),
    Row("not-authorised", "the executor withdraws", replace(WITHDRAW, order=returned(
        verb="withdraw", version_digest="", to=Stage.ARCHIVED, epoch=1)), "nothing else"),
    Row("not-authorised", "the executor retires", replace(RETIRE, order=returned(
        verb="retire", slot=None, version_digest=digest_of(2), epoch=0)), "nothing else"),
    Row("cooldown", "the executor acts again within a day",
        BY_ITSELF.but(history=(
            period(3, 2, since=NOW - HOUR), period(2, 1, since=NOW - 2 * HOUR, actor="executor", action="rollback"))),
        "not again"),
    Row("clock-set-back", "the machine's clock lies behind the log",
        PROMOTE.but(history=(period(1, 1, since=NOW + HOUR),)), "set the clock"),
)  # fmt: skip
