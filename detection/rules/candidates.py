"""Which architectures can meet a target, before one is trained: from what untrained ones cost. Knows no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from detection.rules.judging.costs import BUSY_SHARE, Cost
from detection.rules.spec.targets import Target

Answer = Literal["meets", "misses", "too close to tell", "not measured here"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An architecture and the longer side of its input, pixels."""

    model: str
    size: int


@dataclass(frozen=True, slots=True)
class Prospect:
    """One candidate on one target.

    Attributes:
        target: its id.
        candidate: which one.
        cost: as measured; None where it was not.
        answer: whether time, memory and size can be met.
        words: what decided it, with the limits.
    """

    target: str
    candidate: Candidate
    cost: Cost | None
    answer: Answer
    words: str


def prospect(target: Target, candidate: Candidate, cost: Cost) -> Prospect:
    """Hold an untrained model's cost against a target.

    A trained one costs the same but for suppression, which has more to do then; and a bundle holds more than one model.

    Args:
        target: with its limits.
        candidate: which one.
        cost: of it as the target would run it.
    """
    time = f"p95 {cost.p95_ms:.1f} ms (at most {target.p95_ms:g})"
    memory = f"{cost.memory_mb:.0f} MB (at most {target.memory_mb:g})"
    size = f"{cost.bytes / 1e6:.1f} MB of a bundle of {target.bundle_mb:g}"
    over = [
        words
        for words, missed in (
            (time, cost.p95_at_least_ms > target.p95_ms),
            (memory, cost.memory_mb > target.memory_mb),
            (size, cost.bytes / 1e6 > target.bundle_mb),
        )
        if missed
    ]
    busy = ["others kept the machine busy"] if cost.waited_share > BUSY_SHARE else []
    if over:
        return Prospect(target.id, candidate, cost, "misses", "; ".join(over + busy))
    answer: Answer = "meets" if cost.p95_at_most_ms <= target.p95_ms else "too close to tell"
    return Prospect(target.id, candidate, cost, answer, "; ".join([time, memory, size, *busy]))


def elsewhere(target: Target, candidate: Candidate, reason: str) -> Prospect:
    """A candidate that cannot be measured here."""
    return Prospect(target.id, candidate, None, "not measured here", reason)


def out_of_reach(prospects: Sequence[Prospect]) -> list[str]:
    """Targets that no candidate meets or comes close to, of those that were measured; in their order."""
    measured = [one for one in prospects if one.cost is not None]
    hopeful = {one.target for one in measured if one.answer != "misses"}
    return list(dict.fromkeys(one.target for one in measured if one.target not in hopeful))
