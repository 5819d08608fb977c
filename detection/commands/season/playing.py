"""One season, photographed and played to the bundle's own runtime: what is right in it, and what the monitor saw."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from detection.edge.trust.bundle import Bundle
from detection.edge.vision.frames import PIXEL_LIMIT, read_image
from detection.outside import contact_sheet, files, html, rehearsal
from detection.outside.monitoring.watching import Question, watched
from detection.outside.pictures import CLASS_COLOURS, Mark, drawn
from detection.outside.rehearsal import Play, Take
from detection.rules.evidence.field.page import Watched, page
from detection.rules.field.accuracy.hits import Hits, count
from detection.rules.field.watching.findings import Incident
from detection.rules.judging.matching import Predictions
from detection.rules.spec.field import Duration
from detection.rules.spec.labels import ObjectClass
from detection.scenes.lighting import LIGHTINGS
from detection.scenes.seasons import Season
from detection.scenes.warehouse import World

T = TypeVar("T")

WINDOWS = 3
"""Windows over which a camera's frames are spread."""
SHOWN = 8
"""Frames on the contact sheet."""


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """What both seasons are played on.

    Attributes:
        bundle: that is played to.
        classes: of the specification.
        window: the spec's, over :data:`WINDOWS` of which the frames are spread.
        cameras: whose frames are taken.
        frames_per_camera: of each.
        out: folder for what is worth keeping.
    """

    bundle: Bundle
    classes: tuple[ObjectClass, ...]
    window: Duration
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
    def alarmed(self) -> tuple[Incident, ...]:
        """The monitor's alarms."""
        return self.watched.findings.alarms


def play(stage: Stage, world: World, name: str) -> Played:
    """Photograph one season, run the bundle's runtime on it, count what is right, ask the monitor."""
    taken = rehearsal.takes(world, stage.cameras, stage.frames_per_camera)
    telemetry = stage.out / name / "telemetry"
    with tempfile.TemporaryDirectory() as folder, _progress() as bar:
        frames, workers = Path(folder), min(4, os.cpu_count() or 1)
        task = bar.add_task(f"{name}: taking pictures", total=len(taken))
        objects = list(_counted(bar, task, rehearsal.photograph(world, taken, stage.classes, frames, workers)))
        task = bar.add_task(f"{name}: running the bundle", total=len(taken))
        lines = list(_counted(bar, task, rehearsal.play(frames, telemetry, _settings(stage, world.season))))
        found = rehearsal.predictions_of(lines, taken, stage.bundle.manifest.classes)
        _sheet(stage.out / name / "frames.jpg", frames, taken, found)
    seen = watched(Question(telemetry, stage.bundle))
    files.write_text(stage.out / name / "monitor.html", html.page(page(seen)))
    truth = rehearsal.truth_of(objects)
    lighting = np.array([take.shot.lighting for take in taken], object)
    parts: dict[str, Hits] = {
        light: count(truth, found, lighting == light) for light in LIGHTINGS if (lighting == light).any()
    }
    whole = count(truth, found, np.ones(len(taken), bool))
    return Played(name, whole, parts, sum(one.strangers for one in objects), seen)


def _settings(stage: Stage, day: Season) -> Play:
    length_s = stage.window.length_s
    morning = datetime(day.day.year, day.day.month, day.day.day, 8, tzinfo=UTC).timestamp()
    start = datetime.fromtimestamp(morning // length_s * length_s, UTC)
    return Play(stage.bundle.folder, start.isoformat(), length_s * WINDOWS / stage.frames_per_camera)


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


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


def _counted(bar: Progress, task: TaskID, items: Iterable[T]) -> Iterator[T]:
    for item in items:
        yield item
        bar.advance(task)
