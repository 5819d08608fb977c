"""``detection monitor watch``: compare telemetry with the bundle's baselines.

Reads  a telemetry folder or store, and the bundle that was running; samples, labels and decisions where they are named
Writes the page named by --out, the incidents named by --json
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from detection.commands.monitor.options import BUNDLE, Baselines, Decisions, Queues, Ran, Sessions, Telemetry
from detection.edge.trust.bundle import open_bundle
from detection.outside import exits, files, html
from detection.outside.monitoring import notices
from detection.outside.monitoring.lineage import Places
from detection.outside.monitoring.watching import Question, watched
from detection.rules.evidence.field import words
from detection.rules.evidence.field.fleet import CameraState, State
from detection.rules.evidence.field.page import Watched, page, sentence_of
from detection.rules.field.watching.readings import Baseline

EPILOG = "Example: detection monitor telemetry --bundle export/bundle --samples samples --out monitor.html"

SHOWN = 25
"""Cameras in the table; the page shows all."""
STYLES = {
    State.ALARM: "bold red",
    State.DEGRADED: "bold red",
    State.WARNING: "yellow",
    State.OVER: "cyan",
    State.QUIET: "green",
}

Samples = Annotated[Path | None, typer.Option(metavar="DIR", help="Frames that `run --samples` kept.")]
Page = Annotated[Path | None, typer.Option("--out", metavar="FILE.html", help="Write the page here.")]
Incidents = Annotated[Path | None, typer.Option("--json", metavar="FILE.json", help="Write the incidents here.")]
Detailed = Annotated[int, typer.Option(min=0, help="Cameras whose histograms the page shows, the worst first.")]


def watch(
    telemetry: Telemetry,
    bundle: Ran = BUNDLE,
    samples: Samples = None,
    baselines: Baselines = None,
    decisions: Decisions = None,
    queue: Queues = None,
    session: Sessions = None,
    detailed: Detailed = 12,
    out: Page = None,
    json: Incidents = None,
) -> None:
    """Compare telemetry with the bundle's baselines: a table, a page, an exit status. The verb if none is typed."""
    places = Places(decisions, tuple(queue or ()), tuple(session or ()))
    seen = watched(Question(telemetry, open_bundle(bundle), baselines, samples, places, detailed))
    states, console = seen.states(), Console()
    console.print(table(states, seen))
    for line in remarks(states, seen):
        console.print(line, highlight=False, markup=False)
    if json is not None:
        notices.write(json, seen.findings.incidents)
        console.print(f"incidents: {json}", highlight=False, markup=False)
    if out is not None:
        files.write_text(out, html.page(page(seen)))
        console.print(f"page: {out}", highlight=False, markup=False)
    console.print(_verdict(states), highlight=False, markup=False)
    if any(one.state is State.ALARM for one in states):
        raise typer.Exit(exits.REFUSED)


def table(states: tuple[CameraState, ...], seen: Watched) -> Table:
    """One row per camera, the worst first."""
    period = f"{words.moment(seen.begins_s)} to {words.moment(seen.ends_s)} UTC"
    rows = Table(title=f"{seen.release.name}, {period}", title_justify="left")
    for name in ("camera", "state", "since", "signals", "furthest from its baseline"):
        rows.add_column(name, overflow="fold")
    rows.add_column("frames", justify="right")
    for one in states[:SHOWN]:
        rows.add_row(*_cells(one, seen))
    if len(states) > SHOWN:
        rows.add_row(f"and {len(states) - SHOWN} more", *[""] * 5)
    return rows


def remarks(states: tuple[CameraState, ...], seen: Watched) -> list[str]:
    """What a reader should know beside the table."""
    failed = [f"{one.camera}: {one.counters.failed:,} frames failed" for one in seen.health if one.counters.failed]
    lines = failed[:SHOWN]
    strangers = [one.camera for one in states if one.worst is not None and one.worst.baseline is Baseline.FLEET]
    if strangers:
        names = ", ".join(sorted(strangers)[:SHOWN])
        lines.append(
            f"no baseline of their own: {names}; compared with the fleet, they warn at most; accept a period of their "
            "own with `detection monitor baseline`"
        )
    return lines


def _cells(one: CameraState, seen: Watched) -> tuple[str, ...]:
    displays, incident = seen.release.displays, one.incident
    style = STYLES.get(one.state, "dim")
    signals = "" if incident is None else ", ".join(words.signal(name, displays) for name in incident.signals)
    told = "–"
    if one.worst is not None:
        told = f"{words.signal(one.worst.signal, displays)}: {words.told(one.worst.worst)} ({one.worst.window})"
    return (
        escape(one.camera),
        f"[{style}]{one.state.value}[/{style}]",
        "–" if incident is None else words.moment(incident.opened_s),
        escape(signals) or "–",
        escape(told),
        f"{one.frames:,}",
    )


def _verdict(states: tuple[CameraState, ...]) -> str:
    worst = min((one.state for one in states), key=list(State).index, default=State.UNWATCHED)
    word = {State.OVER: "quiet", State.UNWATCHED: "not enough data"}.get(worst, worst.value)
    return f"{word}: {sentence_of(states)}"
