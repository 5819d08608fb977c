"""What the story had to show, and whether it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from detection.rules.field.accuracy.hits import Hits
from detection.rules.field.story.chronicle import ALL, WEEK, Figure, Told, Verdict, Week
from detection.rules.field.story.plan import Plan

SMOOTHED = 4
"""Weeks over which true precision is taken before it is called fallen."""


@dataclass(frozen=True, slots=True)
class Low:
    """The end of the first weeks over which true precision lay below a floor."""

    day: date
    precision: float


def verdicts(plan: Plan, gate: float, told: tuple[Told, Told], figures: Sequence[Figure]) -> tuple[Verdict, ...]:
    """All of them.

    Args:
        plan: the story's.
        gate: precision that the spec asks for.
        told: the year that changed, and the control year.
        figures: of the year that changed.
    """
    year, control = told
    return _early(plan, gate, year), _quiet(control), _promoted(year), _recovered(plan, figures)


def fell_below(weeks: Sequence[Week], floor: float) -> Low | None:
    """When true precision fell below a floor; None if it never did."""
    for number in range(SMOOTHED, len(weeks) + 1):
        last = weeks[number - SMOOTHED : number]
        detections = sum(week.hits.detections for week in last)
        precision = sum(week.hits.correct for week in last) / detections if detections else 1.0
        if precision < floor:
            return Low(last[-1].begins + WEEK, precision)
    return None


def _early(plan: Plan, gate: float, year: Told) -> Verdict:
    name = f"alarm before true precision is {plan.fall:.2f} below the gate"
    alarm, floor = year.day_of("alarm"), gate - plan.fall
    low = fell_below(year.weeks, floor)
    told = f"true precision never fell below {floor:.2f}" if low is None else (
        f"true precision over {SMOOTHED} weeks fell below {floor:.2f} on {low.day} ({low.precision:.3f})"
    )  # fmt: skip
    if alarm is None:
        return Verdict(name, False, f"no alarm; {told}")
    return Verdict(name, low is None or alarm < low.day, f"alarm on {alarm}; {told}")


def _quiet(control: Told) -> Verdict:
    raised = [one for one in control.happenings if one.what == "alarm"]
    words = "none was raised" if not raised else f"{len(raised)} raised, the first on {raised[0].day}"
    return Verdict("no alarm in the control year", not raised, words)


def _promoted(year: Told) -> Verdict:
    day = year.day_of("promoted")
    trained = next((one.words for one in year.happenings if one.what == "trained"), "no challenger was trained")
    return Verdict("a challenger is compared and promoted", day is not None, trained)


def _recovered(plan: Plan, figures: Sequence[Figure]) -> Verdict:
    name = f"precision and recall within {plan.recovery:.2f} of the first release on every slice"
    whole = next(one.first for one in figures if one.name == ALL)
    short = [words for one in figures for words in _short(one, whole, plan.recovery)]
    if not any(one.after.truths for one in figures):
        return Verdict(name, False, "nothing ran after the first release")
    return Verdict(name, not short, "; ".join(short) or "all are")


def _short(figure: Figure, whole: Hits, margin: float) -> list[str]:
    """Where the challenger falls short; a kind that the first release did not know is held to its figures for all."""
    before, after = figure.first if figure.first.truths else whole, figure.after
    pairs = (("precision", before.precision, after.precision), ("recall", before.recall, after.recall))
    return [f"{figure.name}: {what} {now:.3f} (first {was:.3f})" for what, was, now in pairs if not now >= was - margin]
