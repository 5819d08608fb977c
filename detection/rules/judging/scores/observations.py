"""Every single observation a gate may count: each detection that would be shown, each object that was there.

With the frame's group and conditions beside it, any criterion is a filter and a count: nothing is matched again, and
the gate cannot see other numbers than the scores do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detection.rules.judging.matching import Flags, Integers, Matches, Predictions, Reals, Truth
from detection.rules.judging.scores.rows import above
from detection.rules.labels.samples import Strings

Kind = Literal["detection", "object"]

_CONDITION = "condition."
_CORNERS = ("x1", "y1", "x2", "y2")


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """``n`` observations, column by column: ``data/evaluate/observations.parquet``.

    Attributes:
        variant: the variant's name.
        set: ``test``, ``golden`` or ``challenge``.
        frame: the frame's id.
        group: the frame's group; groups are independent of each other.
        label: class id: of the object, or what the detection says.
        kind: ``detection`` at or above the shipped threshold, or ``object`` that is there.
        correct: a detection that found an object, or an object that was found, at IoU 0.5.
        score: calibrated score of a detection; NaN for an object.
        corners: ``(n, 4)`` box, pixels of the frame.
        conditions: one column of values per condition of the spec; ``""`` if unknown.
    """

    variant: Strings
    set: Strings
    frame: Strings
    group: Strings
    label: Strings
    kind: Strings
    correct: Flags
    score: Reals
    corners: NDArray[np.float32]
    conditions: Mapping[str, Strings]

    def __len__(self) -> int:
        return len(self.frame)

    def to_columns(self) -> dict[str, NDArray[np.generic]]:
        """Flat columns for a table."""
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("corners", "conditions")}
        corners = {name: self.corners[:, i] for i, name in enumerate(_CORNERS)}
        return plain | corners | {_CONDITION + name: column for name, column in self.conditions.items()}

    @classmethod
    def from_columns(cls, columns: Mapping[str, NDArray[np.generic]]) -> Observations:
        """What :meth:`to_columns` gave."""
        corners = np.stack([columns[name] for name in _CORNERS], axis=1).astype(np.float32)
        conditions = {n.removeprefix(_CONDITION): c for n, c in columns.items() if n.startswith(_CONDITION)}
        plain = {n: c for n, c in columns.items() if n not in _CORNERS and not n.startswith(_CONDITION)}
        return cls(**plain, corners=corners, conditions=conditions)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, eq=False)
class FrameFacts:
    """What is known of each frame, by frame number, ``(frames,)`` each; see :class:`Observations`."""

    id: Strings
    group: Strings
    set: Strings
    conditions: Mapping[str, Strings]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """One variant's detections beside the truth, matched.

    Attributes:
        variant: the variant's name.
        truth: the objects.
        predictions: everything above the score floor.
        matches: of the two, whole.
        cuts: ``(classes,)`` shipped thresholds.
    """

    variant: str
    truth: Truth
    predictions: Predictions
    matches: Matches
    cuts: Reals

    def found(self) -> Integers:
        """Positions of the objects that a kept detection found, at the first overlap."""
        partner = self.matches.partner[above(self.matches, self.cuts), 0]
        found: Integers = partner[partner >= 0]
        return found


def observe(judged: Judged, labels: Sequence[str], facts: FrameFacts) -> Observations:
    """The kept detections, then the objects."""
    kept = above(judged.matches, judged.cuts)
    shown = judged.predictions.take(judged.matches.row[kept])
    truth = judged.truth
    found = np.zeros(len(truth), np.bool_)
    found[judged.found()] = True
    frame = np.concatenate((shown.frame, truth.frame))
    label = np.concatenate((shown.label, truth.label))
    return Observations(
        variant=np.full(len(frame), judged.variant, object),
        set=facts.set[frame],
        frame=facts.id[frame],
        group=facts.group[frame],
        label=np.array(labels, object)[label],
        kind=np.repeat(np.array(["detection", "object"], object), (len(shown), len(truth))),
        correct=np.concatenate((judged.matches.partner[kept, 0] >= 0, found)),
        score=np.concatenate((shown.score, np.full(len(truth), np.nan))),
        corners=np.concatenate((shown.corners, truth.corners)).astype(np.float32),
        conditions={name: column[frame] for name, column in facts.conditions.items()},
    )


def joined(parts: Sequence[Observations]) -> Observations:
    """One after the other; at least one."""
    columns = [part.to_columns() for part in parts]
    return Observations.from_columns({name: np.concatenate([c[name] for c in columns]) for name in columns[0]})
