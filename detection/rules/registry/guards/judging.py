"""An order, judged: what to change in one transaction, or every reason why not."""

from __future__ import annotations

from collections.abc import Sequence

from detection.rules.registry.guards import lives, moments, moves, signers
from detection.rules.registry.guards.case import Case
from detection.rules.registry.plans import Judged, Refused
from detection.rules.registry.refusals import Refusal
from detection.rules.registry.signatures.orders import EXECUTOR, Order, SignedOrder
from detection.rules.registry.situations import Situation, Surroundings


def judged(signed: SignedOrder, situation: Situation, now: Surroundings) -> Judged:
    """What an order comes to.

    Args:
        signed: the order; of a person with a signature, of the executor without.
        situation: what the registry has of its slot and version, read inside the transaction that will change it.
        now: what stands outside of the registry.
    """
    order = signed.order
    doubts = [
        *signers.of_order(signed, now.people, now.now),
        *moments.order(order, now),
        *moments.clock(situation, now),
    ]
    if doubts:
        return Refused(tuple(doubts))
    if order.verb in ("deprecate", "retire"):
        return lives.judged(order, situation, now)
    found = [*_elsewhere(order, situation), *_unreasoned(order)]
    if order.verb == "withdraw":
        return _withdrawn(order, situation, found)
    version, slot = situation.candidate, situation.slot
    if order.verb == "rollback" and not order.version_digest:
        words = f"no version was live in {order.slot} before; take out what is live with --to nothing"
        return Refused((*found, Refusal("nothing-to-go-back-to", words)))
    if version is None or slot is None or version.content.digest != order.version_digest:
        return Refused((*found, lives.unknown(order)))
    case = Case(version, slot, situation, now, order.actor)
    if order.verb == "rollback":
        return moves.gone_back(case, signed, found)
    return moves.promoted(case, order, found)


def _elsewhere(order: Order, situation: Situation) -> list[Refusal]:
    """The slot is not as it was when the person looked."""
    if order.slot != situation.slot:
        return [Refusal("other-slot", f"the order is for {order.slot}, not for {situation.slot}; give it again")]
    if order.epoch != situation.epoch:
        words = f"what is live in {order.slot} has changed since (epoch {order.epoch}, now {situation.epoch})"
        return [Refusal("slot-moved-on", f"{words}; look again, then decide: detection registry live")]
    return []


def _unreasoned(order: Order) -> list[Refusal]:
    if order.verb == "promote" or order.reason.strip():
        return []
    return [Refusal("reason-missing", f"a {order.verb} needs a reason for those who read the log; say --reason")]


def _withdrawn(order: Order, situation: Situation, found: Sequence[Refusal]) -> Judged:
    if order.actor == EXECUTOR:
        words = "the executor may go back to the version before and do nothing else; a person has to withdraw"
        return Refused((*found, Refusal("not-authorised", words)))
    if situation.live is None:
        return Refused((*found, Refusal("wrong-stage", f"nothing is live in {order.slot}; there is nothing to do")))
    return Refused(tuple(found)) if found else moves.emptied(situation.live, order)
