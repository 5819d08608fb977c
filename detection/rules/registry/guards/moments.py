"""Is it the right moment: clocks, orders and approvals that lay about, versions past their end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from detection.rules.registry.guards.case import said, title
from detection.rules.registry.refusals import Refusal
from detection.rules.registry.registered import Version
from detection.rules.registry.signatures.orders import Order
from detection.rules.registry.situations import Situation, Surroundings


def tolerance(now: Surroundings) -> timedelta:
    """How far clocks may lie apart."""
    return timedelta(seconds=now.governance.records.clock_tolerance_s)


def clock(situation: Situation, now: Surroundings) -> tuple[Refusal, ...]:
    """Our own clock lies behind what the registry has seen."""
    seen = [period.since for period in situation.history[:1]]
    seen += [one.registered_at for one in (situation.candidate, situation.live) if one is not None]
    newest = max(seen, default=now.now)
    if newest <= now.now + tolerance(now):
        return ()
    words = f"this machine says {said(now.now)}, the registry has entries of {said(newest)}; set the clock right"
    return (Refusal("clock-set-back", words),)


def order(given: Order, now: Surroundings) -> tuple[Refusal, ...]:
    """An order of another time."""
    if given.ordered_at > now.now + tolerance(now):
        return (_ahead("the order", given.ordered_at, now),)
    valid_s = now.governance.records.order_valid_s
    if now.now - given.ordered_at > timedelta(seconds=valid_s) + tolerance(now):
        words = f"the order is of {said(given.ordered_at)}, now is {said(now.now)}; an order counts for"
        return (Refusal("expired", f"{words} {valid_s:g} s: give it again"),)
    return ()


def approval(signed_at: datetime, valid_days: int, now: Surroundings) -> tuple[Refusal, ...]:
    """An approval that is too old, or of a moment that is still to come."""
    if signed_at > now.now + tolerance(now):
        return (_ahead("the approval", signed_at, now),)
    end = signed_at + timedelta(days=valid_days)
    if now.now < end:
        return ()
    words = f"the approval of {said(signed_at)} counted for {valid_days} days, until {said(end)}; approve again"
    return (Refusal("expired", words),)


def of_life(version: Version, now: Surroundings) -> tuple[Refusal, ...]:
    """A version that may not go live any more."""
    if version.retired:
        return (Refusal("retired", f"version {title(version)} is retired for good; choose another"),)
    if version.end_of_life and now.now.astimezone(UTC).date() >= date.fromisoformat(version.end_of_life):
        words = f"version {title(version)} reached its end of life on {version.end_of_life} ({version.deprecated})"
        return (Refusal("past-its-end", f"{words}; choose another"),)
    return ()


def _ahead(what: str, at: datetime, now: Surroundings) -> Refusal:
    words = f"{what} is of {said(at)}, and here it is {said(now.now)}; set the signer's clock right and sign again"
    return Refusal("signed-in-the-future", words)
