"""``detection monitor``: is the field still the world that was validated?

Reads  a telemetry folder, and the bundle that was running
Writes the picture named by --plot
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from detection.edge.trust.bundle import open_bundle
from detection.outside import exits, files
from detection.outside.telemetry.watched import Watched, watch_folder
from detection.rules.evidence.field import histograms as field
from detection.rules.field.drift import Baseline, Standing, alarms

HELP = "Is the field still the world that was validated? Exit status 2 on an alarm."

app = typer.Typer(help=HELP, add_completion=False)

STYLES = {"ALARM": "bold red", "warning": "yellow", "breach, not lasting": "yellow", "quiet": "green"}


@app.command(help=HELP, epilog="Example: detection monitor telemetry/ --bundle export/bundle --plot drift.png")
def monitor(
    telemetry: Annotated[Path, typer.Argument(metavar="TELEMETRY", help="Folder that `run --telemetry` wrote to.")],
    bundle: Annotated[Path, typer.Option(help="The bundle that was running.")] = Path("export/bundle"),
    plot: Annotated[Path | None, typer.Option(metavar="OUT.png", help="Draw the histograms here.")] = None,
) -> None:
    """Print the table, say the verdict, leave with its status."""
    opened = open_bundle(bundle)
    watched = watch_folder(telemetry, opened)
    console = Console()
    console.print(table(watched))
    for line in remarks(watched, opened.manifest.variants[0].name):
        console.print(line, highlight=False, markup=False)
    if plot is not None:
        _draw(watched, plot)
        console.print(f"histograms: {plot}", highlight=False, markup=False)
    raised = alarms(watched.standings)
    console.print(_verdict(raised), highlight=False, markup=False)
    if raised:
        raise typer.Exit(exits.REFUSED)


def table(watched: Watched) -> Table:
    """One row per camera and signal: the worst window and what all of them come to."""
    rows = Table(title=f"windows of {watched.monitoring.window_s:g} s", title_justify="left")
    for name in ("camera", "signal", "compared with"):
        rows.add_column(name)
    for name in ("windows", "frames", "worst PSI", "its bound"):
        rows.add_column(name, justify="right")
    rows.add_column("verdict")
    for standing in watched.standings:
        rows.add_row(*_cells(standing, watched.monitoring.psi_alarm))
    return rows


def remarks(watched: Watched, referenced: str) -> list[str]:
    """What a reader should know beside the table.

    Args:
        watched: the comparison.
        referenced: variant whose signals the reference holds.
    """
    lines = [f"{camera}: {number} frames could not be decoded" for camera, number in watched.failed.items() if number]
    strangers = sorted({s.camera for s in watched.standings if s.baseline is Baseline.FLEET})
    if strangers:
        lines.append(f"no baseline of their own: {', '.join(strangers)}; compared with the fleet, they warn at most")
    others = [variant for variant in watched.variants if variant != referenced]
    if others:
        lines.append(f"variant {', '.join(others)} ran, the reference was counted with {referenced}; scores may differ")
    return lines


def _cells(standing: Standing, psi_alarm: float) -> tuple[str, ...]:
    worst, said = standing.worst, field.verdict_of(standing)
    frames = sum(reading.frames for reading in standing.readings)
    spoken = worst.psi == worst.psi
    style = STYLES.get(said, "dim")
    return (
        escape(standing.camera),
        field.SIGNAL_NAMES.get(standing.signal, standing.signal),
        "its own baseline" if standing.baseline is Baseline.OWN else "the fleet",
        str(len(standing.readings)),
        str(frames),
        f"{worst.psi:.3f}" if spoken else "–",
        f"{max(psi_alarm, worst.noise):.3f}" if spoken else "–",
        f"[{style}]{said}[/{style}]{_since(standing)}",
    )


def _since(standing: Standing) -> str:
    if standing.alarmed_at_s is None:
        return ""
    return f" since {datetime.fromtimestamp(standing.alarmed_at_s, UTC):%Y-%m-%d %H:%M} UTC"


def _verdict(raised: tuple[Standing, ...]) -> str:
    if not raised:
        return "quiet: no camera has left the world that was validated"
    cameras = sorted({standing.camera for standing in raised})
    return f"ALARM: {', '.join(cameras)} no longer look like the validated world; look at frames, then label some"


def _draw(watched: Watched, path: Path) -> None:
    from detection.outside import plots  # matplotlib is slow to load, and only this option needs it

    panels = field.histograms(watched.scenes, watched.windows, watched.reference.edges, watched.standings)
    files.write_bytes(path, plots.histograms_png(panels, "The field beside the reference"))
