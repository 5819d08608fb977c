"""Which class fails where, and why: the slices that lose most, each with its costliest kind of error and what to do.

What a slice loses is the mistakes it makes beyond those it would make at the F1 of the whole set. F1 is
``2 correct / (objects + detections)``, so these are ``(objects + detections) * (F1 of the whole - F1)``: a slice of
three boxes cannot come first by bad luck, and a large one not by its size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detection.rules.evidence.judging.figures import (
    SETS,
    class_name,
    counts,
    is_crossed,
    reach,
    slice_name,
)
from detection.rules.evidence.judging.verdict import Displays
from detection.rules.evidence.numerals import digits
from detection.rules.evidence.page import Finding, Findings
from detection.rules.evidence.tables import Cell, Span, scale_start
from detection.rules.evidence.tone import Tone
from detection.rules.judging.errors.sheet import SPECIALS, ErrorRow, ErrorSheet
from detection.rules.judging.scores.rows import ALL, EVERY, ScoreRow, ScoreSheet

SHOWN = 3
LEAST_LOSS = 1.0
"""Mistakes below which nothing stands out."""
NEARLY = 0.5
"""Part of the costliest kind's cost from which the second is told too."""
LEAST_OBJECTS = 10
"""Objects below which a slice is too small to say anything of."""
WORDS = {
    "classification": "taken for another class",
    "localisation": "boxes that do not fit",
    "both": "boxes that do not fit, of another class",
    "duplicate": "objects found twice",
    "background": "detections where nothing is",
    "missed": "objects that nothing found",
}
"""What whoever looks at the pictures sees."""


@dataclass(frozen=True, slots=True)
class Weak:
    """A class in the slice where it loses most.

    Attributes:
        row: the class in that slice.
        of_class: the class in all frames of the set.
        whole: all classes in all frames.
        lost: mistakes beyond those at the F1 of ``whole``.
    """

    row: ScoreRow
    of_class: ScoreRow
    whole: ScoreRow
    lost: float


def looked_at(sheet: ScoreSheet, variant: str) -> ScoreRow | None:
    """Everything in the set that weak slices are looked for in: the first, and largest, that was judged; or none."""
    rows = (sheet.row(variant, name) for name in SETS)
    return next((row for row in rows if row is not None and row.f1 is not None), None)


def weakest(sheet: ScoreSheet, variant: str, most: int = SHOWN) -> tuple[Weak, ...]:
    """The classes that lose most, each in the slice where it surely does worse than elsewhere, or as a whole.

    A class comes again, in a slice of another condition, only after every other class that loses anything.
    """
    whole = looked_at(sheet, variant)
    if whole is None:
        return ()
    of_set = [row for row in sheet.rows if (row.variant, row.set) == (variant, whole.set) and row.label != EVERY]
    first: list[Weak] = []
    others: list[Weak] = []
    for of_class in (row for row in of_set if row.slice == ALL):
        rows = [row for row in of_set if row.label == of_class.label]
        found = [weak for weak in _of_class(rows, of_class, whole) if weak.lost >= LEAST_LOSS]
        first += found[:1]
        others += found[1:]
    return tuple((*sorted(first, key=_urgency), *sorted(others, key=_urgency))[:most])


def surely_below(row: ScoreRow, figure: float | None) -> bool:
    """Whether the F1 of a slice that is large enough lies below ``figure`` with its whole interval."""
    interval = row.intervals.f1
    return row.truths >= LEAST_OBJECTS and interval is not None and figure is not None and interval.upper < figure


def findings(sheet: ScoreSheet, errors: ErrorSheet, variant: str, displays: Displays) -> Findings:
    """Cards of the weakest slices: figure, what is wrong, what to do.

    Args:
        sheet: the scores.
        errors: the kinds of errors.
        variant: whose.
        displays: names of the classes.
    """
    whole = looked_at(sheet, variant)
    if whole is None:
        return Findings((), "Where it loses most, and why", "Nothing was judged.")
    found = weakest(sheet, variant)
    start = scale_start(figure for weak in found for figure in (weak.row.f1, _lower(weak.row)))
    shown = tuple(_finding(weak, errors, displays, start) for weak in found)
    title = f"Where it loses most, and why: F1 of {variant} on {whole.set}"
    if not shown:
        return Findings((), title, "No class stands out: none makes more mistakes than all classes together do.")
    legend = (
        "The band is the interval, the thin line F1 of all classes on all frames. Red: the whole band lies below that "
        "line; amber: that may be chance."
    )
    note = (
        f"F1 of all classes on all frames is {digits(whole.f1)}. Each class is shown in the slice where it surely does "
        "worse than elsewhere, if there is one; first comes what makes most mistakes beyond those of the average."
    )
    return Findings(shown, title, note, legend)


def _of_class(rows: Sequence[ScoreRow], of_class: ScoreRow, whole: ScoreRow) -> list[Weak]:
    """Where a class surely does worse than on all frames, the worst first; itself on all frames if nowhere.

    Of a class that is not surely below the whole, a slice that is says enough too.
    """
    even = surely_below(of_class, whole.f1)
    sure = [row for row in rows if surely_below(row, of_class.f1) or (not even and surely_below(row, whole.f1))]
    parts = [row for row in sure if row.slice != ALL and _beyond(row, of_class) >= LEAST_LOSS]
    best: list[ScoreRow] = []
    for row in sorted(parts, key=lambda row: (-_beyond(row, of_class), is_crossed(row.slice))):
        if not any(_alike(row.slice, other.slice) for other in best):
            best.append(row)
    total = _beyond(of_class, whole)
    chosen = [Weak(row, of_class, whole, max(total, _beyond(row, whole))) for row in best[:1]]
    chosen += [Weak(row, of_class, whole, _beyond(row, whole)) for row in best[1:]]
    return chosen or [Weak(of_class, of_class, whole, total)]


def _beyond(row: ScoreRow, measure: ScoreRow) -> float:
    if row.f1 is None or measure.f1 is None:
        return 0.0
    return (row.truths + row.detections) * (measure.f1 - row.f1)


def _alike(part: str, other: str) -> bool:
    """Whether two slices speak of the same conditions, so that one nearly says what the other says."""
    names = ({pair.partition("=")[0] for pair in one.split(",")} for one in (part, other))
    return not set.isdisjoint(*names)


def _finding(weak: Weak, errors: ErrorSheet, displays: Displays, start: float) -> Finding:
    row, limit = weak.row, weak.whole.f1
    interval = row.intervals.f1
    tone = Tone.BAD if surely_below(row, limit) else Tone.UNSURE
    value = row.f1 or 0.0
    lower, upper = (value, value) if interval is None else (interval.lower, interval.upper)
    costliest = errors.worst(row.variant, row.set, row.label, row.slice)
    costliest = costliest or errors.worst(row.variant, row.set, row.label)
    told = (_measured(weak, displays), *_why(row, costliest))
    advice = errors.advised(costliest) if costliest else None
    evidence = (*((advice.evidence,) if advice else ()), *_next(costliest, errors))
    title = f"{class_name(row.label, displays)}, {slice_name(row.slice)}"
    figure = Cell(digits(row.f1), span=Span(value, lower, upper, limit, start=start, tone=tone))
    return Finding(title, figure, (*told, *evidence), advice.sentence if advice else "", tone)


def _measured(weak: Weak, displays: Displays) -> str:
    row, interval = weak.row, weak.row.intervals.f1
    known = f"{interval.confidence:.0%}: {reach(interval)}, " if interval else ""
    own = "" if row.slice == ALL else f" {class_name(row.label, displays)} on all frames: {digits(weak.of_class.f1)}."
    missed, false = row.truths - row.correct, row.detections - row.correct
    return f"{known}{counts(row)}.{own} {missed} missed, {false} false."


def _why(row: ScoreRow, costliest: ErrorRow | None) -> tuple[str, ...]:
    if costliest is None:
        return ()
    where = "" if costliest.slice == row.slice else " (all frames)"
    gain = f"; without them F1 would rise by {digits(costliest.df1)}" if costliest.df1 else ""
    return (f"Costliest error: {costliest.shown} {WORDS[costliest.kind]}{where}{gain}.",)


def _next(costliest: ErrorRow | None, errors: ErrorSheet) -> tuple[str, ...]:
    """The second kind, where it costs nearly as much: a class seldom fails for one reason."""
    if costliest is None:
        return ()
    rows = errors.of(costliest.variant, costliest.set, costliest.label, costliest.slice)
    others = [row for row in rows if row.kind not in (*SPECIALS, costliest.kind)]
    second = max(others, key=lambda row: row.df1 or 0.0, default=None)
    if second is None or not second.df1 or second.df1 < NEARLY * (costliest.df1 or 0.0):
        return ()
    advice = errors.advised(second)
    why = f": {advice.evidence}" if advice else "."
    return (f"Next: {second.shown} {WORDS[second.kind]}, worth {digits(second.df1)}{why}",)


def _lower(row: ScoreRow) -> float | None:
    return row.f1 if row.intervals.f1 is None else row.intervals.f1.lower


def _urgency(weak: Weak) -> tuple[bool, float]:
    return not surely_below(weak.row, weak.whole.f1), -weak.lost
