"""``detection season``: does the alarm rise when the season changes, and stay silent when it does not?

Reads  the bundle; params.yaml, for the practice world that ``collect`` drew
Writes the folder named by --out: the field's telemetry, the monitor's page, a few frames, season.json
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from detection.commands.season.playing import WINDOWS, Stage, play
from detection.commands.season.showing import figures, show
from detection.commands.season.world import cameras, seasons
from detection.edge.trust.bundle import open_bundle
from detection.outside import documents, exits, files
from detection.outside.monitoring.watching import spec_of
from detection.rules.spec.field import Duration

HELP = "Play a control season and the next one to the bundle: does the monitor see the change, and only the change?"

app = typer.Typer(help=HELP, add_completion=False)

HOUR_S = 3600


@app.command(help=HELP, epilog="Example: detection season --frames-per-camera 360 --out season")
def season(
    bundle: Annotated[Path, typer.Option(help="The bundle to play to.")] = Path("export/bundle"),
    frames_per_camera: Annotated[int, typer.Option(min=WINDOWS, help="Frames of each camera and season.")] = 360,
    seed: Annotated[int, typer.Option(min=0, max=27, help="Other parcels on the belts: so many days later.")] = 0,
    out: Annotated[Path, typer.Option(help="Folder for what is worth keeping; emptied first.")] = Path("season"),
) -> None:
    """Render, play, monitor, compare."""
    opened = open_bundle(bundle)
    spec, played = spec_of(opened), seasons(timedelta(days=seed))
    window = _window(spec.monitoring.windows)
    stage = Stage(opened, tuple(spec.classes), window, cameras(opened, played.control), frames_per_camera, out)
    files.empty_folder(out)
    control = play(stage, played.control, "control")
    following = play(stage, played.following, "next")
    show(Console(), control, following)
    documents.write_value(out / "season.json", (figures(control), figures(following)))
    if control.alarmed or not following.alarmed:
        raise typer.Exit(exits.REFUSED)


def _window(durations: Sequence[Duration]) -> Duration:
    """The shortest window of at least an hour, or the longest of all: one that a rehearsal's few frames can fill."""
    ordered = sorted(durations, key=lambda one: one.length_s)
    return next((one for one in ordered if one.length_s >= HOUR_S), ordered[-1])
