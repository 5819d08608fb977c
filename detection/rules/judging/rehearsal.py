"""Can each gate block? What was planted, which line turned red, by how much. Compares checks; plants nothing itself.

A line catches a fault if it is green without the fault and not green with it. A line that is red already catches
nothing, however red it stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Fault = Literal[
    "swapped-channels", "stretched-input", "half-pixel-shift", "swapped-classes", "missing-labels", "leaked-split",
    "wrong-thresholds", "dark-training", "noise-calibration",
]  # fmt: skip
"""What can be planted; each alone."""

Guard = Literal["gate", "parity", "certificate", "digest"]
"""Who blocks: the gate's lines, the rows of parity, the split's certificate, a stage that finds what it reads
not to fit (digests of models, thresholds and sets)."""

Outcome = Literal["PASS", "NOT PROVEN", "FAIL", "REFUSED"]
"""REFUSED: a stage would not go on. Nothing but PASS lets a bundle be made."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line that can block, as it stood once.

    Attributes:
        guard: who asks.
        name: what is asked; the same with and without a fault.
        verdict: what was answered.
        observed: the figure that was held against the limit: what is proven of a share, the largest difference of a
            comparison, the number of crossings; None where there is no figure.
        limit: what was asked of it; None where there is no figure.
        unit: of both; ``""`` for plain numbers.
        margin: how far ``observed`` lies beyond ``limit`` on the red side, in the same unit; below 0 it is green.
        sentence: the line in words.
    """

    guard: Guard
    name: str
    verdict: Outcome
    observed: float | None
    limit: float | None
    unit: str
    margin: float | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One fault, and what became of it.

    Attributes:
        fault: which.
        planted: what was done, in words, with its counts.
        obstacle: why it could not be planted in this data; ``""`` if it was.
        caught_by: the checks that are green without the fault and not green with it, the firmest first.
        missed_by: names of the checks that were asked and stayed green.
        sentence: fault, the line that caught it, margin.
    """

    fault: Fault
    planted: str
    obstacle: str
    caught_by: tuple[Check, ...]
    missed_by: tuple[str, ...]
    sentence: str

    @property
    def missed(self) -> bool:
        """It was planted and nothing caught it."""
        return not self.obstacle and not self.caught_by


@dataclass(frozen=True, slots=True)
class RehearsalSheet:
    """``rehearsal.json``, whole.

    Attributes:
        verdict: FAIL if a planted fault was caught by nobody, or none could be planted: nothing was rehearsed then.
        sound: every check of the model as it is.
        blind: names of the checks that are not green without any fault: they can catch nothing.
        rows: one entry a fault.
        idle: names of the checks that are green without a fault and that no fault turned red: not seen to block.
        model_digests: variant to the SHA-256 of the sound model's file, lower-case hex.
        sentence: all this in one.
    """

    verdict: Literal["PASS", "FAIL"]
    sound: tuple[Check, ...]
    blind: tuple[str, ...]
    rows: tuple[Rehearsed, ...]
    idle: tuple[str, ...]
    model_digests: dict[str, str]
    sentence: str


@dataclass(frozen=True, slots=True)
class Trial:
    """One fault as it was tried.

    Attributes:
        fault: which.
        planted: what was done, in words.
        obstacle: why it could not be planted; ``""`` if it was.
        checks: every check that was asked with the fault in place.
    """

    fault: Fault
    planted: str
    obstacle: str
    checks: tuple[Check, ...]


def sheet(sound: Sequence[Check], trials: Sequence[Trial], model_digests: dict[str, str]) -> RehearsalSheet:
    """Hold every trial against the sound model.

    Args:
        sound: every check without a fault; names are unique.
        trials: in the order they shall be read.
        model_digests: of the sound model's variants.
    """
    rows = tuple(rehearsed(trial, sound) for trial in trials)
    blind = tuple(check.name for check in sound if check.verdict != "PASS")
    seen = {check.name for row in rows for check in row.caught_by}
    idle = tuple(check.name for check in sound if check.verdict == "PASS" and check.name not in seen)
    missed = [row.fault for row in rows if row.missed]
    proven = not missed and any(not row.obstacle for row in rows)
    return RehearsalSheet(
        "PASS" if proven else "FAIL", tuple(sound), blind, rows, idle, model_digests, _sentence(rows, len(blind))
    )


def rehearsed(trial: Trial, sound: Sequence[Check]) -> Rehearsed:
    """Which checks tell the faulty from the sound."""
    green = {check.name for check in sound if check.verdict == "PASS"}
    asked = [check for check in trial.checks if check.name in green]
    caught = tuple(sorted((check for check in asked if check.verdict != "PASS"), key=_firmness, reverse=True))
    missed_by = tuple(check.name for check in asked if check.verdict == "PASS")
    return Rehearsed(trial.fault, trial.planted, trial.obstacle, caught, missed_by, _told(trial, caught, len(asked)))


def margin_of(check: Check) -> str:
    """By how much the line was crossed, in words; ``""`` where there is no figure."""
    if check.margin is None or check.observed is None or check.limit is None:
        return ""
    unit = f" {check.unit}" if check.unit else ""
    if check.observed < check.limit:
        return f"{check.observed:.3f} proven of {check.limit:g}{unit} needed, {check.margin:.3f} short"
    times = f", {check.observed / check.limit:.3g} times" if check.limit else ""
    return f"{check.observed:.3g}{unit}, allowed {check.limit:g}{times}"


def degree_of(check: Check) -> str:
    """How firmly the line blocked: its margin; without a figure, that a stage refused or that a case is violated."""
    return margin_of(check) or ("refused" if check.verdict == "REFUSED" else "violated")


def _firmness(check: Check) -> tuple[int, float]:
    """A refusal, which has no degrees; FAIL before NOT PROVEN; then by the margin as part of the limit.

    A named case has no figure: it stands behind the lines that say by how much.
    """
    rank = ("PASS", "NOT PROVEN", "FAIL", "REFUSED").index(check.verdict)
    if check.margin is None or check.limit is None:
        return rank, float("-inf")
    return rank, check.margin / check.limit if check.limit else float("inf")


def _told(trial: Trial, caught: Sequence[Check], asked: int) -> str:
    if trial.obstacle:
        return f"{trial.fault}: not planted, {trial.obstacle}"
    if not caught:
        said = f"none of {asked} lines that are green without it" if asked else "no line is green without it"
        return f"{trial.fault}: NOT CAUGHT; {said} turned red"
    first = caught[0]
    by_how_much = f" ({margin_of(first)})" if margin_of(first) else ""
    more = f"; {len(caught) - 1} more" if len(caught) > 1 else ""
    return f"{trial.fault}: {first.verdict} by {first.guard}, {first.name}{by_how_much}{more}"


def _sentence(rows: Sequence[Rehearsed], blind: int) -> str:
    planted = [row for row in rows if not row.obstacle]
    missed = [row.fault for row in planted if row.missed]
    said = f"{len(planted) - len(missed)} of {len(planted)} planted faults were caught"
    said += f"; nobody caught {', '.join(missed)}" if missed else ""
    said += f"; {len(rows) - len(planted)} could not be planted" if len(rows) > len(planted) else ""
    lines = "1 line is" if blind == 1 else f"{blind} lines are"
    return said + (f"; {lines} red without any fault and can catch none" if blind else "")
