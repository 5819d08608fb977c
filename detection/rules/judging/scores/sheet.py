"""The score sheet of one variant: every frozen set, whole and by condition, all classes together and each alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from detection.rules.judging.intervals import PrecisionIntervals, draw_groups, precision_intervals
from detection.rules.judging.matching import Flags
from detection.rules.judging.scores.observations import FrameFacts, Judged
from detection.rules.judging.scores.rows import ALL, EVERY, Place, ScoreRow, score_rows, with_intervals

SETS = ("test", "golden", "challenge")
"""The frozen sets, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Resampling:
    """How intervals are drawn.

    Attributes:
        resamples: how often groups are drawn.
        confidence: two-sided level.
        seed: of the draws; every variant and set is drawn by the same.
    """

    resamples: int
    confidence: float
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """A part of a set: its name, and which frames ``(frames,)``."""

    name: str
    frames: Flags


def rows(judged: Judged, facts: FrameFacts, classes: Sequence[str], resampling: Resampling) -> Iterator[ScoreRow]:
    """All rows of one variant; a set without frames has none.

    Args:
        judged: the variant's detections, matched.
        facts: of every frame.
        classes: class ids in the order of their numbers.
        resampling: how intervals are drawn.
    """
    for name in SETS:
        in_set: Flags = facts.set == name
        for part in slices(facts, in_set):
            place = Place(judged.variant, name, part.name)
            matches = judged.matches.within(part.frames)
            for row in score_rows(place, matches, int(part.frames.sum()), judged.cuts, classes):
                whole = row.label == EVERY and part.name == ALL
                yield with_intervals(row, _intervals(judged, facts, part.frames, resampling)) if whole else row


def slices(facts: FrameFacts, in_set: Flags) -> Iterator[Slice]:
    """The whole set, then one part for each known value of each condition; nothing for an empty set."""
    if not in_set.any():
        return
    yield Slice(ALL, in_set)
    for condition, column in facts.conditions.items():
        for value in sorted(set(column[in_set]) - {""}):
            yield Slice(f"{condition}={value}", in_set & (column == value))


def _intervals(judged: Judged, facts: FrameFacts, frames: Flags, resampling: Resampling) -> PrecisionIntervals:
    names, number = np.unique(facts.group[frames].astype(str), return_inverse=True)
    group_of = np.full(len(frames), -1, np.int64)
    group_of[frames] = number
    draws = draw_groups(len(names), resampling.resamples, resampling.seed)
    matches = judged.matches.within(frames)
    return precision_intervals(matches, len(judged.cuts), group_of, draws, resampling.confidence)
