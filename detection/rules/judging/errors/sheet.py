"""The error sheet: how many errors of each kind, what each kind costs, and what to do about it.

What it costs is TIDE's dAP: by how much AP at the spec's overlap rises once the errors of one kind are mended, each
kind alone. It speaks of every detection above the score floor, as AP does; ``shown`` speaks of what ships.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from detection.rules.judging.errors.taxonomy import ErrorKind, Kind

Action = Literal["label policy", "data", "augmentation", "suppression", "architecture", "threshold"]
EVERY = "every"
ALL = "all"


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One kind of error in one slice.

    Attributes:
        variant: the variant's name.
        set: ``test``, ``golden`` or ``challenge``.
        label: class id, or ``every``: what a false detection says, what a missed object is.
        slice: ``all``, ``lighting=dusk``, or a declared crossing.
        kind: of error.
        count: errors among all detections above the score floor.
        shown: errors that whoever uses the device meets: detections at or above the shipped thresholds, and objects
            that none of those found.
        dap: by how much the AP of this class (of all: their mean) rises once every error of this kind is mended,
            whatever class says it; 0 to 1. None where nothing was there to be found.
        dap_every_class: by how much the mean AP of all classes rises once the errors counted in this row are mended.
        df1: by how much F1 at the shipped thresholds rises once the errors shown are mended. None where nothing would
            be there and nothing shown, before or after.
    """

    variant: str
    set: str
    label: str
    slice: str
    kind: ErrorKind
    count: int
    shown: int
    dap: float | None
    dap_every_class: float | None
    df1: float | None


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about one kind of error, and why we think so.

    Attributes:
        variant: the variant's name.
        set: on which the evidence was seen.
        kind: of error.
        label: class id, or ``every``.
        slice: ``all`` or a condition's value.
        action: what has to change.
        sentence: what to do.
        evidence: the figures behind it.
    """

    variant: str
    set: str
    kind: Kind
    label: str
    slice: str
    action: Action
    sentence: str
    evidence: str


@dataclass(frozen=True, slots=True)
class ErrorSheet:
    """What stage ``diagnose`` leaves: ``data/diagnose/errors.json``.

    Attributes:
        rows: every variant, set, class, slice and kind.
        advice: the worst first, within a variant and set.
        iou: overlap from which a detection has found an object.
        background_overlap: overlap up to which it has nothing to do with one.
    """

    rows: tuple[ErrorRow, ...]
    advice: tuple[Advice, ...]
    iou: float
    background_overlap: float

    def of(self, variant: str, set_name: str, label: str = EVERY, part: str = ALL) -> tuple[ErrorRow, ...]:
        """The rows of one class in one slice, a row a kind; none for what was not judged."""
        wanted = (variant, set_name, label, part)
        return tuple(row for row in self.rows if (row.variant, row.set, row.label, row.slice) == wanted)

    def worst(self, variant: str, set_name: str, label: str = EVERY, part: str = ALL) -> ErrorRow | None:
        """The kind that costs most at the shipped thresholds, then by AP; None where no error is shown."""
        rows = [row for row in self.of(variant, set_name, label, part) if row.shown and row.kind not in SPECIALS]
        return max(rows, key=lambda row: (row.df1 or 0.0, row.dap or 0.0, row.shown), default=None)

    def advised(self, row: ErrorRow) -> Advice | None:
        """What to do about a row: the advice for its slice, else for a condition of its crossing, else for the set.

        What is advised for the class goes before what is advised for all classes.
        """
        parts = dict.fromkeys((row.slice, *row.slice.split(","), ALL))
        places = [(label, part) for label in (row.label, EVERY) for part in parts]
        given = {
            (one.label, one.slice): one
            for one in self.advice
            if (one.variant, one.set, one.kind) == (row.variant, row.set, row.kind)
        }
        return next((given[place] for place in places if place in given), None)


SPECIALS = ("false positives", "false negatives")
