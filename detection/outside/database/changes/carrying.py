"""Carrying out an order: judged on what is there now, then all of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detection.outside.database.faults import RegistryError
from detection.outside.database.log.chain import Chain, Deed
from detection.outside.database.texts import ORDER, plain
from detection.rules.registry.entries import Action
from detection.rules.registry.plans import Judged, Plan, Refused, StageChange
from detection.rules.registry.refusals import Refusal
from detection.rules.registry.signatures.orders import Order, SignedOrder
from detection.rules.registry.situations import Situation
from detection.rules.registry.slots import Slot, Stage


def settled(order: Order, judged: Judged, situation: Situation) -> Judged:
    """What was judged, unless the slot moved on: the store's own check, whatever the judge looked at."""
    if isinstance(judged, Refused) or order.slot is None or order.epoch == situation.epoch:
        return judged
    words = f"{order.slot} is at epoch {situation.epoch} by now, the order is for {order.epoch}; look again, and order"
    return Refused((Refusal("slot-moved-on", words),))


def out_of_step(plan: Plan, stages: Mapping[str, Stage]) -> tuple[Refusal, ...]:
    """Why a plan is for other stages than those found; a version may take several steps in one plan.

    Args:
        plan: what was judged.
        stages: of each of its versions, now.
    """
    standing = dict(stages)
    for change in plan.changes:
        stage = standing.get(change.version_digest, Stage.NONE)
        if stage is not change.before:
            words = f"{change.version_digest[:12]} stands in {stage.value} by now, not in {change.before.value}"
            return (Refusal("wrong-stage", f"{words}; look again, then order"),)
        standing[change.version_digest] = change.after
    return ()


def carry_out(chain: Chain, signed: SignedOrder, plan: Plan, situation: Situation) -> None:
    """Write a plan's entries, and what follows from them.

    Raises:
        RegistryError: the plan does not fit the slot.
    """
    order = signed.order
    payload = {"order": plain(ORDER, signed)}
    if order.slot is None:
        chain.add(Deed(_ending(order), order.actor, payload, version=order.version_digest))
        return
    _refuse_odd(plan, situation)
    decisive = _decisive(plan)
    for change in plan.changes:
        said: dict[str, Any] = {
            **payload, "before": change.before.value, "after": change.after.value, "words": change.words,
        }  # fmt: skip
        if change is decisive:
            said |= _decided(plan, situation)
        action = _action(order, change)
        chain.add(Deed(action, order.actor, said, str(order.slot), change.version_digest))


def _decisive(plan: Plan) -> StageChange:
    """The change whose entry makes the period: the one into Production, or else the last."""
    entering = [change for change in plan.changes if change.after is Stage.PRODUCTION]
    return entering[-1] if entering else plan.changes[-1]


def _decided(plan: Plan, situation: Situation) -> dict[str, Any]:
    said: dict[str, Any] = {"nonces": sorted(plan.uses_nonces)} if plan.uses_nonces else {}
    if plan.live_changes:
        authorised = plan.rollback_authorised
        period = {"epoch": situation.epoch + 1, "live": plan.live_after, "rollback_authorised": authorised}
        said["period"] = period
    return said


def _ending(order: Order) -> Action:
    if order.verb in {"deprecate", "retire"}:
        return order.verb
    raise RegistryError(f"an order to {order.verb} names no slot; name one")


def _action(order: Order, change: StageChange) -> Action:
    if change.after is Stage.PRODUCTION:
        return "rollback" if order.verb == "rollback" else "promote"
    if change.after is Stage.ARCHIVED:
        return "withdraw" if order.verb == "withdraw" else "supersede"
    return "stage"


def _refuse_odd(plan: Plan, situation: Situation) -> None:
    """A plan that would leave tables and log apart is a broken promise of whoever judged; nothing is written."""
    slot: Slot | None = situation.slot
    if not plan.changes:
        raise RegistryError(f"{slot}: the plan changes nothing")
    entering = [c.version_digest for c in plan.changes if c.after is Stage.PRODUCTION]
    leaving = [c.version_digest for c in plan.changes if c.before is Stage.PRODUCTION]
    live = situation.live.content.digest if situation.live else ""
    after = entering[-1] if entering else ("" if leaving else live)
    if plan.live_changes != (after != live) or (plan.live_changes and plan.live_after != after):
        raise RegistryError(f"{slot}: the plan says that {plan.live_after or 'nothing'} is live, its changes do not")
