"""The shipped runtime over a period of frames: its answers beside the truth, its telemetry, the samples it kept."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detection.edge.trust.bundle import Bundle
from detection.errors import DetectionError
from detection.outside import rehearsal
from detection.outside.story.frames import Scene
from detection.outside.telemetry.reading import telemetry_of
from detection.rules.field.watching.tally import Tally
from detection.rules.judging.matching import Predictions, Truth

DEVICE = "story"


@dataclass(frozen=True, slots=True)
class Site:
    """Where a release runs.

    Attributes:
        bundle: the release.
        folder: for telemetry and samples, by period.
        frames_per_day: of each camera.
        control_share: part of all frames that is kept at random.
    """

    bundle: Bundle
    folder: Path
    frames_per_day: int
    control_share: float


@dataclass(frozen=True, slots=True, eq=False)
class Ran:
    """A period in which one release ran.

    Attributes:
        bundle: it.
        scenes: the frames, with their truth.
        found: its answers; a frame's number is its place in ``scenes``.
        minutes: its telemetry.
        samples: folder of the frames it kept.
    """

    bundle: Bundle
    scenes: tuple[Scene, ...]
    found: Predictions
    minutes: Tally
    samples: Path

    @property
    def days(self) -> NDArray[np.int64]:
        """``(n,)`` ordinal of each frame's day."""
        return np.array([scene.day.toordinal() for scene in self.scenes], np.int64)

    def truth(self) -> Truth:
        """Objects of all kinds as columns."""
        counts = [len(scene.labels) for scene in self.scenes]
        return Truth(
            np.repeat(np.arange(len(self.scenes)), counts),
            np.concatenate([np.zeros(0, np.int64), *(scene.labels for scene in self.scenes)]),
            np.concatenate([np.zeros((0, 4), np.float32), *(scene.corners for scene in self.scenes)]),
        )

    def before(self, day: date) -> Ran:
        """The same, up to a day."""
        ends_s = (day - date(1970, 1, 1)).total_seconds()
        minutes = self.minutes.take(np.flatnonzero(self.minutes.begins_s < ends_s))
        return replace(self.where(self.days < day.toordinal()), minutes=minutes)

    def where(self, flags: NDArray[np.bool_]) -> Ran:
        """Some of the frames; telemetry stays whole."""
        rows = np.flatnonzero(flags)
        place = np.full(len(self.scenes), -1, np.int64)
        place[rows] = np.arange(len(rows))
        kept = place[self.found.frame] >= 0
        found = Predictions(
            place[self.found.frame[kept]], self.found.label[kept], self.found.score[kept], self.found.corners[kept]
        )
        return replace(self, scenes=tuple(self.scenes[row] for row in rows.tolist()), found=found)


def run(site: Site, scenes: Sequence[Scene], frames: Path, first: date) -> Ran:
    """Play the frames to the bundle's own runtime, in a process of its own.

    Args:
        site: the release, and where it writes.
        scenes: from ``first`` on without a gap, camera by camera.
        frames: the folder their names lead to.
        first: day of each camera's first frame.

    Raises:
        DetectionError: the runtime ended with an error.
    """
    place = site.folder / first.isoformat()
    with tempfile.TemporaryDirectory(dir=frames.parent) as name:
        shown = Path(name)
        for scene in scenes:
            path = shown / scene.take.name
            path.parent.mkdir(exist_ok=True)
            os.link(frames / scene.take.name, path)
        lines = _answers(site, shown, place, first)
    found = rehearsal.predictions_of(lines, [scene.take for scene in scenes], site.bundle.manifest.classes)
    minutes = telemetry_of(place / "telemetry", site.bundle).minutes()
    return Ran(site.bundle, tuple(scenes), found, minutes, place / "samples")


def _answers(site: Site, shown: Path, place: Path, first: date) -> list[str]:
    runtime = site.bundle.folder / "runtime.pyz"
    interval_s = timedelta(days=1).total_seconds() / site.frames_per_day
    words = [
        sys.executable, str(runtime), "run", str(site.bundle.folder), str(shown), "--device", DEVICE,
        "--telemetry", str(place / "telemetry"), "--samples", str(place / "samples"),
        "--samples-control", str(site.control_share), "--start", f"{first.isoformat()}T00:00:00Z",
        "--interval-s", str(interval_s), "--threads", "1",
    ]  # fmt: skip
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    if done.returncode:
        raise DetectionError(f"{runtime}: ended with status {done.returncode}: {done.stderr.strip()[-400:]}")
    return done.stdout.splitlines()
