"""Small drawings as values, drawn by the page itself: histograms, figures over time, one tile for each of many.

A picture by :mod:`charts` is finer, and too heavy for a page that shows thousands. Knows no HTML; what it computes are
places on a canvas of :data:`WIDE` by :data:`HIGH`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Literal

from detection.rules.evidence.tone import Tone

WIDE, HIGH = 300.0, 80.0
"""The canvas; a page stretches it to the room it has."""
POINTS = 160
"""Points of a track that is as fine as a small drawing can show."""


@dataclass(frozen=True, slots=True)
class Bars:
    """A histogram of the field before its reference.

    Attributes:
        title: above it.
        names: of the bins, in order.
        reference: share of each bin, 0 to 1.
        field: likewise.
        remark: below it.
        tone: of the field's bars.
    """

    title: str
    names: tuple[str, ...]
    reference: tuple[float, ...]
    field: tuple[float, ...]
    remark: str = ""
    tone: Tone = Tone.PLAIN
    kind: Literal["bars"] = "bars"

    def height(self, share: float) -> float:
        """How high a bar of ``share`` stands, where the highest of all fills the canvas."""
        highest = max((*self.reference, *self.field), default=0.0)
        return HIGH * share / highest if highest else 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a track.

    Attributes:
        name: for the legend.
        y: a value for each place of the track; NaN leaves a gap.
        tone: its colour.
        dashed: its manner.
    """

    name: str
    y: tuple[float, ...]
    tone: Tone = Tone.PLAIN
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at one place of the x axis."""

    name: str
    at: float
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Track:
    """Figures over time.

    Attributes:
        title: above it.
        x: ascending places in any unit, such as seconds.
        ends: what stands below the first place and below the last.
        lines: back to front.
        band: for each place, how far up chance alone reaches; empty draws none.
        band_name: for the legend.
        limit: one line across; none draws none.
        limit_name: for the legend.
        events: from bottom to top.
        bottom: where the y axis begins.
        remark: below it.
        tone: of the whole, for its remark.
    """

    title: str
    x: tuple[float, ...]
    ends: tuple[str, str]
    lines: tuple[Line, ...]
    band: tuple[float, ...] = ()
    band_name: str = "what chance reaches"
    limit: float | None = None
    limit_name: str = "limit"
    events: tuple[Event, ...] = ()
    bottom: float = 0.0
    remark: str = ""
    tone: Tone = Tone.PLAIN
    kind: Literal["track"] = "track"

    @property
    def top(self) -> float:
        """Where the y axis ends."""
        drawn = [v for values in (*(line.y for line in self.lines), self.band) for v in values if isfinite(v)]
        highest = max([*drawn, *([] if self.limit is None else [self.limit])], default=1.0)
        return highest + 0.06 * (highest - self.bottom) if highest > self.bottom else self.bottom + 1.0

    def across(self, place: float) -> float:
        """``place`` on the canvas, held inside it; a track of one place has it in the middle."""
        if not self.x or self.x[-1] <= self.x[0]:
            return WIDE / 2
        return WIDE * min(1.0, max(0.0, (place - self.x[0]) / (self.x[-1] - self.x[0])))

    def down(self, value: float) -> float:
        """``value`` on the canvas, held inside it, counted from above."""
        return HIGH * (1 - min(1.0, max(0.0, (value - self.bottom) / (self.top - self.bottom))))

    def path(self, line: Line) -> str:
        """A line as an SVG path; a value between two gaps is a dot."""
        words = []
        drawing = False
        for place, value in zip(self.x, line.y, strict=True):
            if isfinite(value):
                words.append(f"{'L' if drawing else 'M'}{self.across(place):.1f} {self.down(value):.1f}")
                words += [] if drawing else ["h.01"]
            drawing = isfinite(value)
        return "".join(words)

    def shade(self) -> str:
        """The band as a closed SVG path, from the axis up; empty without one."""
        spoken = [(x, y) for x, y in zip(self.x, self.band, strict=False) if isfinite(y)]
        if not spoken:
            return ""
        edge = "".join(f"L{self.across(x):.1f} {self.down(y):.1f}" for x, y in spoken)
        return f"M{self.across(spoken[0][0]):.1f} {HIGH:g}{edge}L{self.across(spoken[-1][0]):.1f} {HIGH:g}Z"


Drawing = Bars | Track


@dataclass(frozen=True, slots=True)
class Drawings:
    """Small drawings side by side."""

    drawings: tuple[Drawing, ...]
    title: str = ""
    note: str = ""
    kind: Literal["drawings"] = "drawings"


@dataclass(frozen=True, slots=True)
class Tile:
    """One of many, as small as it can be.

    Attributes:
        name: read aloud, and shown when pointed at.
        tone: its colour.
        note: what stands behind it.
        anchor: of what tells more, ours and never the data's; empty if nothing does.
    """

    name: str
    tone: Tone
    note: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Tiles:
    """Many at a glance, in the order given."""

    tiles: tuple[Tile, ...]
    title: str = ""
    note: str = ""
    kind: Literal["tiles"] = "tiles"


def gathered(places: int, at_most: int = POINTS) -> list[slice]:
    """Which rows of a long track each point of a thinner one stands for, in order: together all, each once.

    Args:
        places: rows of the long one.
        at_most: points of the thinner one.
    """
    step = max(1, -(-places // at_most))
    return [slice(begin, min(begin + step, places)) for begin in range(0, places, step)]
