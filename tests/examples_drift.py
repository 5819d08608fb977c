"""A field of small cameras: scenes that hang together, hours of telemetry that come from the same world or do not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detection.rules.field.watching.tally import DAY_S, HOUR_S, Counts, Tally
from detection.rules.field.watching.yardsticks import Bounds
from detection.rules.spec.field import Chance, Duration, Witnesses

HOUR = Duration(name="hour", length_s=HOUR_S, breaches=2, of=3, clear_after=2)
CHANCE = Chance(
    band=0.999, false_alarms=0.01, joint_breach=1.5, witnesses=Witnesses(own=1, learnt=2), proof=0.95,
    degraded_share=0.5,
)  # fmt: skip
BOUNDS = Bounds(0.1, 0.25, minimum_frames=40, minimum_detections=100, durations=(HOUR,), context_hours=1, chance=CHANCE)
MONDAY_S = 20_606 * DAY_S
FRAMES = 10
SCENES = 50
SIGNALS = ("brightness", "score/box")


def scenes(number: int, centre: float, seed: int) -> Counts:
    """``(number, 10)`` scenes of ten frames; each hangs around a level of its own."""
    dice = np.random.default_rng(seed)
    levels = dice.normal(centre, 1.0, (number, 1)) + dice.normal(0, 0.3, (number, FRAMES))
    bins = np.clip(np.round(levels), 0, 8).astype(np.int64)
    counts = np.zeros((number, 10), np.int64)
    np.add.at(counts, (np.repeat(np.arange(number), FRAMES), bins.ravel()), 1)
    return counts


def reference(
    number: int = 40, seed: int = 5, cameras: Sequence[str] = ("a",), hour: int = 9, centre: float = 4.0
) -> Tally:
    """So many scenes of each camera, all taken in one hour."""
    counts = {
        name: np.concatenate([scenes(number, centre, seed + 1000 * i + 17 * j) for i in range(len(cameras))])
        for j, name in enumerate(SIGNALS)
    }
    names = np.repeat(np.array(cameras, dtype=object), number)
    return Tally(names, np.full(len(names), HOUR_S * hour), np.full(len(names), FRAMES), counts)


def minutes(hours: int, shift: float, seed: int, camera: str = "a", first: int = 0) -> Tally:
    """Hours with fifty minutes that hold a scene, first and last one too; from a Monday at ``first`` o'clock."""
    within = 60 * (np.arange(SCENES) * 59 // (SCENES - 1))
    begins = MONDAY_S + HOUR_S * (first + np.repeat(np.arange(hours), SCENES)) + np.tile(within, hours)
    counts = {name: scenes(hours * SCENES, 4.0 + shift, seed + 17 * j) for j, name in enumerate(SIGNALS)}
    return Tally(np.full(len(begins), camera, object), begins, np.full(len(begins), FRAMES), counts)
