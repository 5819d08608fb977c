"""What a promotion and a return ask for, and the changes that they make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from detection.rules.registry import states
from detection.rules.registry.guards import covering, evidence, moments, places
from detection.rules.registry.guards.case import Case, said, title
from detection.rules.registry.plans import Judged, Plan, Refused, StageChange
from detection.rules.registry.refusals import Refusal
from detection.rules.registry.registered import Version
from detection.rules.registry.signatures.orders import EXECUTOR, Order, SignedOrder
from detection.rules.registry.slots import Stage
from detection.rules.spec.governance import Guard

GUARDS: dict[Guard, Callable[[Case], tuple[Refusal, ...]]] = {
    "verdict": evidence.verdict,
    "parity": evidence.parity,
    "comparison": evidence.comparison,
    "approvals": covering.approvals,
    "deployment": places.deployment,
    "contract": places.contract,
}


def promoted(case: Case, order: Order, found: Sequence[Refusal]) -> Judged:
    """Forward: each step's guards must hold; two steps may be taken at once.

    Args:
        case: of the version ordered.
        order: to Staging or Production.
        found: what speaks against it already.
    """
    steps = states.way(case.situation.stage, order.to)
    refusals = [*found, *_steps(case, order, steps), *places.known(case), *moments.of_life(case.version, case.now)]
    if order.actor == EXECUTOR:
        words = "the executor may go back to the version before and do nothing else; a person has to promote"
        refusals.append(Refusal("not-authorised", words))
    if not refusals:
        refusals += evidence.specification(case)
        refusals += [refusal for guard in _asked(case, steps) for refusal in GUARDS[guard](case)]
    if refusals:
        return Refused(tuple(dict.fromkeys(refusals)))
    return _plan(case, steps)


def gone_back(case: Case, signed: SignedOrder, found: Sequence[Refusal]) -> Judged:
    """Back to a version that was live here: only what concerns safety is asked, for it has to work at three at night.

    Args:
        case: of the version to go back to.
        signed: the order; of the executor with its evidence.
        found: what speaks against it already.
    """
    refusals = [*found, *_known_here(case), *places.model(case), *moments.of_life(case.version, case.now)]
    refusals += [*(places.target(case) if "deployment" in case.asked else ())]
    refusals += [*(places.contract(case) if "contract" in case.asked else ())]
    if signed.order.actor == EXECUTOR:
        refusals += _unauthorised(case, signed)
    if refusals:
        return Refused(tuple(dict.fromkeys(refusals)))
    back = StageChange(case.version.content.digest, case.situation.stage, Stage.PRODUCTION, signed.order.reason)
    gone = _superseded(case.situation.live, f"{title(case.version)} took its place again: {signed.order.reason}")
    return Plan((*gone, back), live_changes=True, live_after=case.version.content.digest)


def emptied(live: Version, order: Order) -> Plan:
    """Nothing is live any more."""
    gone = StageChange(live.content.digest, Stage.PRODUCTION, Stage.ARCHIVED, order.reason)
    return Plan((gone,), live_changes=True)


def _steps(case: Case, order: Order, steps: Sequence[Stage]) -> list[Refusal]:
    if steps:
        return []
    stage = case.situation.stage
    way = "go back to it with detection registry rollback" if stage is Stage.ARCHIVED else "see detection registry info"
    words = f"version {case.title} is in {stage.value} of {case.slot}, from where none is promoted to {order.to.value}"
    return [Refusal("wrong-stage", f"{words}; {way}")]


def _asked(case: Case, steps: Sequence[Stage]) -> list[Guard]:
    """Guards of all steps, each once."""
    asked = [*case.now.governance.guards.staging] if Stage.STAGING in steps else []
    return list(dict.fromkeys([*asked, *(case.asked if Stage.PRODUCTION in steps else [])]))


def _plan(case: Case, steps: Sequence[Stage]) -> Plan:
    digest, live = case.version.content.digest, case.situation.live
    before = (case.situation.stage, *steps)
    changes = [
        StageChange(digest, start, end, f"{title(case.version)} met what {end.value} asks: "
                    f"{', '.join(_asked(case, (end,))) or 'nothing'}")
        for start, end in zip(before, steps, strict=False)
    ]  # fmt: skip
    if steps[-1] is not Stage.PRODUCTION:
        return Plan(tuple(changes))
    gone = _superseded(live, f"{title(case.version)} took its place")
    return Plan(
        changes=(*changes[:-1], *gone, changes[-1]),
        live_changes=True,
        live_after=digest,
        rollback_authorised=live is not None and case.plan is not None and bool(case.plan.rollback.triggers),
        uses_nonces=tuple(sorted(one.nonce for one in case.situation.nonces if not one.used_by_entry)),
    )


def _superseded(live: Version | None, words: str) -> tuple[StageChange, ...]:
    if live is None:
        return ()
    return (StageChange(live.content.digest, Stage.PRODUCTION, Stage.ARCHIVED, words),)


def _known_here(case: Case) -> list[Refusal]:
    """It was in Production of this very slot, and is not now."""
    stage = case.situation.stage
    if stage is Stage.PRODUCTION:
        return [Refusal("wrong-stage", f"version {case.title} is live in {case.slot}; there is nothing to go back to")]
    if stage is not Stage.ARCHIVED or not _was_live(case):
        words = f"version {case.title} was never live in {case.slot}, so nothing is known of it there"
        return [Refusal("never-validated-here", f"{words}; promote it: detection registry promote")]
    return []


def _was_live(case: Case) -> bool:
    """It had a period here; of a slot with more periods than are looked at, what is archived had one."""
    periods = case.situation.history
    whole = not periods or periods[-1].epoch <= 1
    return not whole or case.version.content.digest in {one.version_digest for one in periods}


def _unauthorised(case: Case, signed: SignedOrder) -> list[Refusal]:
    """What the executor may: back to the one version before, as far as that was said with the promotion, not often."""
    history, digest = case.situation.history, case.version.content.digest
    before = history[1].version_digest if len(history) > 1 else ""
    if not signed.evidence or not history or not history[0].rollback_authorised or before != digest:
        words = f"the executor may only go back to {before[:12] or 'nothing'}, the version before"
        told = "as the promotion authorised it, and on the evidence of a decision; a person has to act"
        return [Refusal("not-authorised", f"{words}, {told}")]
    cooldown_s = case.plan.rollback.cooldown_s if case.plan else 0
    own = next((one for one in history if one.actor == EXECUTOR), None)
    if own is not None and case.now.now < own.since + timedelta(seconds=cooldown_s):
        words = f"{case.slot} went back by itself at {said(own.since)}; not again before"
        again = said(own.since + timedelta(seconds=cooldown_s))
        return [Refusal("cooldown", f"{words} {again}: a person has to act")]
    return []
