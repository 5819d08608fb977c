"""Orders about a version everywhere: it should not be used any more, or never again."""

from __future__ import annotations

from datetime import date

from detection.rules.registry.guards.case import title
from detection.rules.registry.plans import Judged, Plan, Refused
from detection.rules.registry.refusals import Refusal
from detection.rules.registry.signatures.orders import EXECUTOR, Order
from detection.rules.registry.situations import Situation, Surroundings


def judged(order: Order, situation: Situation, now: Surroundings) -> Judged:
    """Deprecate or retire. What is live somewhere may be deprecated; it is retired once it was replaced there."""
    del now
    version = situation.candidate
    if version is None or version.content.digest != order.version_digest:
        return Refused((unknown(order),))
    found = []
    if order.actor == EXECUTOR:
        words = "the executor may go back to the version before and do nothing else"
        found.append(Refusal("not-authorised", f"{words}; a person has to {order.verb}"))
    if not order.reason.strip():
        words = f"a version is {order.verb}d for a reason, for those who read the log; say --reason"
        found.append(Refusal("reason-missing", words))
    if order.verb == "deprecate" and not _is_day(order.end_of_life):
        words = f"a deprecation says from which day on, YYYY-MM-DD, got {order.end_of_life!r}; say --end-of-life"
        found.append(Refusal("reason-missing", words))
    if version.retired:
        found.append(Refusal("retired", f"version {title(version)} is retired already; there is nothing to do"))
    if order.verb == "retire" and situation.live_in:
        slots = ", ".join(str(slot) for slot in situation.live_in)
        words = f"version {title(version)} is live in {slots}; promote another there, roll back, or withdraw it first"
        found.append(Refusal("wrong-stage", words))
    return Refused(tuple(found)) if found else Plan(())


def unknown(order: Order) -> Refusal:
    """There is no such version."""
    words = f"the registry has no version {order.version_digest[:12]}; see detection registry list"
    return Refusal("unknown-version", words)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
