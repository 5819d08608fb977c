"""Small data sets to be split: cameras with scenes, hashes and labels."""

from __future__ import annotations

import numpy as np

from detection.rules.labels.intake.arrivals import strings
from detection.rules.labels.samples import Annotations, Assignments, Frames
from detection.rules.labels.splits.attack import Dice
from detection.rules.labels.splits.division import Demand, Material
from detection.rules.labels.splits.frozen import FrozenSets
from detection.rules.labels.splits.grouping import Signatures
from detection.rules.labels.splits.placement import Shares
from detection.rules.labels.statistics import Hashes, Statistics
from detection.rules.spec.labels import JudgingFrames, MinimumGroups, Split
from tests.examples_labels import frames, stored

NONE = JudgingFrames(frames=0, where={}, balance_by=None, verified_only=False)
SHARES = Shares(0.6, 0.15, 0.25)


def rule(*keys: str, window: float | None = None, bits: int | None = None, least: int = 1) -> Split:
    """A spec's split without judging sets."""
    return Split.model_validate(
        {
            "keys": list(keys),
            "time_window_s": window,
            "near_duplicate_bits": bits,
            "attack_advantage_maximum": None,
            "minimum_groups": MinimumGroups(train=least, val=least, test=least),
            "golden": NONE,
            "challenge": NONE,
        }
    )


def demand(asked: Split, salt: str = "1") -> Demand:
    """The usual shares and a small attack."""
    return Demand(asked, SHARES, salt, Dice(50, 3, 0))


def unseen(table: Frames) -> Signatures:
    """Frames without pixels."""
    return Signatures(np.zeros(len(table), np.uint64), np.zeros(len(table), bool))


def seen(hashes: Hashes) -> Signatures:
    """Frames with these hashes."""
    return Signatures(hashes, np.ones(len(hashes), bool))


def statistics(table: Frames, hashes: Hashes) -> Statistics:
    """Hashes of frames, all else the same."""
    n = len(table)
    ones, zeros = np.ones(n, np.float32), np.zeros(n, np.int64)
    return Statistics(table.id, np.ones(n, bool), zeros, zeros, ones, ones, ones, ones, ones, ones, hashes)


def world(cameras: int, per_camera: int = 3) -> Frames:
    """Cameras that look at one scene each, with a light that goes round the cameras."""
    rows = [stored(f"{c}-{n}", f"cam-{c:02d}", f"cam-{c:02d}-s") for c in range(cameras) for n in range(per_camera)]
    return frames(rows, {"lighting": [("dim", "dusk")[c % 2] for c in range(cameras) for _ in range(per_camera)]})


def boxed(table: Frames) -> Annotations:
    """A box in every frame: of class b in every third, else of class a."""
    n = len(table)
    flags = np.zeros(n, bool)
    words = strings(["x"] * n)
    label = strings(["b" if int(name.split("-")[-1]) % 3 == 0 else "a" for name in table.name.tolist()])
    return Annotations(table.id, words, words, label, np.full((n, 4), (1, 1, 30, 30), np.float32), *[flags] * 4)


def material(table: Frames, duplicates: Frames | None = None, hashes: Hashes | None = None) -> Material:
    """All labelled, none verified, nothing frozen, nothing placed before."""
    copies = table.take(np.zeros(0, np.int64)) if duplicates is None else duplicates
    who = Assignments(table.id, table.name, table.name, np.zeros(len(table), bool))
    some = table if hashes is not None else copies.take(np.zeros(0, np.int64))
    measured = statistics(some, np.zeros(0, np.uint64) if hashes is None else hashes)
    return Material(table, copies, who, boxed(table), measured, FrozenSets(), None)
