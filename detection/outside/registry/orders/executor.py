"""The one thing that happens without a person: a slot goes back to the version before, when a trigger is tripped.

What it means to do is written down before it does it (an intent, its key from the evidence), so that whoever comes
after a crash finishes it, once. The registry's transaction is the lock: the order holds for one epoch of the slot
alone. A return that must not be is not meant either: the same guards judge it first, cooldown and authorisation
included; that a trigger asked for it, and why it was refused, stands in the log (:mod:`.notes`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter

from detection.errors import DetectionError
from detection.outside.database.registry import Registry
from detection.rules.field.retrain.evidence import STRICT
from detection.rules.registry import guards
from detection.rules.registry.plans import Plan, Refused
from detection.rules.registry.readings import Intent
from detection.rules.registry.refusals import Refusal
from detection.rules.registry.registered import Version
from detection.rules.registry.returns import triggers
from detection.rules.registry.returns.triggers import AnyTrigger, Outcome, Seen
from detection.rules.registry.signatures.orders import EXECUTOR, Order, SignedOrder
from detection.rules.registry.situations import Situation, Surroundings
from detection.rules.registry.slots import Slot, Stage

DONE, MOVED_ON = "done", "slot-moved-on"


class GuardError(DetectionError):
    """There is nothing to guard: promote a version, or name the bundle that is live."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A return that is written down before it is done.

    Attributes:
        slot: where.
        epoch: of the slot when the trigger tripped.
        back_from: digest of what was live.
        back_to: digest of what was live before.
        reason: in words; that of the order.
        outcomes: of all triggers.
    """

    slot: Slot
    epoch: int
    back_from: str
    back_to: str
    reason: str
    outcomes: tuple[Outcome, ...]

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    @property
    def key(self) -> str:
        """Of the intent: a version's one time in a slot ends by itself at most once."""
        return triggers.key_of(self.slot, self.epoch, self.back_from)


_MEANT = TypeAdapter(Meant)


@dataclass(frozen=True, slots=True)
class Watched:
    """A slot that is guarded: what is live in it, and what its pinned triggers are.

    Attributes:
        situation: of the slot.
        live: the version.
        triggers: in the order of the slot's file.
    """

    situation: Situation
    live: Version
    triggers: tuple[AnyTrigger, ...]

    @property
    def since_s(self) -> int:
        """When it went live, seconds since 1970 UTC."""
        return int(self.situation.history[0].since.timestamp())


def watched(registry: Registry, slot: Slot) -> Watched:
    """What there is to guard.

    Raises:
        GuardError: nothing is live, or nothing was pinned.
        RegistryError: the database refuses.
    """
    found = registry.situation(slot, "")
    if found.live is None or not found.history:
        raise GuardError(f"{slot}: nothing is live, so there is nothing to guard; see detection registry live")
    if found.pin is None:
        raise GuardError(f"{slot}: no deployment is pinned, so there are no triggers; promote a version again")
    return Watched(found, found.live, tuple(found.pin.plan.rollback.triggers))


def looked(slot: Slot, guarded: Watched, seen: Seen, as_of_s: int) -> Meant | tuple[Outcome, ...]:
    """What the triggers say: a return to mean, or their outcomes where none is tripped."""
    outcomes = triggers.outcomes(guarded.triggers, seen, guarded.since_s, as_of_s)
    tripped = [one for one in outcomes if one.standing == "tripped"]
    if not tripped:
        return outcomes
    situation = guarded.situation
    before = situation.history[1].version_digest if len(situation.history) > 1 else ""
    reason = "; ".join(f"{one.kind}: {one.words}" for one in tripped)
    return Meant(slot, situation.epoch, guarded.live.content.digest, before, reason, outcomes)


def doubts(registry: Registry, meant: Meant, now: Surroundings) -> tuple[Refusal, ...]:
    """Why a return would be refused; empty if it would be done. Changes nothing: this is the dry run.

    Raises:
        RegistryError: the database refuses.
    """
    situation = registry.situation(meant.slot, meant.back_to)
    judged = guards.judged(_order(meant, now), situation, now)
    return judged.refusals if isinstance(judged, Refused) else ()


def go_back(registry: Registry, meant: Meant, now: Surroundings) -> tuple[Refusal, ...]:
    """Go back once: the same evidence again, or a second executor, changes nothing more.

    Returns:
        Why it was refused; empty if it was done, now or before.

    Raises:
        RegistryError: the database refuses.
    """
    earlier = registry.intent(meant.key)
    if earlier is None:
        if found := doubts(registry, meant, now):
            return found
        registry.begin_intent(meant.key, _MEANT.dump_json(meant).decode(), now.now)
        earlier = registry.intent(meant.key)
    return _finished(registry, meant if earlier is None else meant_of(earlier), now)


@dataclass(frozen=True, slots=True)
class Finished:
    """What an executor had meant before it stopped, and what came of it: :data:`DONE` or :data:`MOVED_ON`."""

    meant: Meant
    outcome: str


def resume(registry: Registry, slot: Slot, now: Surroundings) -> tuple[Finished, ...]:
    """Finish what an executor meant for this slot before it stopped.

    Returns:
        What was finished now; what is still refused stays meant.

    Raises:
        RegistryError: the database refuses.
    """
    left = [meant_of(intent) for intent in registry.open_intents()]
    done = [one for one in left if one.slot == slot and not _finished(registry, one, now)]
    ends = [(one, registry.intent(one.key)) for one in done]
    return tuple(Finished(one, end.outcome) for one, end in ends if end is not None)


def meant_of(intent: Intent) -> Meant:
    """What an intent means."""
    return _MEANT.validate_json(intent.payload)


def _finished(registry: Registry, meant: Meant, now: Surroundings) -> tuple[Refusal, ...]:
    """Do it if it is not done, and say so in the log; what is refused while the slot stands still stays meant."""
    intent = registry.intent(meant.key)
    if intent is not None and intent.outcome:
        return ()
    order = _order(meant, now)
    judged = registry.carry_out(order, lambda found: guards.judged(order, found, now), now.now)
    if isinstance(judged, Plan):
        outcome = DONE
    elif registry.situation(meant.slot, "").epoch != meant.epoch:
        outcome = DONE if _was_done(registry, meant) else MOVED_ON
    else:
        return judged.refusals
    registry.finish_intent(meant.key, outcome, now.now)
    return ()


def _was_done(registry: Registry, meant: Meant) -> bool:
    """The executor's own return ended that epoch: only it may end one in its own name, and only once."""
    after = next((one for one in registry.history(meant.slot, before_epoch=meant.epoch + 2, limit=1)), None)
    return after is not None and (after.epoch, after.actor) == (meant.epoch + 1, EXECUTOR)


def _order(meant: Meant, now: Surroundings) -> SignedOrder:
    order = Order(
        "rollback", meant.slot, meant.back_to, Stage.PRODUCTION, meant.epoch, meant.reason, "", EXECUTOR, now.now
    )
    return SignedOrder(order, "", "", meant.key)
