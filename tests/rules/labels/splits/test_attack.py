"""Copied labels fit where a split leaks, and only there."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.labels.intake.arrivals import tables
from detection.rules.labels.samples import Annotations
from detection.rules.labels.splits.attack import Dice, Foretold, Marked, attack, marked
from tests.examples_labels import COMMON, frames, said, stored

DICE = Dice(500, 20, 0)


def _scenes(scenes: int, each: int) -> Marked:
    """Frames of a scene look alike and hold the same three boxes; other scenes hold others. Frame-major by scene."""
    dice = np.random.default_rng(0)
    hashes = np.repeat(dice.integers(0, 2**64, scenes, dtype=np.uint64), each)
    hashes ^= np.uint64(1) << dice.integers(0, 64, len(hashes), dtype=np.uint64)
    corner = dice.random((scenes, 3, 2)) * 0.8
    corners = np.repeat(np.concatenate([corner, corner + 0.15], axis=2), each, axis=0).reshape(-1, 4)
    label = np.repeat(dice.integers(0, 4, (scenes, 3)), each, axis=0).reshape(-1)
    return Marked(hashes, np.arange(scenes * each + 1) * 3, label, corners, 4)


def test_a_leak_is_foretold_and_an_honest_split_is_not() -> None:
    """50 scenes of 10 frames: split through every scene, or between scenes."""
    known, rows = _scenes(50, 10), np.arange(500)
    leaky = attack(known, rows[rows % 2 == 0], rows[rows % 2 == 1], DICE)
    honest = attack(known, rows[:250], rows[250:], DICE)
    assert leaky is not None
    assert honest is not None
    assert leaky.nearest == Foretold(1.0, 1.0)
    assert leaky.advantage > 0.5
    assert honest.advantage < 0.1
    assert honest.random_split.boxes > 0.9
    assert honest.chance_lower.boxes <= honest.chance.boxes <= honest.chance_upper.boxes


def test_the_sample_is_bounded_and_seeded() -> None:
    """The same dice, the same figures."""
    known, rows = _scenes(20, 10), np.arange(200)
    one, again = (attack(known, rows[:100], rows[100:], Dice(30, 5, 7)) for _ in range(2))
    assert one == again
    assert one is not None
    assert one.frames == 30


def test_without_two_sides_there_is_nothing_to_attack() -> None:
    """No train frame, or no held-out one."""
    known, rows = _scenes(2, 2), np.arange(4)
    assert attack(known, rows[:0], rows, DICE) is None
    assert attack(known, rows, rows[:0], DICE) is None


def test_frames_without_boxes_foretell_nothing() -> None:
    """No boxes on either side: 0, not a perfect score."""
    known = Marked(np.zeros(4, np.uint64), np.zeros(5, np.int64), np.zeros(0, np.int64), np.zeros((0, 4)), 0)
    made = attack(known, np.arange(2), np.arange(2, 4), DICE)
    assert made is not None
    assert made.nearest == Foretold(0.0, 0.0)


def test_f1_counts_by_hand() -> None:
    """Copied: two a's, one in place; true: an a and a b. Boxes 2 * 1 / (2 + 2), classes 2 * 1 / (2 + 1)."""
    here, there = (0.0, 0.0, 32.0, 24.0), (40.0, 30.0, 60.0, 44.0)
    rows = [
        stored("train", answers=(said("x", ("a", *here), ("a", *there)),)),
        stored("held", answers=(said("x", ("a", *here), ("b", *there)),)),
    ]
    labels: Annotations = tables(rows, COMMON).boxes
    table = frames(rows)
    known = marked(table, np.zeros(2, np.uint64), labels)
    train = np.flatnonzero(table.name == "train")
    made = attack(known, train, 1 - train, DICE)
    assert made is not None
    assert made.nearest.boxes == pytest.approx(0.5)
    assert made.nearest.classes == pytest.approx(2 / 3)
