"""Both seasons side by side: what is true, and what the monitor said without knowing it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from detection.commands.season.playing import Played
from detection.rules.evidence.field import words
from detection.rules.evidence.numerals import digits
from detection.rules.field.accuracy.hits import Hits
from detection.rules.field.watching.findings import Standing
from detection.rules.field.watching.readings import Answer, Severity
from detection.scenes.lighting import LIGHTINGS

STYLES = {Answer.BREACH: "yellow", Answer.WARNING: "yellow", Answer.QUIET: "green", Answer.TOO_FEW: "dim"}


@dataclass(frozen=True, slots=True)
class Figures:
    """``season.json``: one entry for each season."""

    season: str
    precision: float
    recall: float
    detections: int
    truths: int
    crates: int
    alarms: tuple[str, ...]


def show(console: Console, control: Played, following: Played) -> None:
    """Print it all, and whether it is as it should be."""
    console.print(accuracy(control, following))
    console.print(f"crates in view, which nobody taught it: control {control.crates}, next {following.crates}\n")
    console.print(monitored(control, following))
    for played, expected in ((control, False), (following, True)):
        cameras = ", ".join(sorted({incident.camera for incident in played.alarmed}))
        said = f"ALARM on {cameras}" if cameras else "quiet"
        word = "as it should be" if bool(cameras) is expected else "NOT as it should be"
        console.print(f"{played.name} season: {said}; {word}", highlight=False, markup=False)


def accuracy(control: Played, following: Played) -> Table:
    """True precision and recall before and after: what the monitor does not know."""
    rows = Table(title="true precision and recall, at the thresholds as shipped", title_justify="left")
    rows.add_column("frames")
    for figure in ("precision", "recall"):
        for name in ("control", "next", "change"):
            rows.add_column(f"{figure}\n{name}", justify="right")
    for light in ("all", *(light for light in LIGHTINGS if light in control.by_lighting | following.by_lighting)):
        before = control.whole if light == "all" else control.by_lighting.get(light)
        after = following.whole if light == "all" else following.by_lighting.get(light)
        rows.add_row(light, *_change(before, after, "precision"), *_change(before, after, "recall"))
    return rows


def monitored(control: Played, following: Played) -> Table:
    """What the monitor saw, without any truth: for each camera and signal the window furthest out."""
    title = "what the monitor says, without the truth: furthest window (what chance reaches)"
    rows = Table(title=title, title_justify="left")
    for name in ("camera", "signal", "control", "next"):
        rows.add_column(name)
    before, after = _furthest(control), _furthest(following)
    displays = control.watched.release.displays
    for camera, signal in before:
        told = (_said(before[camera, signal]), _said(after[camera, signal]))
        rows.add_row(escape(camera), escape(words.signal(signal, displays)), *told)
    return rows


def figures(played: Played) -> Figures:
    """A season's entry in ``season.json``."""
    whole = played.whole
    raised = tuple(f"{incident.camera} {signal}" for incident in played.alarmed for signal in incident.signals)
    return Figures(played.name, whole.precision, whole.recall, whole.detections, whole.truths, played.crates, raised)


def _furthest(played: Played) -> dict[tuple[str, str], Standing]:
    """For each camera and signal the standing, over the durations, that says most."""
    found: dict[tuple[str, str], Standing] = {}
    for standing in played.watched.findings.standings:
        key = standing.camera, standing.signal
        if key not in found or _loudness(standing) > _loudness(found[key]):
            found[key] = standing
    return found


def _loudness(standing: Standing) -> tuple[bool, bool, int]:
    return standing.alarm, standing.raised is not None, standing.worst.answer.code


def _said(standing: Standing) -> str:
    worst = standing.worst
    if worst.answer is Answer.TOO_FEW:
        return f"[dim]{Answer.TOO_FEW.value}[/dim]"
    raised = standing.raised
    style = "bold red" if raised is Severity.ALARM else STYLES[worst.answer]
    word = worst.answer.value if raised is None else words.SEVERITY_WORDS[raised]
    return f"{words.figure(worst.distance)} ({words.figure(worst.noise)}) [{style}]{word}[/{style}]"


def _change(before: Hits | None, after: Hits | None, figure: str) -> tuple[str, str, str]:
    was: float = getattr(before, figure, float("nan"))
    now: float = getattr(after, figure, float("nan"))
    return digits(was), digits(now), "–" if np.isnan(now - was) else f"{now - was:+.3f}"
