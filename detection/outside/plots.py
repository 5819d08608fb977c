"""Charts: the only file that knows matplotlib. Values in, pictures of one style out.

An SVG follows the reader's light or dark scheme by itself: its few neutral colours are variables with a value for each
scheme, and its series colours read well on both. Text stays text. The same values give the same bytes.
"""

from __future__ import annotations

import io
from textwrap import shorten
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from detection.rules.evidence.charts import Chart, Mark, Series

INK, SOFT, LINE, PAPER = "#1b1f24", "#5b636d", "#e3e5e8", "#ffffff"
COLOURS = ("#2f6db0", "#c96f1d", "#2a9484", "#8b5fb0", "#b5485d", "#7a7f2a", "#4f8fb8", "#8a6a4f")
"""One per series, told apart with the common colour blindnesses; repeats after eight."""

NAME_MAXIMUM = 40
"""Letters of a name in a legend; a longer one would leave no room for the lines."""

_DARK = {INK: "#e8eaed", SOFT: "#a0a8b2", LINE: "#2c3137", PAPER: "#181b1f"}
_FONT = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif'
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "detection",
    "font.size": 9.0,
    "axes.edgecolor": LINE,
    "axes.labelcolor": SOFT,
    "axes.titlecolor": INK,
    "axes.titlesize": 10.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "grid.color": LINE,
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "lines.linewidth": 1.7,
    "text.parse_math": False,
}


def svg(chart: Chart) -> bytes:
    """A chart of lines as an SVG, 4.6 by 3 inches at its natural size."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(4.6, 3.0), layout="constrained")
        _lines(figure.subplots(), chart)
        return _themed(figure)


def _lines(axis: Axes, chart: Chart) -> None:
    if chart.diagonal:
        axis.plot([0, 1], [0, 1], color=SOFT, linewidth=0.9, linestyle=":")
    for series in chart.series:
        _line(axis, series)
    for mark in chart.marks:
        _mark(axis, mark)
    axis.set(title=chart.title, xlabel=chart.x_name, ylabel=chart.y_name)
    if chart.unit_x:
        axis.set_xlim(0, 1)
    if chart.unit_y:
        axis.set_ylim(0, 1.02)
    elif chart.zero:
        axis.set_ylim(bottom=0)
    if any(one.name for one in chart.series) or chart.marks:
        axis.legend(loc="best", handlelength=1.6)


def _line(axis: Axes, series: Series) -> None:
    colour = COLOURS[series.colour % len(COLOURS)]
    axis.plot(
        series.x,
        series.y,
        label=_legend(series.name),
        color=colour,
        linestyle=series.stroke.value,
        marker="o" if series.dots else None,
        markersize=3.2,
        clip_on=False,
        zorder=3,
    )
    if series.weight is not None:
        axis.scatter(series.x, series.y, 120 * series.weight, color=colour, alpha=0.35, linewidths=0, clip_on=False)


def _mark(axis: Axes, mark: Mark) -> None:
    colour = COLOURS[mark.colour % len(COLOURS)]
    axis.axvline(mark.x, label=_legend(mark.name), color=colour, linewidth=1.1, linestyle="--", zorder=2)


def _legend(name: str) -> str:
    return shorten(name, NAME_MAXIMUM, placeholder="…") or "_unnamed"


def _themed(figure: Figure) -> bytes:
    """Neutral colours become variables that follow the reader's scheme; only what we drew is touched."""
    drawing = _saved(figure).decode()
    names = {INK: "--ink", SOFT: "--soft", LINE: "--line", PAPER: "--paper"}
    for colour, name in names.items():
        drawing = drawing.replace(f": {colour}", f": var({name})")
    light = "".join(f"{name}:{colour};" for colour, name in names.items())
    dark = "".join(f"{name}:{_DARK[colour]};" for colour, name in names.items())
    schemes = f":root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"
    sheet = f"<style>{schemes}text{{font-family:{_FONT}!important}}</style>"
    head, _, body = drawing.partition("<defs>")
    return (head + sheet + "<defs>" + body).encode()


def _saved(figure: Figure) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="svg", dpi=130, transparent=True, metadata={"Date": None, "Creator": None})
    return stream.getvalue()
