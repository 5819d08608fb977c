"""``detection season``: does the alarm rise when the season changes, and stay silent when it does not?

Reads  the bundle; params.yaml, for the practice world that ``collect`` drew
Writes the folder named by --out: the field's telemetry, histograms, a few frames, season.json
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, TypeVar

import numpy as np
import typer
from pydantic import ConfigDict
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from detection.edge.trust.bundle import Bundle, open_bundle
from detection.edge.vision.frames import PIXEL_LIMIT, read_image
from detection.errors import DetectionError
from detection.outside import contact_sheet, documents, exits, files, plots, rehearsal
from detection.outside.pictures import CLASS_COLOURS, Mark, drawn
from detection.outside.rehearsal import Play, Take
from detection.outside.telemetry.watched import Watched, monitoring_of, watch_folder
from detection.rules.document import Document
from detection.rules.evidence.field import histograms as field
from detection.rules.evidence.page import digits
from detection.rules.field.drift import Standing, alarms
from detection.rules.field.hits import Hits, count
from detection.rules.judging.matching import Predictions
from detection.rules.spec.labels import ObjectClass
from detection.rules.spec.spec import Spec
from detection.scenes.lighting import LIGHTINGS
from detection.scenes.seasons import Season, stable_on, winter_with_crates
from detection.scenes.warehouse import World

HELP = "Play a control season and the next one to the bundle: does the monitor see the change, and only the change?"

T = TypeVar("T")

app = typer.Typer(help=HELP, add_completion=False)

WINDOWS = 3
"""Windows over which a camera's frames are spread."""
SHOWN = 8
"""Frames on the contact sheet."""


class Drawn(Document):
    """What makes the practice world the one that was trained in."""

    model_config = ConfigDict(extra="ignore")

    seed: int
    cameras: int
    width: int
    height: int


class Origin(Document):
    """One source of frames: the practice world if it says what is drawn."""

    model_config = ConfigDict(extra="ignore")

    scenes: Drawn | None = None


class Collected(Document):
    """The part of the section ``collect`` of params.yaml that is needed here."""

    model_config = ConfigDict(extra="ignore")

    sources: list[Origin]


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """What both seasons are played on."""

    bundle: Bundle
    classes: tuple[ObjectClass, ...]
    cameras: tuple[str, ...]
    frames_per_camera: int
    out: Path


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """One season, played to the bundle.

    Attributes:
        name: control or next.
        whole: counts over all frames.
        by_lighting: counts for each lighting that occurred.
        crates: objects of the unknown kind in view.
        watched: what the monitor made of it.
    """

    name: str
    whole: Hits
    by_lighting: dict[str, Hits]
    crates: int
    watched: Watched

    @property
    def alarmed(self) -> tuple[Standing, ...]:
        """The monitor's alarms."""
        return alarms(self.watched.standings)


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


@app.command(help=HELP, epilog="Example: detection season --frames-per-camera 360 --out season")
def season(
    bundle: Annotated[Path, typer.Option(help="The bundle to play to.")] = Path("export/bundle"),
    frames_per_camera: Annotated[int, typer.Option(min=WINDOWS, help="Frames of each camera and season.")] = 360,
    seed: Annotated[int, typer.Option(min=0, max=27, help="Other parcels on the belts: so many days later.")] = 0,
    out: Annotated[Path, typer.Option(help="Folder for what is worth keeping; emptied first.")] = Path("season"),
) -> None:
    """Render, play, monitor, compare."""
    opened = open_bundle(bundle)
    world = _world()
    spec = documents.read_document(Spec, opened.folder / "evidence" / "spec.yaml")
    stage = Stage(opened, tuple(spec.classes), _cameras(opened, world), frames_per_camera, out)
    files.empty_folder(out)
    later = timedelta(days=seed)
    winter = winter_with_crates()
    control = play(stage, replace(world, season=stable_on(date(2026, 6, 2) + later)), "control")
    following = play(stage, replace(world, season=replace(winter, day=winter.day - later)), "next")
    _show(Console(), control, following)
    documents.write_value(out / "season.json", (_figures(control), _figures(following)))
    if control.alarmed or not following.alarmed:
        raise typer.Exit(exits.REFUSED)


def play(stage: Stage, world: World, name: str) -> Played:
    """Photograph one season, run the bundle's runtime on it, count what is right, ask the monitor."""
    taken = rehearsal.takes(world, stage.cameras, stage.frames_per_camera)
    with tempfile.TemporaryDirectory() as folder, _progress() as bar:
        frames, workers = Path(folder), min(4, os.cpu_count() or 1)
        task = bar.add_task(f"{name}: taking pictures", total=len(taken))
        objects = list(_counted(bar, task, rehearsal.photograph(world, taken, stage.classes, frames, workers)))
        task = bar.add_task(f"{name}: running the bundle", total=len(taken))
        telemetry = stage.out / name / "telemetry"
        lines = list(_counted(bar, task, rehearsal.play(frames, telemetry, _settings(stage, world.season))))
        found = rehearsal.predictions_of(lines, taken, stage.bundle.manifest.classes)
        _sheet(stage.out / name / "frames.jpg", frames, taken, found)
    watched = watch_folder(telemetry, stage.bundle)
    panels = field.histograms(watched.scenes, watched.windows, watched.reference.edges, watched.standings)
    files.write_bytes(
        stage.out / name / "histograms.png", plots.histograms_png(panels, f"{name} season, beside the reference")
    )
    truth = rehearsal.truth_of(objects)
    lighting = np.array([take.shot.lighting for take in taken], object)
    parts: dict[str, Hits] = {
        light: count(truth, found, lighting == light) for light in LIGHTINGS if (lighting == light).any()
    }
    whole = count(truth, found, np.ones(len(taken), bool))
    return Played(name, whole, parts, sum(one.strangers for one in objects), watched)


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
    """What the monitor saw, without any truth."""
    rows = Table(title="what the monitor says, without the truth: worst PSI (its bound)", title_justify="left")
    for name in ("camera", "signal", "control", "next"):
        rows.add_column(name)
    after = {(s.camera, s.signal): s for s in following.watched.standings}
    alarm = control.watched.monitoring.psi_alarm
    for standing in control.watched.standings:
        name = field.SIGNAL_NAMES.get(standing.signal, standing.signal)
        cells = (_said(standing, alarm), _said(after[standing.camera, standing.signal], alarm))
        rows.add_row(escape(standing.camera), name, *cells)
    return rows


def _show(console: Console, control: Played, following: Played) -> None:
    console.print(accuracy(control, following))
    console.print(f"crates in view, which nobody taught it: control {control.crates}, next {following.crates}\n")
    console.print(monitored(control, following))
    for played, expected in ((control, False), (following, True)):
        cameras = ", ".join(sorted({s.camera for s in played.alarmed}))
        said = f"ALARM on {cameras}" if cameras else "quiet"
        word = "as it should be" if bool(cameras) is expected else "NOT as it should be"
        console.print(f"{played.name} season: {said}; {word}", highlight=False)


def _world() -> World:
    sources = documents.read_document(Collected, Path("params.yaml"), section="collect").sources
    scenes = next((source.scenes for source in sources if source.scenes is not None), None)
    if scenes is None:
        raise DetectionError(
            "params.yaml: collect.sources has none of format scenes; only the practice world can change its season"
        )
    return World(scenes.seed, scenes.cameras, scenes.width, scenes.height)


def _cameras(bundle: Bundle, world: World) -> tuple[str, ...]:
    known = {take.shot.camera for take in rehearsal.takes(world, bundle.reference().cameras(), 1)}
    if not known:
        raise DetectionError(
            f"{bundle.folder}: none of its baselines is a camera of the practice world in params.yaml; "
            "build the bundle from that world, or name another bundle"
        )
    return tuple(sorted(known))


def _settings(stage: Stage, day: Season) -> Play:
    window_s = monitoring_of(stage.bundle).window_s
    morning = datetime(day.day.year, day.day.month, day.day.day, 8, tzinfo=UTC).timestamp()
    start = datetime.fromtimestamp(morning // window_s * window_s, UTC)
    return Play(stage.bundle.folder, start.isoformat(), window_s * WINDOWS / stage.frames_per_camera)


def _sheet(path: Path, frames: Path, taken: list[Take], found: Predictions) -> None:
    rows = np.linspace(0, len(taken) - 1, min(SHOWN, len(taken))).astype(int)
    tiles = []
    for row in rows.tolist():
        image = read_image((frames / taken[row].name).read_bytes(), PIXEL_LIMIT)
        marks = [_mark(found, one) for one in np.flatnonzero(found.frame == row).tolist()]
        shot = taken[row].shot
        tiles.append(
            contact_sheet.captioned(drawn(image, marks, 480), f"{shot.camera}  {shot.lighting}, {shot.crowding}")
        )
    files.write_bytes(path, contact_sheet.encoded(contact_sheet.tiled(tiles, 4), ".jpg"))


def _mark(found: Predictions, row: int) -> Mark:
    x1, y1, x2, y2 = (float(value) for value in found.corners[row])
    return Mark((x1, y1, x2, y2), CLASS_COLOURS[int(found.label[row]) % len(CLASS_COLOURS)])


def _change(before: Hits | None, after: Hits | None, figure: str) -> tuple[str, str, str]:
    was: float = getattr(before, figure, float("nan"))
    now: float = getattr(after, figure, float("nan"))
    return digits(was), digits(now), "–" if np.isnan(now - was) else f"{now - was:+.3f}"


def _said(standing: Standing, psi_alarm: float) -> str:
    worst, said = standing.worst, field.verdict_of(standing)
    if worst.psi != worst.psi:
        return said
    style = "bold red" if standing.alarm else "green" if said == "quiet" else "yellow"
    return f"{worst.psi:.2f} ({max(psi_alarm, worst.noise):.2f}) [{style}]{said}[/{style}]"


def _figures(played: Played) -> Figures:
    whole = played.whole
    raised = tuple(f"{s.camera} {s.signal}" for s in played.alarmed)
    return Figures(played.name, whole.precision, whole.recall, whole.detections, whole.truths, played.crates, raised)


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


def _counted(bar: Progress, task: TaskID, items: Iterable[T]) -> Iterator[T]:
    for item in items:
        yield item
        bar.advance(task)
