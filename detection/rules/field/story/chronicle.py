"""``story.json``: what happened in the year, day by day, and what was known of it at the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from detection.rules.field.accuracy.hits import Hits

ALL = "all"
"""The slice of all frames and kinds."""
UNSEEN = "cameras it never learnt from"
WEEK = timedelta(days=7)

What = Literal[
    "live", "baseline", "crates", "incident", "alarm", "decision", "agreed", "queue", "labels", "trained", "promoted"
]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened.

    Attributes:
        day: on which it was known.
        what: for programs.
        words: for people, with the figures.
        id: of the incident, decision, queue or bundle; ``""`` for none.
    """

    day: date
    what: What
    words: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days, as they were and as the monitor saw them.

    Attributes:
        begins: its first day.
        release: counter of the bundle that ran at its end.
        hits: true detections and objects of the classes that this release knows.
        crates: objects of the new kind that were in view.
        distance: largest PSI over cameras and signals, beside its own band; None where nothing could be said.
        band: of that reading.
        signal: whose it is, with its camera.
        alarms: incidents open at the end that call somebody.
    """

    begins: date
    release: int
    hits: Hits
    crates: int
    distance: float | None
    band: float | None
    signal: str
    alarms: int


@dataclass(frozen=True, slots=True)
class Figure:
    """True precision and recall of one slice before and after.

    Attributes:
        name: of the slice, such as ``dusk`` or ``crate``.
        first: the first release, in the days before anything had changed.
        fallen: the first release, in the days before it was replaced.
        after: the challenger, from its first day to the end.
    """

    name: str
    first: Hits
    fallen: Hits
    after: Hits


@dataclass(frozen=True, slots=True)
class Told:
    """One year.

    Attributes:
        name: ``year`` or ``control``.
        weeks: in order.
        happenings: in order.
    """

    name: str
    weeks: tuple[Week, ...]
    happenings: tuple[Happening, ...]

    def day_of(self, what: What) -> date | None:
        """When something of a kind happened first."""
        return next((one.day for one in self.happenings if one.what == what), None)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing the story must show."""

    name: str
    held: bool
    words: str


@dataclass(frozen=True, slots=True)
class Chronicle:
    """The story.

    Attributes:
        gate: precision that the spec asks for.
        year: that changed.
        control: that did not.
        figures: slice by slice.
        verdicts: what had to be shown.
        seconds: of each part, by name.
    """

    gate: float
    year: Told
    control: Told
    figures: tuple[Figure, ...]
    verdicts: tuple[Verdict, ...]
    seconds: dict[str, float]
