"""A season of the practice world, played to a real bundle: frames on disk, the packed runtime as its own process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict

from detection.edge.answers import detections_from_json
from detection.errors import DetectionError
from detection.outside import documents, images, processes
from detection.rules.document import Document
from detection.rules.judging.matching import Predictions, Truth
from detection.rules.spec.labels import ObjectClass
from detection.scenes.warehouse import Shot, World, labelled, plan, render

DEVICE = "rehearsal"
"""What the runtime is called in its telemetry."""
STRANGER = "crate"
"""The kind of parcel that nobody labels."""


@dataclass(frozen=True, slots=True)
class Take:
    """One frame of a season.

    Attributes:
        name: path below the season's folder, ``<camera>/<number>.jpg``: names in order are frames in order.
        shot: what was photographed.
    """

    name: str
    shot: Shot


@dataclass(frozen=True, slots=True, eq=False)
class Objects:
    """What the labelling rule asks for in one frame, and how many strangers are in view.

    Attributes:
        labels: ``(n,)`` class indices.
        corners: ``(n, 4)`` boxes.
        strangers: visible objects of no class.
    """

    labels: NDArray[np.int64]
    corners: NDArray[np.float32]
    strangers: int


@dataclass(frozen=True, slots=True)
class Play:
    """How the runtime is started.

    Attributes:
        bundle: folder of the bundle.
        start: time of each camera's first frame, ISO 8601.
        interval_s: seconds between a camera's frames.
    """

    bundle: Path
    start: str
    interval_s: float


class _Drawn(Document):
    """What makes the practice world the one that was trained in."""

    model_config = ConfigDict(extra="ignore")

    seed: int
    cameras: int
    width: int
    height: int


class _Origin(Document):
    """One source of frames: the practice world if it says what is drawn."""

    model_config = ConfigDict(extra="ignore")

    scenes: _Drawn | None = None


class _Collected(Document):
    """The part of the section ``collect`` of params.yaml that is needed here."""

    model_config = ConfigDict(extra="ignore")

    sources: list[_Origin]


def world_of(workspace: Path) -> World:
    """The practice world that stage ``collect`` drew.

    Raises:
        DetectionError: it drew none.
    """
    params = workspace / "params.yaml"
    sources = documents.read_document(_Collected, params, section="collect").sources
    scenes = next((source.scenes for source in sources if source.scenes is not None), None)
    if scenes is None:
        raise DetectionError(
            f"{params}: collect.sources has none of format scenes; only the practice world can change its season"
        )
    return World(scenes.seed, scenes.cameras, scenes.width, scenes.height)


def takes(world: World, cameras: Sequence[str], frames_per_camera: int) -> list[Take]:
    """The season's frames of some cameras, camera by camera, in order of time."""
    chosen = [shot for shot in plan(world, frames_per_camera * world.cameras) if shot.camera in set(cameras)]
    return [Take(f"{shot.camera}/{number:06d}.jpg", shot) for number, shot in enumerate(chosen)]


def photograph(
    world: World, taken: Sequence[Take], classes: Sequence[ObjectClass], folder: Path, workers: int
) -> Iterator[Objects]:
    """Render every take into ``folder``; yields what is in each, in the order given.

    Args:
        world: the season.
        taken: its frames.
        classes: the spec's labelling rule.
        folder: where the pictures go, a sub-folder for each camera.
        workers: processes that draw.
    """
    for camera in {take.shot.camera for take in taken}:
        (folder / camera).mkdir(parents=True, exist_ok=True)
    with processes.pool(workers) as pool:
        yield from pool.map(partial(_photograph, world, tuple(classes), folder), taken, chunksize=8)


def truth_of(objects: Sequence[Objects]) -> Truth:
    """The season's objects as columns; a frame's number is its place in the sequence."""
    counts = [len(one.labels) for one in objects]
    return Truth(
        np.repeat(np.arange(len(objects)), counts),
        np.concatenate([np.zeros(0, np.int64), *(one.labels for one in objects)]),
        np.concatenate([np.zeros((0, 4), np.float32), *(one.corners for one in objects)]),
    )


def play(frames: Path, telemetry: Path, settings: Play) -> Iterator[str]:
    """Run the bundle's own runtime over the frames; yields its answers, a JSON line each.

    Raises:
        DetectionError: the runtime ended with an error; what it said is quoted.
    """
    runtime = settings.bundle / "runtime.pyz"
    words = [sys.executable, str(runtime), "run", str(settings.bundle), str(frames), "--telemetry", str(telemetry)]
    words += ["--device", DEVICE]
    words += ["--start", settings.start, "--interval-s", str(settings.interval_s), "--threads", "2"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        yield from process.stdout
        said = process.stderr.read()
    if process.returncode:
        raise DetectionError(f"{runtime}: ended with status {process.returncode}: {said.strip()[-400:]}")


def predictions_of(lines: Sequence[str], taken: Sequence[Take], classes: Sequence[str]) -> Predictions:
    """The runtime's answers as columns; a frame's number is its take's place.

    Raises:
        DetectionError: an answer is missing, or a frame could not be read.
    """
    answers = {answer["frame"]: answer.get("detections") for answer in map(json.loads, lines)}
    silent = [take.name for take in taken if answers.get(take.name) is None]
    if silent:
        raise DetectionError(
            f"the runtime left {len(silent)} frames without an answer, {silent[0]} among them; run again"
        )
    found = [detections_from_json(answers[take.name], take.name, classes) for take in taken]
    counts = [len(detections) for detections in found]
    return Predictions(
        frame=np.repeat(np.arange(len(taken)), counts),
        label=np.concatenate([np.zeros(0, np.int64), *(d.labels for d in found)]),
        score=np.concatenate([np.zeros(0), *(d.scores for d in found)]).astype(np.float64),
        corners=np.concatenate([np.zeros((0, 4), np.float32), *(d.boxes for d in found)]),
    )


def _photograph(world: World, classes: tuple[ObjectClass, ...], folder: Path, take: Take) -> Objects:
    picture = render(world, take.shot)
    (folder / take.name).write_bytes(images.jpeg(picture.pixels))
    truth = picture.truth
    labels = np.full(len(truth), -1, np.int64)
    for number, rule in enumerate(classes):
        wanted = labelled(truth, rule.minimum_size_px, rule.minimum_visible_share) & (truth.labels == rule.id)
        labels[wanted] = number
    known = labels >= 0
    rule = classes[0]
    strangers = labelled(truth, rule.minimum_size_px, rule.minimum_visible_share) & (truth.labels == STRANGER)
    return Objects(labels[known], truth.boxes[known].astype(np.float32), int(strangers.sum()))
