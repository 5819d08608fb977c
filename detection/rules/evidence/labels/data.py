"""What the model learned from and is judged on, for people: sets, classes, cameras, and a look at the frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from detection.rules.evidence.judging.verdict import Displays
from detection.rules.evidence.numerals import thousands
from detection.rules.evidence.page import Block, Fact, Facts, Pictures, Section
from detection.rules.evidence.tables import Column, Table, count, text
from detection.rules.labels.findings.coverage import Coverage
from detection.rules.labels.samples import Annotations, Frames, Strings
from detection.rules.labels.splits.certificate import SIDE_OF

CAMERAS_NAMED = 40
"""Cameras of one side beyond which only their number is told."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """Frames and boxes that did not come in.

    Attributes:
        source: where the data came from.
        frames: how many files were refused.
        reasons: reason to number.
    """

    source: str
    frames: int
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """The labelled frames with the set each stands in.

    Attributes:
        frames: ``n`` frames.
        labels: their boxes, one set of labels per frame.
        split_of: ``(n,)`` train, val, test, golden or challenge.
    """

    frames: Frames
    labels: Annotations
    split_of: Strings


def data_section(
    coverage: Coverage, placed: Placed, rejected: Rejected, displays: Displays, samples: Pictures
) -> Section:
    """Counts per set, class and camera, and a look at the frames."""
    cameras = set(placed.frames.camera) - {""}
    facts = Facts(
        (
            Fact("Frames accepted", thousands(coverage.frames), f"{thousands(rejected.frames)} rejected"),
            Fact("Labelled", thousands(coverage.labelled), f"{thousands(coverage.empty)} of them empty"),
            Fact("Checked by an expert", thousands(coverage.verified)),
            Fact("Boxes", thousands(len(placed.labels)), "one answer a frame"),
            *([Fact("Cameras", thousands(len(cameras)))] if cameras else []),
        )
    )
    blocks: list[Block] = [facts, samples, _sets(placed, displays), *([_cameras(placed)] if cameras else [])]
    if rejected.reasons:
        rows = tuple((text(reason), count(number)) for reason, number in sorted(rejected.reasons.items()))
        blocks.append(Table((Column("Rejected because"), Column("Files", number=True)), rows, title="Rejected"))
    lead = f"From the source {rejected.source}: how many of everything there are, and what a few frames look like."
    return Section("data", "Data", lead, tuple(blocks))


def _sets(placed: Placed, displays: Displays) -> Table:
    of_frame = dict(zip(placed.frames.id, placed.split_of, strict=True))
    boxes = Counter((of_frame[f], label) for f, label in zip(placed.labels.frame, placed.labels.label, strict=True))
    frames = Counter(placed.split_of)
    classes = list(displays)
    columns = (
        Column("Set"),
        Column("Frames", number=True),
        *(Column(displays[c], number=True) for c in classes),
        Column("Boxes", number=True),
    )
    rows = tuple(
        (text(s), count(frames[s]), *(count(boxes[s, c]) for c in classes), count(sum(boxes[s, c] for c in classes)))
        for s in SIDE_OF
        if frames[s]
    )
    return Table(columns, rows, title="Frames and boxes per set")


def _cameras(placed: Placed) -> Table:
    sides = np.array([SIDE_OF[name] for name in placed.split_of], object)
    rows = []
    for side in dict.fromkeys(SIDE_OF.values()):
        chosen = placed.frames.take(sides == side)
        seen = Counter(chosen.camera)
        named = ", ".join(f"{camera or 'unknown'} ({number})" for camera, number in sorted(seen.items()))
        cameras = named if len(seen) <= CAMERAS_NAMED else f"{thousands(len(seen))} cameras"
        rows.append((text(side), count(len(seen)), count(len(set(chosen.scene))), text(cameras or "–")))
    columns = (Column("Side"), Column("Cameras", number=True), Column("Scenes", number=True), Column("Which (frames)"))
    note = "Judging holds the sets test, golden and challenge. The split certificate says what no two sides share."
    return Table(columns, tuple(rows), title="Cameras", note=note)
