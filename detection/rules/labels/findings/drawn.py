"""Boxes beside the frames they lie on, names as numbers: what every check of boxes begins with. Columns throughout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.edge.boxes import Boxes
from detection.rules.labels.findings.finding import Finding, severity
from detection.rules.labels.findings.kinds import KINDS
from detection.rules.labels.intake.arrivals import Tables
from detection.rules.labels.samples import Annotations, Frames, Strings
from detection.rules.spec.labels import Labelling

Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Numbered:
    """A column of few names: the names in order, and each row's place among them ``(n,)``."""

    names: tuple[str, ...]
    number: Integers


def numbered(column: Strings) -> Numbered:
    """Number the names of a column; equal names have equal numbers, in the names' order."""
    names = tuple(sorted(set(column.tolist())))
    return Numbered(names, rows_of(column, names))


def rows_of(column: Strings, names: Sequence[str]) -> Integers:
    """``(n,)`` where each value of a column stands among ``names``.

    Raises:
        KeyError: a value that is none of them.
    """
    place = {name: row for row, name in enumerate(names)}
    return np.fromiter(map(place.__getitem__, column.tolist()), np.int64, count=len(column))


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """``m`` boxes with what is known of their frames.

    Attributes:
        frames: all frames.
        boxes: all boxes, as they were drawn.
        row: ``(m,)`` each box's frame.
        label: ``(m,)`` each box's class.
        annotator: ``(m,)`` who drew it.
    """

    frames: Frames
    boxes: Annotations
    row: Integers
    label: Numbered
    annotator: Numbered

    def __len__(self) -> int:
        return len(self.boxes)

    def size(self) -> Boxes:
        """``(m, 4)`` width, height, width, height of each box's frame."""
        width, height = self.frames.width[self.row], self.frames.height[self.row]
        return np.stack([width, height, width, height], axis=1).astype(np.float32)

    def clipped(self) -> Boxes:
        """``(m, 4)`` corners inside the frame; a box wholly outside comes out without area."""
        return np.clip(self.boxes.corners, 0, self.size())

    def usable(self) -> Mask:
        """``(m,)`` boxes of which some lies in the frame, and that do not stand for several objects."""
        return is_a_box(self.boxes.corners) & is_a_box(self.clipped()) & ~self.boxes.crowd

    def at_border(self, margin_px: int) -> Mask:
        """``(m,)`` boxes that end within ``margin_px`` of the frame's border, or beyond it."""
        corners, size = self.boxes.corners, self.size()
        near = (corners[:, :2] <= margin_px) | (corners[:, 2:] >= size[:, 2:] - margin_px)
        return np.asarray(near.any(axis=1), bool)

    def four(self, row: int) -> tuple[float, float, float, float]:
        """A box's corners as plain numbers."""
        x1, y1, x2, y2 = self.boxes.corners[row].tolist()
        return x1, y1, x2, y2

    def words(self, row: int) -> str:
        """A box as people write it, to a tenth of a pixel."""
        x1, y1, x2, y2 = (f"{round(value, 1):g}" for value in self.four(row))
        return f"{self.boxes.label[row]} box ({x1}, {y1}) to ({x2}, {y2})"

    def findings(self, kind: str, labelling: Labelling, rows: Integers, why: Sequence[str]) -> list[Finding]:
        """One finding for each of some boxes: ``(k,)`` rows, and ``k`` reasons, or one for all.

        Raises:
            KeyError: the kind stands not in :data:`KINDS`; describe it there.
        """
        KINDS[kind]
        weight, boxes = severity(labelling, kind), self.boxes
        reasons = list(why) * len(rows) if len(why) == 1 else why
        names = self.frames.name[self.row[rows]]
        return [
            Finding(
                kind,
                weight,
                str(boxes.frame[row]),
                str(name),
                str(boxes.annotator[row]),
                f"{self.words(row)} {reason}",
                self.four(row),
            )
            for row, name, reason in zip(rows.tolist(), names, reasons, strict=True)
        ]


def drawn(collected: Tables) -> Drawn:
    """Join boxes with their frames.

    Raises:
        KeyError: a box names a frame that is not there: a broken promise of the stage before.
    """
    boxes, frames = collected.boxes, collected.frames
    row = rows_of(boxes.frame, frames.id.tolist())
    return Drawn(frames, boxes, row, numbered(boxes.label), numbered(boxes.annotator))


def is_a_box(corners: Boxes) -> Mask:
    """``(m,)``: finite, and with an area."""
    with np.errstate(invalid="ignore"):
        sides = corners[:, 2:] - corners[:, :2]
    return np.asarray((np.isfinite(corners).all(axis=1)) & (sides > 0).all(axis=1), bool)
