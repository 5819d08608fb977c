"""Answers of several annotators for tests: drawn by dice, and the public crowd of pedestrian boxes."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detection.rules.labels.agreement.figures import Dice
from detection.rules.labels.intake.arrivals import Answer, Tables, strings
from detection.rules.labels.samples import Annotations, Assignments, Frames
from tests.examples_labels import SPEC, Box, collected, said

DICE = Dice(200, 0, 0.95)
LABELLING = SPEC.labelling
CLASSES = ("box", "polybag", "tube")


def crowd(frames: int, annotators: int, boxes: int, seed: int) -> Tables:
    """Frames, a scene each, of crowded objects that everybody draws a little off, now and then misses or confuses."""
    dice = np.random.default_rng(seed)
    made = collected(*(_answers(annotators, boxes, dice) for _ in range(frames)))
    return replace(made, frames=replace(made.frames, scene=made.frames.name))


def pedestrians(folder: Path, first: int | None = None) -> Tables:
    """The public crowd: boxes by workers and by an expert, degenerate ones dropped.

    Args:
        folder: of the data set.
        first: only so many images, by number.
    """
    with (folder / "assignments.csv").open() as stream:
        looked = list(csv.DictReader(stream))
    with (folder / "boxes.csv").open() as stream:
        drawn = [r for r in csv.DictReader(stream) if _side(r, "x") > 0 and _side(r, "y") > 0]
    ids = sorted({row["image_id"] for row in looked}, key=int)[:first]
    kept = set(ids)
    looked, drawn = ([row for row in rows if row["image_id"] in kept] for rows in (looked, drawn))
    no = np.zeros(len(drawn), np.bool_)
    boxes = Annotations(
        frame=strings([r["image_id"] for r in drawn]),
        annotator=strings([r["annotator"] for r in drawn]),
        guideline=strings(["1"] * len(drawn)),
        label=strings([r["label"] for r in drawn]),
        corners=np.array([[r[c] for c in ("x1", "y1", "x2", "y2")] for r in drawn], np.float32).reshape(-1, 4),
        occluded=no, truncated=no,
        verified=np.array([r["source"] == "expert" for r in drawn], np.bool_),
        crowd=no,
    )  # fmt: skip
    assignments = Assignments(
        strings([r["image_id"] for r in looked]), strings([r["annotator"] for r in looked]),
        strings(["1"] * len(looked)), np.array([r["source"] == "expert" for r in looked], np.bool_),
    )  # fmt: skip
    return Tables(_frames(ids), boxes, assignments)


def workers(made: Tables) -> Tables:
    """Without the expert."""
    boxes = made.boxes.take(~made.boxes.verified)
    return replace(made, boxes=boxes, assignments=made.assignments.take(~made.assignments.verified))


def _frames(ids: list[str]) -> Frames:
    blank = collected(*([said("nobody")] for _ in ids)).frames
    return replace(blank, id=strings(ids), name=strings([f"{i}.jpg" for i in ids]), camera=strings([""] * len(ids)),
                   scene=strings([""] * len(ids)))  # fmt: skip


def _side(row: dict[str, str], axis: str) -> float:
    return float(row[f"{axis}2"]) - float(row[f"{axis}1"])


def _answers(annotators: int, boxes: int, dice: np.random.Generator) -> list[Answer]:
    corner, size = dice.uniform(0, 30, (boxes, 2)), dice.uniform(8, 16, (boxes, 2))
    label = dice.integers(len(CLASSES), size=boxes)
    answers = []
    for number in range(annotators):
        seen = np.flatnonzero(dice.random(boxes) > 0.15)
        shaken = np.concatenate([corner, corner + size], axis=1) + dice.normal(0, 1, (boxes, 4))
        named = np.where(dice.random(boxes) < 0.1, dice.integers(len(CLASSES), size=boxes), label)
        answers.append(said(f"ann-{number}", *[_box(CLASSES[named[i]], shaken[i]) for i in seen]))
    return answers


def _box(label: str, corners: NDArray[np.float64]) -> Box:
    x1, y1, x2, y2 = (float(side) for side in corners)
    return label, x1, y1, x2, y2
