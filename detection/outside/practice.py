"""The practice world as a source of labelled images: several processes draw, in the order of the plan.

Besides the annotators, who err, an expert answers for a share of the scenes; scenes are chosen by a hash of their
name, so the choice depends on nothing else. Labels follow the spec's class rule: what is too small or too hidden is not
drawn, and neither is a kind the spec does not know.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from detection.outside import processes
from detection.rules.labels.intake.arrivals import VERIFIED, Answer, Arrival, Context, strings
from detection.rules.spec.labels import ObjectClass
from detection.scenes.annotators import annotate
from detection.scenes.warehouse import Picture, Shot, Truth, World, labelled, plan, render

Encode = Callable[[NDArray[np.uint8]], bytes]
"""A picture ``(h, w, 3)`` uint8 BGR to the bytes of a JPEG file."""

OCCLUDED_BELOW = 0.95
"""Visible share below which the expert calls an object occluded, unless it is the border that hides it."""

_CHUNK = 8


@dataclass(frozen=True, slots=True)
class Practice:
    """What is drawn, and who looks at it.

    Attributes:
        world: the world to photograph.
        classes: the spec's classes with their rules.
        annotators: how many err over every frame.
        verified_share: part of the scenes that the expert answers for.
        encode: a function of a module, so that other processes find it.
    """

    world: World
    classes: tuple[ObjectClass, ...]
    annotators: int
    verified_share: float
    encode: Encode


def arrivals(practice: Practice, frames: int, workers: int) -> Iterator[Arrival]:
    """Draw ``frames`` frames in ``workers`` processes, in the order of the plan."""
    shots = plan(practice.world, frames)
    with processes.pool(workers) as pool:
        yield from pool.map(partial(_arrival, practice), shots, chunksize=_CHUNK)


def is_verified(scene: str, share: float, seed: int) -> bool:
    """Whether the expert answers for a scene; about ``share`` of all scenes, each for itself."""
    digest = hashlib.sha256(f"verified\0{seed}\0{scene}".encode()).hexdigest()
    return int(digest[:16], 16) / 16**16 < share


def _arrival(practice: Practice, shot: Shot) -> Arrival:
    world = practice.world
    picture = render(world, shot)
    visible = _labelled(picture, practice.classes)
    answers = [_drawn(visible, shot, number, world.seed) for number in range(practice.annotators)]
    if is_verified(shot.scene, practice.verified_share, world.seed):
        answers.append(_expert(visible.truth))
    moment = f"{shot.captured_at:%Y%m%dT%H%M%S}"
    return Arrival(
        name=f"{shot.camera}/{shot.scene}-{shot.step:02d}-{moment}.jpg",
        content=practice.encode(picture.pixels),
        extension="jpg",
        width=picture.pixels.shape[1],
        height=picture.pixels.shape[0],
        context=Context("", shot.camera, shot.scene, shot.captured_at, _conditions(shot)),
        answers=tuple(answers),
    )


def _conditions(shot: Shot) -> dict[str, str]:
    return {"lighting": str(shot.lighting), "crowding": str(shot.crowding)}


def _labelled(picture: Picture, classes: Sequence[ObjectClass]) -> Picture:
    """The picture with the objects alone that the spec's class rules want labelled."""
    truth = picture.truth
    wanted = np.zeros(len(truth), bool)
    for rule in classes:
        wanted |= (truth.labels == rule.id) & labelled(truth, rule.minimum_size_px, rule.minimum_visible_share)
    return Picture(picture.pixels, truth.take(wanted))


def _drawn(picture: Picture, shot: Shot, number: int, seed: int) -> Answer:
    drawn = annotate(picture, shot, number, seed)
    return Answer(
        annotator=f"ann-{number + 1}",
        guideline="",
        verified=False,
        labels=strings([str(label) for label in drawn.labels]),
        corners=drawn.boxes.astype(np.float32),
        occluded=drawn.occluded.astype(bool),
        truncated=drawn.truncated.astype(bool),
        crowd=np.zeros(len(drawn.labels), bool),
    )


def _expert(truth: Truth) -> Answer:
    return Answer(
        annotator=VERIFIED,
        guideline="",
        verified=True,
        labels=strings([str(label) for label in truth.labels]),
        corners=truth.boxes.astype(np.float32),
        occluded=np.asarray((truth.visible_share < OCCLUDED_BELOW) & ~truth.truncated, bool),
        truncated=truth.truncated.astype(bool),
        crowd=np.zeros(len(truth.labels), bool),
    )
