"""Statistics and small data sets for tests of findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from detection.rules.labels.findings.drawn import Drawn, drawn
from detection.rules.labels.intake.arrivals import Answer, Tables
from detection.rules.labels.samples import Annotations, Assignments, Frames, Strings
from detection.rules.labels.statistics import Statistics
from tests.examples_labels import Box, collected, said

FINE = {
    "readable": True, "mean_u8": 120, "contrast_u8": 40, "sharpness": 300, "saturation_u8": 90, "dark_share": 0,
    "blown_share": 0,
}  # fmt: skip


def measured(frames: Frames, **columns: Sequence[Any]) -> Statistics:
    """Statistics of fine pictures that have nothing in common, with some columns given."""
    n = len(frames)
    hashes = np.random.default_rng(0).integers(0, 2**63, n, np.uint64)
    plain = {name: [value] * n for name, value in FINE.items()}
    given = plain | {"width": frames.width, "height": frames.height, "hash": hashes} | columns
    kinds = {"readable": bool, "width": np.int64, "height": np.int64, "hash": np.uint64}
    return Statistics(
        frame=frames.id, **{name: np.array(values, kinds.get(name, np.float32)) for name, values in given.items()}
    )


def drawn_by(annotator: str, *boxes: Box) -> Drawn:
    """Boxes of one annotator on one frame of 64 x 48 pixels."""
    return drawn(collected((said(annotator, *boxes),)))


def marked(answer: Answer, truncated: Sequence[bool] = (), crowd: Sequence[bool] = ()) -> Answer:
    """An answer with some of its boxes' marks set."""
    return replace(
        answer,
        truncated=np.array(truncated, bool) if truncated else answer.truncated,
        crowd=np.array(crowd, bool) if crowd else answer.crowd,
    )


def random_tables(frames: int, boxes: int, seed: int) -> Tables:
    """Many frames with random boxes of three classes by two annotators, two thirds of the boxes by the first."""
    dice = np.random.default_rng(seed)
    base = collected(*[()] * 1).frames
    ids = np.array([f"{i:064x}" for i in range(frames)], object)
    words = np.full(frames, "", object)
    plain: dict[str, Any] = dict.fromkeys(("site", "scene", "source", "licence", "consent"), words)
    made = Frames(
        id=ids, name=ids, shard=np.full(frames, "000000.tar", object), offset=np.zeros(frames, np.int64),
        length=np.ones(frames, np.int64), width=np.full(frames, 640, np.int64), height=np.full(frames, 480, np.int64),
        camera=np.array([f"cam-{i % 40}" for i in range(frames)], object),
        captured_at=np.arange(frames).astype("datetime64[us]"), conditions={},
        retain_until=np.full(frames, base.retain_until[0]), **plain,
    )  # fmt: skip
    return Tables(made, *_labels(ids, boxes, dice))


def _labels(ids: Strings, boxes: int, dice: np.random.Generator) -> tuple[Annotations, Assignments]:
    row = np.sort(dice.integers(0, len(ids), boxes))
    who = np.array(["ann-1", "ann-1", "ann-2"], object)[dice.integers(0, 3, boxes)]
    corner = dice.uniform(0, (560, 400), (boxes, 2))
    sides = np.exp(dice.normal(3.5, 0.4, (boxes, 2)))
    no, one = np.zeros(boxes, bool), np.full(boxes, "1", object)
    label = np.array(["box", "polybag", "tube"], object)[dice.integers(0, 3, boxes)]
    corners = np.concatenate([corner, corner + sides], axis=1).astype(np.float32)
    looks = np.repeat(ids, 2)
    people = np.tile(np.array(["ann-1", "ann-2"], object), len(ids))
    assignments = Assignments(looks, people, np.full(len(looks), "1", object), np.zeros(len(looks), bool))
    return Annotations(ids[row], who, one, label, corners, no, no, no, no), assignments
