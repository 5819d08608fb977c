"""Reliability row by row: which detections each row of the sheet counts. Measures nothing itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detection.rules.judging.calibration.reliability import (
    MapKind,
    ReliabilityRow,
    ReliabilitySheet,
    measure,
)
from detection.rules.judging.intervals import Resampling
from detection.rules.judging.matching import Flags, Integers, Reals
from detection.rules.labels.samples import Strings

KINDS: tuple[MapKind, ...] = ("identity", "platt", "isotonic")
"""From the least to the most that was learnt."""
EVERY = "every"
ALL = "all"


@dataclass(frozen=True, slots=True)
class MapFacts:
    """What is known of the map of one class of one variant."""

    variant: str
    label: str
    kind: MapKind
    warning: str


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """``n`` detections of one variant in one set, column by column.

    Attributes:
        variant: the variant's name.
        set: val, test, golden or challenge.
        group: ``(n,)`` group of the frame; groups are independent of each other.
        label: ``(n,)`` class id.
        raw: ``(n,)`` what the model says.
        score: ``(n,)`` calibrated.
        correct: ``(n,)`` whether it found an object.
        slices: columns of values by which rows are made beside the whole: conditions and ``size``; ``""`` is unknown.
    """

    variant: str
    set: str
    group: Strings
    label: Strings
    raw: Reals
    score: Reals
    correct: Flags
    slices: Mapping[str, Strings]


def reliability_rows(scored: Scored, maps: Sequence[MapFacts], resampling: Resampling) -> Iterator[ReliabilityRow]:
    """Every class and all together, whole and in every slice that holds a detection.

    Args:
        scored: the detections of one variant in one set.
        maps: facts of the variants' maps, one for each class.
        resampling: of the intervals.
    """
    known = [one for one in maps if one.variant == scored.variant]
    everything = MapFacts(scored.variant, EVERY, min((m.kind for m in known), key=KINDS.index, default="identity"), "")
    _, group = np.unique(scored.group.astype(str), return_inverse=True)
    names = (ALL, *_slices(scored))
    for one in (everything, *known):
        inside = np.flatnonzero(scored.label == one.label) if one.label != EVERY else np.arange(len(scored.raw))
        for name in names:
            chosen = inside[_within(scored, inside, name)]
            if len(chosen) or name == ALL:
                raw, calibrated = (
                    measure(scores[chosen], scored.correct[chosen], group[chosen], resampling)
                    for scores in (scored.raw, scored.score)
                )
                kind, warning = one.kind, one.warning
                yield ReliabilityRow(
                    scored.variant, scored.set, one.label, name, len(chosen), kind, warning, raw, calibrated
                )


def map_facts(sheet: ReliabilitySheet) -> tuple[MapFacts, ...]:
    """What the sheet of stage calibrate knows of the maps."""
    of_class = (row for row in sheet.rows if row.slice == ALL and row.label != EVERY)
    return tuple(MapFacts(row.variant, row.label, row.map, row.warning) for row in of_class)


def _slices(scored: Scored) -> list[str]:
    return [f"{name}={value}" for name, column in scored.slices.items() for value in sorted(set(column)) if value]


def _within(scored: Scored, rows: Integers, name: str) -> Flags:
    """Which of some rows lie in a slice."""
    if name == ALL:
        return np.ones(len(rows), np.bool_)
    key, value = name.split("=", 1)
    here: Flags = np.asarray(scored.slices[key][rows] == value, np.bool_)
    return here
