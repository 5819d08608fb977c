"""Reliability row by row: which detections each row of the sheet counts. Measures nothing itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from detection.rules.judging.calibration.reliability import (
    MapKind,
    ReliabilityRow,
    ReliabilitySheet,
    Resampling,
    measure,
)
from detection.rules.judging.matching import Flags, Reals
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

    def take(self, rows: Flags) -> Scored:
        """The detections in ``rows``."""
        names = ("group", "label", "raw", "score", "correct")
        slices = {name: column[rows] for name, column in self.slices.items()}
        return Scored(self.variant, self.set, slices=slices, **{name: getattr(self, name)[rows] for name in names})


def reliability_rows(scored: Scored, maps: Sequence[MapFacts], resampling: Resampling) -> Iterator[ReliabilityRow]:
    """Every class and all together, whole and in every slice that holds a detection.

    Args:
        scored: the detections of one variant in one set.
        maps: facts of the variants' maps, one for each class.
        resampling: of the intervals.
    """
    known = [one for one in maps if one.variant == scored.variant]
    everything = MapFacts(scored.variant, EVERY, min((m.kind for m in known), key=KINDS.index, default="identity"), "")
    for one, name in product((everything, *known), (ALL, *_slices(scored))):
        chosen = scored.take(_within(scored, one.label, name))
        if len(chosen.raw) or name == ALL:
            yield ReliabilityRow(
                scored.variant, scored.set, one.label, name, len(chosen.raw), one.kind, one.warning,
                measure(chosen.raw, chosen.correct, chosen.group, resampling),
                measure(chosen.score, chosen.correct, chosen.group, resampling),
            )  # fmt: skip


def map_facts(sheet: ReliabilitySheet) -> tuple[MapFacts, ...]:
    """What the sheet of stage calibrate knows of the maps."""
    of_class = (row for row in sheet.rows if row.slice == ALL and row.label != EVERY)
    return tuple(MapFacts(row.variant, row.label, row.map, row.warning) for row in of_class)


def _slices(scored: Scored) -> list[str]:
    return [f"{name}={value}" for name, column in scored.slices.items() for value in sorted(set(column)) if value]


def _within(scored: Scored, label: str, name: str) -> Flags:
    inside: Flags = np.ones(len(scored.raw), np.bool_) if label == EVERY else scored.label == label
    if name == ALL:
        return inside
    key, value = name.split("=", 1)
    here: Flags = inside & (scored.slices[key] == value)
    return here
