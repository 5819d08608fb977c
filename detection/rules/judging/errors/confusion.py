"""What was there against what was said, with background on both sides, at the shipped thresholds."""

from __future__ import annotations

from dataclasses import dataclass

BACKGROUND = "background"
"""Said nothing, or nothing was there; always the last of the labels. No class id: ids that people give may not be it."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """One table.

    Attributes:
        variant: the variant's name.
        set: ``test``, ``golden`` or ``challenge``.
        slice: ``all`` or a condition's value.
        labels: class ids in the order of their numbers, then :data:`BACKGROUND`.
        cells: a row for what was there, in it a count for what was said of it, both in the order of ``labels``. Rows
            of classes add up to the objects, columns of classes to the detections shown.
    """

    variant: str
    set: str
    slice: str
    labels: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]

    def count(self, there: str, said: str) -> int:
        """How often ``said`` was said of ``there``."""
        return self.cells[self.labels.index(there)][self.labels.index(said)]


@dataclass(frozen=True, slots=True)
class ConfusionSheet:
    """What stage ``diagnose`` leaves: ``data/diagnose/confusion.json``."""

    tables: tuple[Confusion, ...]
