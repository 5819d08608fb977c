"""The score sheet of one variant: every frozen set, whole and by condition, crossing and size, and by class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from detection.rules.judging.drawn import standing
from detection.rules.judging.intervals import Resampling, draw_groups
from detection.rules.judging.matching import Flags, Integers, Matches, Reals, match
from detection.rules.judging.scores.observations import FrameFacts, Judged, expect_frames
from detection.rules.judging.scores.rows import ALL, Pair, Place, ScoreRow, score_rows
from detection.rules.judging.scores.sizes import ranges
from detection.rules.judging.scores.tallies import Boxes, Ground, Tallied, background
from detection.rules.spec.judging import Judging

SETS = ("test", "golden", "challenge")
"""The frozen sets, in the order in which they are told."""


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """A part of a set: its name, and which frames ``(frames,)``."""

    name: str
    frames: Flags


@dataclass(frozen=True, slots=True, eq=False)
class Scorer:
    """What all rows of a variant have in common.

    Attributes:
        facts: of every frame.
        classes: class ids in the order of their numbers.
        cuts: ``(classes,)`` shipped common thresholds.
        judging: the spec's sizes and crossings.
        resampling: how intervals are drawn.
    """

    facts: FrameFacts
    classes: Sequence[str]
    cuts: Reals
    judging: Judging
    resampling: Resampling

    def rows(self, judged: Judged) -> Iterator[ScoreRow]:
        """All rows of one variant; a set without frames has none.

        Raises:
            LabelsError, ModelError: a box stands in a frame that nobody knows.
        """
        expect_frames(judged, self.facts)
        sized = {
            name: match(judged.truth, judged.predictions, size=size)
            for name, size in ranges(self.judging.sizes).items()
        }
        for name in SETS:
            in_set: Flags = self.facts.set == name
            for part in slices(self.facts, in_set, self.judging.crossings):
                yield from self._rows(judged, judged.matches, name, part)
            if in_set.any():
                for size, matches in sized.items():
                    yield from self._rows(judged, matches, name, Slice(f"size={size}", in_set))

    def _rows(self, judged: Judged, matches: Matches, name: str, part: Slice) -> Iterator[ScoreRow]:
        place = Place(judged.variant, name, part.name, int(part.frames.sum()))
        tallied = tally(judged, matches, ground_of(self.facts, part.frames, len(self.classes)))
        pair = Pair(tallied, self._draws(tallied.groups), self.resampling.confidence)
        return score_rows(place, pair, self.classes, self.cuts)

    def _draws(self, groups: int) -> Integers:
        """Each group left out in turn; of more groups than resamples so many draws, whose percentiles then hold."""
        if groups <= self.resampling.resamples:
            return 1 - np.eye(groups, dtype=np.int64)
        return draw_groups(groups, self.resampling.resamples, self.resampling.seed)


def slices(facts: FrameFacts, in_set: Flags, crossings: Sequence[Sequence[str]] = ()) -> Iterator[Slice]:
    """The whole set, then a part for each known value of each condition and crossing; nothing for an empty set."""
    if not in_set.any():
        return
    yield Slice(ALL, in_set)
    for names in (*([condition] for condition in facts.conditions), *crossings):
        known = [sorted(set(facts.conditions[name][in_set]) - {""}) for name in names]
        for values in product(*known):
            frames = in_set.copy()
            for name, value in zip(names, values, strict=True):
                frames &= facts.conditions[name] == value
            if frames.any():
                yield Slice(",".join(f"{name}={value}" for name, value in zip(names, values, strict=True)), frames)


def ground_of(facts: FrameFacts, frames: Flags, classes: int) -> Ground:
    """The groups of a slice's frames, numbered in the order of their names."""
    names, number = np.unique(facts.group[frames].astype(str), return_inverse=True)
    group = np.full(len(frames), -1, np.int64)
    group[frames] = number
    return Ground(group, len(names), classes)


def tally(judged: Judged, matches: Matches, ground: Ground) -> Tallied:
    """Count what was found in a slice.

    Args:
        judged: the variant.
        matches: its matches, of all frames; for sizes those of one range.
        ground: the slice's frames.
    """
    inside = ground.group >= 0
    here = matches.within(inside)
    counted = here.counted[:, judged.column]
    kept = judged.kept(here) & counted
    found = kept & (here.partner[:, judged.column] >= 0)
    boxes, truths = Boxes(here.frame, here.label), Boxes(here.truth_frame, here.truth_label)
    correct = ground.count(boxes.take(found))
    frames, false = _background(judged, ground, boxes.take(kept), bool(matches.counted.all()))
    return Tallied(
        standing=standing(here, ground.group, ground.classes, ground.groups),
        found=correct,
        correct=correct,
        detections=ground.count(boxes.take(kept)),
        truths=ground.count(truths),
        background_frames=frames,
        background_detections=false,
    )


def _background(judged: Judged, ground: Ground, kept: Boxes, whole: bool) -> Sequence[Integers]:
    """Of a slice by size there is no background: a frame without small objects is not an empty one."""
    if not whole:
        nothing = np.zeros((ground.classes + 1, ground.groups), np.int64)
        return nothing, nothing
    there = Boxes(judged.truth.frame, judged.truth.label).take(ground.group[judged.truth.frame] >= 0)
    return background(ground, there, kept)
