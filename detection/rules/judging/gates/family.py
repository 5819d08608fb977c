"""Many lines at once: what the risk of all together is, and Holm's correction where the spec asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from detection.rules.judging.gates.lines import ALONE, Family, Line

Correction = Literal["none", "holm"]


class Judgeable(Protocol):
    """A demand with what was measured for it."""

    @property
    def confidence(self) -> float:
        """One-sided, as the spec asks."""

    def at(self, confidence: float) -> Line:
        """The line at any one-sided confidence."""


def judged(demands: Sequence[Judgeable], correction: Correction) -> list[Line]:
    """Every demand's line, at its own confidence or at the one that Holm's procedure leaves it.

    S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979)
    65-70: of k lines still open each is held to a k-th of its error; those that pass are closed, and the rest gets
    their part, until none passes any more.
    """
    if correction == "none":
        return [demand.at(demand.confidence) for demand in demands]
    open_rows = list(range(len(demands)))
    closed: dict[int, Line] = {}
    while open_rows:
        part = len(open_rows)
        closed |= {row: demands[row].at(1 - (1 - demands[row].confidence) / part) for row in open_rows}
        open_rows = [row for row in open_rows if closed[row].verdict != "PASS"]
        if len(open_rows) == part:
            break
    return [closed[row] for row in range(len(demands))]


def family(lines: Sequence[Line], correction: Correction) -> Family:
    """What it means that these lines are judged at once; those without risk (cases, targets, parity) do not count.

    The release passes only if every line does. A release that misses any one demand is therefore let through at most
    as often as that one line passes by luck: R. L. Berger, "Multiparameter hypothesis testing and acceptance sampling",
    Technometrics 24 (1982) 295-300.
    """
    risky = [line for line in lines if line.kind in ("criterion", "subgroup", "loss")]
    if not risky:
        return ALONE
    level = max(1 - line.confidence for line in risky)
    rates = [1 - line.confidence if line.false_pass is None else line.false_pass for line in risky]
    union = min(sum(rates), 1.0)
    return Family(len(risky), level, union, correction, _sentence(len(risky), max(rates), union, correction))


def _sentence(lines: int, worst: float, union: float, correction: Correction) -> str:
    held = (
        "Holm's correction holds each line to a part of the error, so that all together keep it."
        if correction == "holm"
        else "No line is corrected for the others: the release needs all of them, which asks more and not less."
    )
    return (
        f"The release passes only if all {lines} lines do, so a model that misses any one demand passes at most "
        f"{100 * worst:.1f} times in 100. That some line among them shows PASS by luck, if every one stood at its "
        f"bound: at most {100 * union:.0f} times in 100. {held}"
    )
