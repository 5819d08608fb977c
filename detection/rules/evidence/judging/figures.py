"""A measured figure as a cell: its value, how far it may be off, and what was counted. Names of slices in words."""

from __future__ import annotations

from detection.rules.evidence.judging.verdict import Displays
from detection.rules.evidence.numerals import cut, digits, thousands
from detection.rules.evidence.page import Fact
from detection.rules.evidence.tables import Cell, Span
from detection.rules.evidence.tone import Tone
from detection.rules.judging.intervals import Interval
from detection.rules.judging.scores.rows import ALL, EVERY, ScoreRow
from detection.rules.labels.splits.certificate import Certificate
from detection.rules.spec.judging import SIZE

SETS = ("test", "golden", "challenge")
"""In the order they are told; test is the largest."""


def class_name(label: str, displays: Displays) -> str:
    """A class as people call it."""
    return "All classes" if label == EVERY else displays.get(label, label)


def slice_name(part: str) -> str:
    """``lighting=dusk,crowding=crowded`` as ``lighting dusk, crowding crowded``; ``size=small`` as ``small boxes``."""
    if part == ALL:
        return "all frames"
    pairs = [pair.partition("=") for pair in part.split(",")]
    return ", ".join(f"{value} boxes" if name == SIZE else f"{name} {value}" for name, _, value in pairs)


def unseen(certificate: Certificate) -> str:
    """What the sets that judge are made of, as far as the split proves it: ``cameras that training never saw``.

    Nothing if the split leaks; plain frames where nothing that is known of them tied any together.
    """
    if certificate.crossings:
        return ""
    merged = {tie.kind for tie in certificate.ties if tie.merges}
    kinds = next((f"{kind}s" for kind in ("site", "camera", "scene") if kind in merged), "frames")
    return f"{kinds} that training never saw"


def is_crossed(part: str) -> bool:
    """Whether a slice is of more than one condition."""
    return "," in part


def is_size(part: str) -> bool:
    """Whether a slice is of boxes and not of frames."""
    return part.startswith(f"{SIZE}=")


def reach(interval: Interval | None) -> str:
    """``0.874–0.941``; empty where nothing is known."""
    return "" if interval is None else f"{cut(interval.lower)}–{digits(interval.upper)}"


def figure(value: float | None, interval: Interval | None) -> Cell:
    """A figure with its interval below it."""
    return Cell(digits(value), Tone.QUIET if value is None else Tone.PLAIN, note=reach(interval))


def bar(value: float | None, interval: Interval | None, counted: str, start: float) -> Cell:
    """A share with its interval drawn from ``start`` to 1, and below it the interval and what was counted."""
    if value is None:
        return Cell("–", Tone.QUIET, note=counted)
    lower, upper = (value, value) if interval is None else (interval.lower, interval.upper)
    note = " · ".join(filter(None, (reach(interval), counted)))
    return Cell(digits(value), span=Span(value, lower, upper, start=start), note=note)


def fact(name: str, value: float | None, interval: Interval | None, counted: str = "") -> Fact:
    """A headline figure with its interval."""
    known = "" if interval is None else f"{interval.confidence:.0%}: {reach(interval)}"
    return Fact(name, digits(value), " · ".join(filter(None, (known, counted))))


def counts(row: ScoreRow) -> str:
    """What a row was counted on."""
    objects = f"{thousands(row.truths)} object{'s' * (row.truths != 1)}"
    return f"{objects}, {row.groups} group{'s' * (row.groups != 1)}"


def lowest(row: ScoreRow) -> list[float]:
    """Where the bars of a row begin."""
    known = (row.intervals.precision, row.intervals.recall)
    shares = [share for share in (row.precision, row.recall) if share is not None]
    return shares + [interval.lower for interval in known if interval is not None]
