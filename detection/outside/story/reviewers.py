"""Simulated people who look at queued frames and draw what the guideline asks for, with the errors people make.

What they answer leaves as a Label Studio export, the file a person's tool would hand over, and comes back through
stage ``collect`` like any other delivery.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from detection.outside.formats.writing import label_studio
from detection.outside.rehearsal import Take
from detection.outside.story.frames import Year
from detection.rules.labels.intake.arrivals import strings
from detection.rules.labels.outgoing import Labelled
from detection.rules.labels.samples import Annotations, Assignments, Frames
from detection.rules.spec.labels import ObjectClass
from detection.scenes.annotators import Drawn, annotate
from detection.scenes.warehouse import Picture, labelled, render

REVIEWERS = ("reviewer-1", "reviewer-2")
"""The first is careful; the second sloppier in dim light."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What reviewers were told.

    Attributes:
        classes: the guideline's kinds with their rules.
        guideline: its version.
        origin: which of the spec's sources the frames come from.
        licence: of that source.
    """

    classes: tuple[ObjectClass, ...]
    guideline: str
    origin: str
    licence: str


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One frame that people look at.

    Attributes:
        take: which frame.
        sha256: of its file.
        content: the file.
    """

    take: Take
    sha256: str
    content: bytes


def answers(year: Year, take: Take, rule: Rule) -> tuple[Drawn, ...]:
    """What each reviewer draws in a frame, one entry for each of :data:`REVIEWERS`."""
    picture = render(replace(year.world, season=year.season(take.shot.captured_at.date())), take.shot)
    truth = picture.truth
    wanted = np.zeros(len(truth), bool)
    for one in rule.classes:
        wanted |= (truth.labels == one.id) & labelled(truth, one.minimum_size_px, one.minimum_visible_share)
    seen, known = Picture(picture.pixels, truth.take(wanted)), tuple(one.id for one in rule.classes)
    return tuple(annotate(seen, take.shot, who, year.world.seed, known) for who in range(len(REVIEWERS)))


def deliver(folder: Path, year: Year, asked: Sequence[Asked], rule: Rule) -> Labelled:
    """Have the frames reviewed, and write the delivery.

    Args:
        folder: missing or empty; becomes a Label Studio export.
        year: the truth that reviewers see.
        asked: the frames.
        rule: what reviewers were told.

    Returns:
        What was delivered.
    """
    ordered = sorted(asked, key=lambda one: one.sha256)
    drawn = [answers(year, one.take, rule) for one in ordered]
    said = [(one.sha256, who) for one in ordered for who in REVIEWERS]
    found = [boxes for both in drawn for boxes in both]
    labelled_frames = Labelled(
        _frames(ordered, year, rule),
        _annotations(said, found, rule.guideline),
        Assignments(
            strings([frame for frame, _ in said]),
            strings([who for _, who in said]),
            strings([rule.guideline] * len(said)),
            np.zeros(len(said), bool),
        ),
        tuple(one.id for one in rule.classes),
    )
    label_studio.write(folder, labelled_frames, lambda row: ordered[row].content)
    return labelled_frames


def source_entry(name: str, folder: Path, origin: str) -> dict[str, object]:
    """What params.yaml says of the delivery."""
    told = ("camera", "scene")
    return {
        "id": name, "origin": origin, "format": "label_studio", "path": str(folder), "images": "present",
        "annotator": REVIEWERS[0], "annotators": {}, "guideline_version": None, "class_names": {}, "empty_names": [],
        "boxes_follow": "displayed", "keep": None, "keep_metadata": [],
        "metadata": {
            **{key: [{"field": key}] for key in told},
            "captured_at": [{"field": "captured_at"}],
            "conditions": {
                key: {"places": [{"field": f"condition.{key}"}]} for key in ("lighting", "crowding")
            },
        },
    }  # fmt: skip


def _frames(asked: Sequence[Asked], year: Year, rule: Rule) -> Frames:
    count = len(asked)
    shots = [one.take.shot for one in asked]
    empty = strings([""] * count)
    return Frames(
        id=strings([one.sha256 for one in asked]),
        name=strings([one.take.name.replace("/", "_") for one in asked]),
        shard=empty,
        offset=np.zeros(count, np.int64),
        length=np.array([len(one.content) for one in asked], np.int64),
        width=np.full(count, year.world.width, np.int64),
        height=np.full(count, year.world.height, np.int64),
        site=empty,
        camera=strings([shot.camera for shot in shots]),
        scene=strings([shot.scene for shot in shots]),
        captured_at=np.array([shot.captured_at.replace(tzinfo=None) for shot in shots], "datetime64[us]"),
        conditions={
            "lighting": strings([str(shot.lighting) for shot in shots]),
            "crowding": strings([str(shot.crowding) for shot in shots]),
        },
        source=strings([rule.origin] * count),
        licence=strings([rule.licence] * count),
        consent=strings(["not-needed"] * count),
        retain_until=np.full(count, np.datetime64("NaT"), "datetime64[D]"),
    )


def _annotations(said: Sequence[tuple[str, str]], found: Sequence[Drawn], guideline: str) -> Annotations:
    counts = [len(drawn) for drawn in found]
    none = np.zeros(0, bool)
    return Annotations(
        frame=np.repeat(strings([frame for frame, _ in said]), counts),
        annotator=np.repeat(strings([who for _, who in said]), counts),
        guideline=strings([guideline] * sum(counts)),
        label=strings([str(label) for drawn in found for label in drawn.labels]),
        corners=np.concatenate([np.zeros((0, 4), np.float32), *(drawn.boxes for drawn in found)]).astype(np.float32),
        occluded=np.concatenate([none, *(drawn.occluded for drawn in found)]).astype(bool),
        truncated=np.concatenate([none, *(drawn.truncated for drawn in found)]).astype(bool),
        verified=np.zeros(sum(counts), bool),
        crowd=np.zeros(sum(counts), bool),
    )
