"""Real telemetry of rendered scenes: what the bundle's detector and the device's own bench make of each, in bins.

Rendered from the practice world the bundle was built from, on a day that it was not built from; once as it was, and
once for each change of the season. Nothing here is assumed about how a signal is distributed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from detection.edge.telemetry import signals
from detection.edge.telemetry.histogram import Edges
from detection.edge.telemetry.optics import OpticalBench, mean_view
from detection.edge.telemetry.signals import SignalValues, values_of
from detection.edge.trust.bundle import Bundle
from detection.edge.vision.frames import Image
from detection.scenes.cargo import CROWDINGS
from detection.scenes.lighting import LIGHTINGS
from detection.scenes.schedule import SCENE_FRAMES, Shot
from detection.scenes.seasons import Season, stable_on
from detection.scenes.warehouse import World, plan, render

Floats = NDArray[np.float32]

DAY = date(2026, 6, 3)
STEPS = (0, 5)
"""Frames of a scene that are rendered: its first and its last."""
BLUR_PX = 1.6
"""Standard deviation of the smear on a lens, at 320 pixels of width."""

STABLE = stable_on(DAY)
CHANGES: Mapping[str, Season] = {
    "dusk exposure": replace(STABLE, name="dusk", brightness=0.6, noise=1.5),
    "colour cast": replace(STABLE, name="cast", warmth=0.7),
    "blur": replace(STABLE, name="blur"),
    "crates": replace(STABLE, name="crates", crate_share=0.3),
}


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """Mean counts of a frame, for each bin: of scenes with parcels under one season.

    Attributes:
        bins: ``(cameras, scenes, b)`` bins of all signals side by side.
        kind: ``(cameras, scenes)`` lighting times two plus crowding.
    """

    bins: Floats
    kind: NDArray[np.int64]

    def mixed(self, other: Library, share: float) -> Library:
        """So much of another season in every scene, where both have as many scenes."""
        return Library((1 - share) * self.bins + np.float32(share) * other.bins, self.kind)


@dataclass(frozen=True, slots=True, eq=False)
class Studio:
    """Where scenes are photographed and measured.

    Attributes:
        bundle: whose detector looks.
        world: the practice world, without its season.
        cameras: names of the cameras that are rendered.
        scenes: of each camera.
        edges: of all signals.
    """

    bundle: Bundle
    world: World
    cameras: tuple[str, ...]
    scenes: int
    edges: Mapping[str, Edges]

    def library(self, name: str, season: Season, views: Mapping[str, NDArray[np.uint8]]) -> Library:
        """All scenes of a season."""
        detector, cuts, bench = self.bundle.detector(), self.bundle.thresholds(), OpticalBench(views)
        bins = np.zeros((len(self.cameras), self.scenes, sum(len(edges) + 2 for edges in self.edges.values())))
        kind = np.zeros(bins.shape[:2], np.int64)
        for shot, image in self._pictures(name, season):
            found = detector.detect(image)
            values = values_of(bench.measure(image, shot.camera), found, len(cuts.keep(found)))
            place = self.cameras.index(shot.camera), shot.scene_index
            bins[place] += self._counted(values) / len(STEPS)
            kind[place] = 2 * LIGHTINGS.index(shot.lighting) + CROWDINGS.index(shot.crowding)
        return Library(bins.astype(np.float32), kind)

    def views(self) -> dict[str, NDArray[np.uint8]]:
        """Where each camera points, as calibration would have it."""
        bench = OpticalBench({})
        seen: dict[str, list[NDArray[np.uint8]]] = {camera: [] for camera in self.cameras}
        for shot, image in self._pictures("views", stable_on(date(2026, 6, 1)), self.scenes // 4):
            seen[shot.camera].append(bench.measure(image, shot.camera).thumbnail())
        return {camera: mean_view(thumbnails) for camera, thumbnails in seen.items()}

    def _pictures(self, name: str, season: Season, scenes: int | None = None) -> Iterator[tuple[Shot, Image]]:
        world = replace(self.world, season=season)
        number = world.cameras * (scenes or self.scenes) * SCENE_FRAMES
        shots = [shot for shot in plan(world, number) if shot.camera in self.cameras and shot.step in STEPS]
        for shot in track(shots, description=f"{name}: rendering"):
            image = render(world, shot).pixels
            yield shot, np.asarray(cv2.GaussianBlur(image, (0, 0), BLUR_PX), np.uint8) if name == "blur" else image

    def _counted(self, values: SignalValues) -> NDArray[np.float64]:
        tally = signals.nothing(self.edges).add([values])
        return np.concatenate([tally.signals[name].counts for name in self.edges]).astype(np.float64)


def studio_of(bundle: Bundle, world: World, size: tuple[int, int], edges: Mapping[str, Edges]) -> Studio:
    """The world's first cameras; ``size`` is how many of them, and how many scenes of each."""
    cv2.setNumThreads(1)
    return Studio(bundle, world, tuple(f"cam-{number:02d}" for number in range(size[0])), size[1], edges)


def write(path: Path, libraries: Mapping[str, Library]) -> None:
    """Keep what was rendered."""
    columns: dict[str, Any] = {f"{name}/bins": one.bins for name, one in libraries.items()}
    columns |= {f"{name}/kind": one.kind for name, one in libraries.items()}
    with path.open("wb") as stream:
        np.savez_compressed(stream, **columns)


def read(path: Path) -> dict[str, Library]:
    """What :func:`write` kept."""
    with np.load(path) as columns:
        names = [name.removesuffix("/bins") for name in columns if name.endswith("/bins")]
        return {name: Library(columns[f"{name}/bins"], columns[f"{name}/kind"]) for name in names}
