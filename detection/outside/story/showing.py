"""A few frames of the story with their truth, and what a release made of them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from detection.outside import pictures
from detection.outside.pictures import CLASS_COLOURS, Mark
from detection.outside.story.frames import Scene
from detection.outside.story.living import Life
from detection.outside.story.running import Ran
from detection.outside.story.telling import Lived
from detection.rules.evidence.page import Picture, Pictures

SHOWN = 4
NOTE = "Lines: what the release answered, a colour for each class. Broken lines: crates that it does not know."


def show(lived: Lived) -> tuple[Pictures, ...]:
    """Frames of one camera after another: at the beginning, before the challenger, and after it."""
    life = lived.year
    moments = [("In the first days", life.terms.plan.first_day)]
    if life.live is not None:
        moments += [("Before the challenger", life.live - timedelta(days=3)), ("With the challenger", life.live)]
    else:
        moments += [("In the last days", life.terms.plan.last_day - timedelta(days=2))]
    return tuple(Pictures(tuple(_pictures(life, day)), title=name, note=NOTE) for name, day in moments)


def _pictures(life: Life, day: date) -> list[Picture]:
    shown: dict[str, Picture] = {}
    for ran in (*life.ran, *life.after):
        for number, scene in enumerate(ran.scenes):
            camera = scene.take.shot.camera
            if scene.day >= day and camera not in shown and len(shown) < SHOWN:
                shown[camera] = _picture(life, ran, number, scene)
    return list(shown.values())


def _picture(life: Life, ran: Ran, number: int, scene: Scene) -> Picture:
    month = next(folder for folder in sorted(_folders(life), reverse=True) if folder <= scene.day.isoformat())
    content = (life.folder / "frames" / month / scene.take.name).read_bytes()
    unknown = scene.labels >= len(ran.bundle.manifest.classes)
    marks = [_mark(corners, -1) for corners in scene.corners[unknown]]
    rows = np.flatnonzero(ran.found.frame == number)
    marks += [_mark(ran.found.corners[row], int(ran.found.label[row])) for row in rows.tolist()]
    where = f"{scene.take.shot.camera} · {scene.take.shot.lighting}, {scene.take.shot.crowding}"
    return Picture(pictures.frame(content, marks), f"Frame of {scene.take.shot.camera}", f"{scene.day}\n{where}")


def _folders(life: Life) -> list[str]:
    return [folder.name for folder in (life.folder / "frames").iterdir() if folder.is_dir()]


def _mark(corners: np.ndarray[tuple[int, ...], np.dtype[np.float32]], label: int) -> Mark:
    x1, y1, x2, y2 = (float(value) for value in corners)
    if label < 0:
        return Mark((x1, y1, x2, y2), pictures.RED, dashed=True)
    return Mark((x1, y1, x2, y2), CLASS_COLOURS[label % len(CLASS_COLOURS)])
