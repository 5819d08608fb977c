"""How the light of a scene changes while it is filmed: a sunset in the data is a drift, and a split should know it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detection.rules.labels.findings.drawn import Integers, numbered
from detection.rules.labels.findings.image_faults import Looked

FEW_FRAMES = 20
"""Frames with a time below which nothing is said of a scene."""

QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Brightness:
    """Mean grey of one camera's scene, or of all its scenes where each is short.

    Attributes:
        camera: ``""`` if unknown.
        scene: ``""`` if all of the camera's scenes are taken together.
        frames: with pixels and a time.
        quarters_u8: mean grey of the first, second, third and last quarter of them, in order of time.
    """

    camera: str
    scene: str
    frames: int
    quarters_u8: tuple[float, ...]

    def change_u8(self) -> float:
        """From the first quarter to the last."""
        return self.quarters_u8[-1] - self.quarters_u8[0]


def over_time(made: Looked) -> tuple[Brightness, ...]:
    """Every scene with a time and frames enough, or else its camera; the largest change first."""
    frames, statistics = made.frames, made.statistics
    timed = np.flatnonzero(statistics.readable & ~np.isnat(frames.captured_at[made.row]))
    camera, scene = numbered(frames.camera[made.row[timed]]), numbered(frames.scene[made.row[timed]])
    told = []
    for number, name in enumerate(camera.names):
        mine = np.flatnonzero(camera.number == number)
        scenes = [(scene.names[s], mine[scene.number[mine] == s]) for s in np.unique(scene.number[mine])]
        long = [(named, rows) for named, rows in scenes if len(rows) >= FEW_FRAMES]
        told += [_of(made, timed[rows], name, named) for named, rows in long or [("", mine)] if len(rows) >= FEW_FRAMES]
    return tuple(sorted(told, key=lambda b: (-abs(b.change_u8()), b.camera, b.scene)))


def _of(made: Looked, rows: Integers, camera: str, scene: str) -> Brightness:
    ordered = rows[np.argsort(made.frames.captured_at[made.row[rows]], kind="stable")]
    parts = np.array_split(made.statistics.mean_u8[ordered].astype(np.float64), QUARTERS)
    return Brightness(camera, scene, len(rows), tuple(round(float(part.mean()), 2) for part in parts))
