"""A year before some cameras: frames on disk as a device finds them, and the truth about each, which it never sees."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detection.outside import images
from detection.outside.rehearsal import Take
from detection.rules.spec.labels import ObjectClass
from detection.scenes import schedule
from detection.scenes.seasons import Season, on_day, stable_on
from detection.scenes.warehouse import World, labelled, render


@dataclass(frozen=True, slots=True)
class Year:
    """What is looked at, and how it changes.

    Attributes:
        world: the cameras' halls; its season is not used.
        cameras: indices of those that are watched.
        frames_per_day: of each camera.
        crates_from: first day on which crates ride along; None for a control year, in which the light stands still too.
    """

    world: World
    cameras: tuple[int, ...]
    frames_per_day: int
    crates_from: date | None

    def season(self, day: date) -> Season:
        """Light and freight of a day."""
        return stable_on(day) if self.crates_from is None else on_day(day, self.crates_from)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One frame and what the labelling rule asks for in it.

    Attributes:
        take: which frame.
        sha256: of its file.
        labels: ``(n,)`` indices into the classes.
        corners: ``(n, 4)`` boxes.
    """

    take: Take
    sha256: str
    labels: NDArray[np.int64]
    corners: NDArray[np.float32]

    @property
    def day(self) -> date:
        """On which it was taken."""
        return self.take.shot.captured_at.date()


def takes(year: Year, first: date, days: int) -> list[Take]:
    """The frames of a period, camera by camera, in order of time: a camera's hall is built once.

    Names are ``cam-03/20261001-02.jpg``: names in order are frames in order.
    """
    shots = [
        shot
        for number in range(days)
        for shot in schedule.visits(
            year.world.seed, year.season(first + timedelta(days=number)), year.cameras, year.frames_per_day
        )
    ]
    named = [Take(f"{shot.camera}/{shot.captured_at:%Y%m%d}-{shot.scene_index:02d}.jpg", shot) for shot in shots]
    return sorted(named, key=lambda take: take.name)


def photograph(
    pool: Executor, year: Year, taken: Sequence[Take], classes: Sequence[ObjectClass], folder: Path
) -> Iterator[Scene]:
    """Begin to render every take into ``folder``, and go on while the caller does something else.

    Args:
        pool: that draws; see :func:`detection.outside.processes.pool`.
        year: whose frames.
        taken: as :func:`takes` orders them.
        classes: the labelling rule, of all kinds whose truth is wanted.
        folder: where the pictures go, a sub-folder for each camera.

    Returns:
        What is in each, in the order given; waits for it.
    """
    for camera in {take.shot.camera for take in taken}:
        (folder / camera).mkdir(parents=True, exist_ok=True)
    each = max(1, len(taken) // max(1, len(year.cameras)))
    return pool.map(partial(_photograph, year, tuple(classes), folder), taken, chunksize=each)


def _photograph(year: Year, classes: tuple[ObjectClass, ...], folder: Path, take: Take) -> Scene:
    picture = render(replace(year.world, season=year.season(take.shot.captured_at.date())), take.shot)
    content = images.jpeg(picture.pixels)
    (folder / take.name).write_bytes(content)
    truth = picture.truth
    labels = np.full(len(truth), -1, np.int64)
    for number, rule in enumerate(classes):
        wanted = labelled(truth, rule.minimum_size_px, rule.minimum_visible_share) & (truth.labels == rule.id)
        labels[wanted] = number
    known = labels >= 0
    corners = truth.boxes[known].astype(np.float32)
    return Scene(take, hashlib.sha256(content).hexdigest(), labels[known], corners)
