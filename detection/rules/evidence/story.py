"""``story.html`` as values: what had to be shown, the year, what happened, the figures, the control year, frames."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from detection.rules.evidence.drawings import Drawings, Event, Line, Track
from detection.rules.evidence.numerals import digits
from detection.rules.evidence.page import Banner, Fact, Page, Pictures, Section
from detection.rules.evidence.tables import Cell, Column, Table, code, count, share, text
from detection.rules.evidence.tone import Tone
from detection.rules.field.accuracy.hits import Hits
from detection.rules.field.story.chronicle import ALL, Chronicle, Figure, Told, Week, What

EVENTS: dict[What, Tone] = {"crates": Tone.QUIET, "alarm": Tone.BAD, "agreed": Tone.UNSURE, "promoted": Tone.GOOD}
"""What is marked on the year's lines, the first of each kind."""
NAMES: dict[What, str] = {
    "live": "release", "baseline": "baseline accepted", "crates": "first crates", "incident": "incident",
    "alarm": "alarm", "decision": "decision", "agreed": "agreed", "queue": "queue",
    "labels": "labels back", "trained": "challenger", "promoted": "promoted",
}  # fmt: skip
TONES: dict[What, Tone] = {"alarm": Tone.BAD, "incident": Tone.UNSURE, "promoted": Tone.GOOD}
SMOOTHED = 4
"""Weeks over which a line of true figures is taken."""


def page(story: Chronicle, frames: Sequence[Pictures]) -> Page:
    """The whole page.

    Args:
        story: what happened.
        frames: pictures of it.
    """
    sections = [
        Section("year", "The year", "Lines of truth are known here alone: no device and no monitor sees them.",
                (_truth(story.year, story.gate), _seen(story.year))),
        Section("happened", "What happened", "Each with the day on which it was known.", (_happened(story.year),)),
        Section("figures", "True figures", "Objects of a kind that a release does not know are not asked of it.",
                (_figures(story.figures),)),
        Section("control", "The control year", "The same cameras in a year in which nothing changes but the freight.",
                (_truth(story.control, story.gate), _seen(story.control), _happened(story.control))),
    ]  # fmt: skip
    sections += [Section("frames", "Frames", "As the cameras took them.", tuple(frames))] if frames else []
    took = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in story.seconds.items())
    return Page(
        name="A year in the warehouse",
        subtitle=f"{story.year.weeks[0].begins} to {story.year.weeks[-1].begins}" if story.year.weeks else "",
        banner=_banner(story),
        sections=tuple(sections),
        colophon=f"It took: {took}.",
        kicker="Story",
    )


def _banner(story: Chronicle) -> Banner:
    held = all(one.held for one in story.verdicts)
    rows = tuple(
        (text(v.name), Cell("shown" if v.held else "not shown", Tone.GOOD if v.held else Tone.BAD, chip=True),
         text(v.words))
        for v in story.verdicts
    )  # fmt: skip
    whole = next((one for one in story.figures if one.name == ALL), None)
    facts = [Fact("alarm", _day(story.year.day_of("alarm"))), Fact("promoted", _day(story.year.day_of("promoted")))]
    if whole is not None:
        came = (("first release", whole.first), ("before the challenger", whole.fallen), ("challenger", whole.after))
        facts += [Fact(f"precision, {name}", digits(hits.precision)) for name, hits in came]
    return Banner(
        answer="SHOWN" if held else "NOT SHOWN",
        tone=Tone.GOOD if held else Tone.BAD,
        sentence="The light fell, a new kind of parcel came, and the release that had passed its gate grew worse. "
        "This page shows when it was noticed, what people answered, and what retraining gave back.",
        next_step="" if held else "Look at the lines below that are not shown.",
        facts=tuple(facts),
        gate=Table((Column("what had to be shown"), Column(""), Column("how it came")), rows),
    )


def _truth(told: Told, gate: float) -> Drawings:
    weeks = told.weeks
    events = tuple(
        Event(NAMES[what], _place(day), tone) for what, tone in EVENTS.items() if (day := told.day_of(what)) is not None
    )
    lines = (
        Line("precision", _smooth(weeks, "detections"), Tone.GOOD),
        Line("recall", _smooth(weeks, "truths"), Tone.PLAIN, dashed=True),
    )
    track = Track(
        f"true precision and recall, {SMOOTHED} weeks each", _places(weeks), _ends(weeks), lines,
        limit=gate, limit_name="what the gate asks of precision", events=events, bottom=0.5,
    )  # fmt: skip
    crates = Track(
        "crates in view, a week", _places(weeks), _ends(weeks), (Line("crates", tuple(float(w.crates) for w in weeks)),)
    )
    return Drawings((track, crates), title="What is true")


def _seen(told: Told) -> Drawings:
    weeks = told.weeks
    distance = Track(
        "the reading furthest beyond its band, a week", _places(weeks), _ends(weeks),
        (Line("PSI", tuple(_drawn(w.distance) for w in weeks), Tone.BAD),), band=tuple(_drawn(w.band) for w in weeks),
        remark="over all cameras and signals; the band is what unchanged weeks of that camera stay below",
    )  # fmt: skip
    alarms = Track(
        "open alarms", _places(weeks), _ends(weeks), (Line("alarms", tuple(float(w.alarms) for w in weeks), Tone.BAD),)
    )
    return Drawings((distance, alarms), title="What the monitor saw, without any label")


def _happened(told: Told) -> Table:
    rows = tuple(
        (text(str(one.day)), Cell(NAMES[one.what], TONES.get(one.what, Tone.PLAIN), chip=one.what in TONES),
         text(one.words), code(one.id.rpartition("-")[2][:8]))
        for one in told.happenings
    )  # fmt: skip
    return Table((Column("day"), Column("what"), Column("in words"), Column("id")), rows)


def _figures(figures: Sequence[Figure]) -> Table:
    columns = [Column("slice")]
    for name in ("precision", "recall"):
        columns += [Column(f"{name}, {which}", True) for which in ("first", "fallen", "challenger")]
    columns.append(Column("objects, challenger", True))
    return Table(
        tuple(columns),
        tuple(
            (text(one.name), *_parts(one, "precision"), *_parts(one, "recall"), count(one.after.truths))
            for one in figures
        ),
        note="First: before anything had changed. Fallen: the four weeks before the challenger took its place.",
    )


def _parts(figure: Figure, name: str) -> tuple[Cell, ...]:
    return tuple(share(getattr(hits, name)) for hits in (figure.first, figure.fallen, figure.after))


def _smooth(weeks: Sequence[Week], below: str) -> tuple[float, ...]:
    """Shares over the last weeks; a release's change starts them anew."""
    shares = []
    for number in range(len(weeks)):
        last = [w.hits for w in weeks[max(0, number + 1 - SMOOTHED) : number + 1] if w.release == weeks[number].release]
        total = sum(getattr(hits, below) for hits in last)
        shares.append(_share(last, total))
    return tuple(shares)


def _share(hits: Sequence[Hits], total: int) -> float:
    return sum(one.correct for one in hits) / total if total else float("nan")


def _places(weeks: Sequence[Week]) -> tuple[float, ...]:
    return tuple(_place(week.begins) for week in weeks)


def _place(day: date) -> float:
    return float(day.toordinal())


def _ends(weeks: Sequence[Week]) -> tuple[str, str]:
    return (str(weeks[0].begins), str(weeks[-1].begins)) if weeks else ("", "")


def _day(day: date | None) -> str:
    return "none" if day is None else str(day)


def _drawn(value: float | None) -> float:
    """A gap in a line, where nothing could be said."""
    return float("nan") if value is None else value
