"""Every single observation there is: each detection above the score floor, each object, each frame that was judged.

With the frame's group and conditions beside it, any criterion is a filter and a count: nothing is matched again, and
gate, comparison and diagnosis cannot see other numbers than the scores do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detection.errors import LabelsError, ModelError
from detection.rules.judging.matching import OVERLAPS, Flags, Integers, Matches, Predictions, Reals, Truth
from detection.rules.judging.scores.sizes import sizes_of
from detection.rules.labels.samples import Strings
from detection.rules.spec.judging import Sizes

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
        kind: ``detection`` above the score floor, or ``object`` that is there.
        kept: whether a detection reaches the threshold that ships; True for objects.
        correct: at the spec's overlap: a detection that found an object, an object that a kept detection found.
        hits: uint16; bit t is set if a detection found an object at ``OVERLAPS[t]``; 0 for objects.
        raw: what the model itself says of a detection; NaN for an object.
        score: calibrated score of a detection; NaN for an object.
        corners: ``(n, 4)`` box, pixels of the frame.
        size: ``small``, ``medium`` or ``large``: of an object and of who found it the object's, else the box's own.
        conditions: one column of values per condition of the spec; ``""`` if unknown.
    """

    variant: Strings
    set: Strings
    frame: Strings
    group: Strings
    label: Strings
    kind: Strings
    kept: Flags
    correct: Flags
    hits: NDArray[np.uint16]
    raw: Reals
    score: Reals
    corners: NDArray[np.float32]
    size: Strings
    conditions: Mapping[str, Strings]

    def __len__(self) -> int:
        return len(self.frame)

    def take(self, rows: Flags | Integers) -> Observations:
        """Those in ``rows``, in that order."""
        columns = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "conditions"}
        return Observations(**columns, conditions={name: c[rows] for name, c in self.conditions.items()})

    def to_columns(self) -> dict[str, NDArray[np.generic]]:
        """Flat columns for a table."""
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("corners", "conditions")}
        corners = {name: self.corners[:, i] for i, name in enumerate(_CORNERS)}
        return plain | corners | {_CONDITION + name: column for name, column in self.conditions.items()}

    @classmethod
    def from_columns(cls, columns: Mapping[str, NDArray[np.generic]]) -> Observations:
        """What :meth:`to_columns` gave."""
        corners = np.stack([columns[name] for name in _CORNERS], axis=1).astype(np.float32)
        plain = {n: c for n, c in columns.items() if n not in _CORNERS and not n.startswith(_CONDITION)}
        return cls(**plain, corners=corners, conditions=_conditions(columns))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, eq=False)
class FrameFacts:
    """What is known of each frame, ``(frames,)`` each; of those judged: ``data/evaluate/frames.parquet``.

    Attributes:
        id: SHA-256 of the image's bytes.
        name: what its source calls it.
        group: groups are independent of each other.
        set: ``test``, ``golden``, ``challenge``, or a set that does not judge.
        conditions: one column of values per condition of the spec; ``""`` if unknown.
    """

    id: Strings
    name: Strings
    group: Strings
    set: Strings
    conditions: Mapping[str, Strings]

    def __len__(self) -> int:
        return len(self.id)

    def take(self, rows: Flags | Integers) -> FrameFacts:
        """Those in ``rows``, in that order."""
        conditions = {name: column[rows] for name, column in self.conditions.items()}
        return FrameFacts(self.id[rows], self.name[rows], self.group[rows], self.set[rows], conditions)

    def to_columns(self) -> dict[str, NDArray[np.generic]]:
        """Flat columns for a table."""
        plain: dict[str, NDArray[np.generic]] = {name: getattr(self, name) for name in ("id", "name", "group", "set")}
        return plain | {_CONDITION + name: column for name, column in self.conditions.items()}

    @classmethod
    def from_columns(cls, columns: Mapping[str, NDArray[np.generic]]) -> FrameFacts:
        """What :meth:`to_columns` gave."""
        plain = {n: c for n, c in columns.items() if not n.startswith(_CONDITION)}
        return cls(**plain, conditions=_conditions(columns))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """One variant's detections beside the truth, matched.

    Attributes:
        variant: the variant's name.
        truth: the objects.
        predictions: everything above the score floor, with calibrated scores.
        raw: ``(n,)`` what the model itself says of each.
        cut: ``(n,)`` the threshold that ships for each: of its class, under its frame's conditions.
        matches: of predictions and truth, whole, at ``OVERLAPS``.
        column: which of the overlaps is the spec's.
    """

    variant: str
    truth: Truth
    predictions: Predictions
    raw: Reals
    cut: Reals
    matches: Matches
    column: int

    def kept(self, matches: Matches) -> Flags:
        """Which of some of its matches reach the threshold that ships.

        Matching goes from the best score down and a frame's cuts are the same for all boxes of a class, so a detection
        left out takes no object from one that is kept.
        """
        kept: Flags = matches.score >= self.cut[matches.row]
        return kept


def observe(judged: Judged, labels: Sequence[str], facts: FrameFacts, sizes: Sizes) -> Observations:
    """The detections in the order of their matches, then the objects.

    Raises:
        LabelsError, ModelError: see :func:`expect_frames`.
    """
    expect_frames(judged, facts)
    matches, truth = judged.matches, judged.truth
    shown = judged.predictions.take(matches.row)
    kept, partner = judged.kept(matches), matches.partner[:, judged.column]
    found = np.zeros(len(truth), np.bool_)
    found[partner[kept & (partner >= 0)]] = True
    frame = np.concatenate((shown.frame, truth.frame))
    of_truth = sizes_of(truth.corners, sizes)
    own = sizes_of(shown.corners, sizes)
    n, m = len(shown), len(truth)
    return Observations(
        variant=np.full(n + m, judged.variant, object),
        set=facts.set[frame],
        frame=facts.id[frame],
        group=facts.group[frame],
        label=np.array(labels, object)[np.concatenate((shown.label, truth.label))],
        kind=np.repeat(np.array(["detection", "object"], object), (n, m)),
        kept=np.concatenate((kept, np.ones(m, np.bool_))),
        correct=np.concatenate((partner >= 0, found)),
        hits=np.concatenate((hits_of(matches), np.zeros(m, np.uint16))),
        raw=np.concatenate((judged.raw[matches.row], np.full(m, np.nan))),
        score=np.concatenate((shown.score, np.full(m, np.nan))),
        corners=np.concatenate((shown.corners, truth.corners)).astype(np.float32),
        size=np.concatenate((np.where(partner >= 0, np.append(of_truth, "")[partner], own), of_truth)),
        conditions={name: column[frame] for name, column in facts.conditions.items()},
    )


def hits_of(matches: Matches) -> NDArray[np.uint16]:
    """``(n,)`` bit t is set where the detection found an object at overlap t."""
    bits = np.uint16(1) << np.arange(len(OVERLAPS), dtype=np.uint16)
    hits: NDArray[np.uint16] = ((matches.partner >= 0) * bits).sum(axis=1, dtype=np.uint16)
    return hits


def expect_frames(judged: Judged, facts: FrameFacts) -> None:
    """Every box stands in a frame that is known by its number.

    Raises:
        LabelsError: an object stands in a frame that nobody knows.
        ModelError: a detection does.
    """
    both: tuple[tuple[str, Integers, type[LabelsError | ModelError]], ...] = (
        ("object", judged.truth.frame, LabelsError),
        ("detection", judged.predictions.frame, ModelError),
    )
    for what, frame, error in both:
        rows = np.flatnonzero((frame < 0) | (frame >= len(facts)))
        if len(rows):
            raise error(
                f"{judged.variant}: {len(rows)} of {len(frame)} {what}s stand in frames that nobody knows, the first "
                f"in number {frame[rows[0]]}; expected 0 to {len(facts) - 1}; run `dvc repro`, so that frames and "
                f"{what}s are of one run"
            )


def joined(parts: Sequence[Observations]) -> Observations:
    """One after the other; at least one."""
    columns = [part.to_columns() for part in parts]
    return Observations.from_columns({name: np.concatenate([c[name] for c in columns]) for name in columns[0]})


def _conditions(columns: Mapping[str, NDArray[np.generic]]) -> dict[str, Strings]:
    return {n.removeprefix(_CONDITION): c.astype(object) for n, c in columns.items() if n.startswith(_CONDITION)}
