"""What is wrong with pictures: dark, blown, blurred, grey, of a wrong size, unreadable, unlabelled, or not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.rules.labels.findings.drawn import Integers, Mask, numbered, rows_of
from detection.rules.labels.findings.finding import Finding, of_all, of_frame
from detection.rules.labels.samples import Annotations, Assignments, Frames
from detection.rules.labels.statistics import Statistics
from detection.rules.spec.labels import Images, Labelling

Reals = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """Frames whose pixels were looked at, beside what was measured.

    Attributes:
        frames: all frames.
        statistics: of those with pixels.
        row: ``(len(statistics),)`` which frame each measured row is of.
    """

    frames: Frames
    statistics: Statistics
    row: Integers

    def unreadable(self) -> Mask:
        """``(n,)`` frames whose bytes are damaged, missing or no picture."""
        mask = np.zeros(len(self.frames), bool)
        mask[self.row[~self.statistics.readable]] = True
        return mask


def looked(frames: Frames, statistics: Statistics) -> Looked:
    """Join frames with what was measured of them.

    Raises:
        KeyError: something was measured of a frame that is not there.
    """
    return Looked(frames, statistics, rows_of(statistics.frame, frames.id.tolist()))


def check(made: Looked, rules: Images, labelling: Labelling) -> list[Finding]:
    """Everything that the spec's section ``images`` asks of pictures; a rule that is null finds nothing."""
    s = made.statistics
    found = _told(made, ~s.readable, "unreadable", labelling, "has bytes that are missing, damaged or no picture")
    nothing = np.zeros(len(s), bool)
    dark, blown, dull = rules.mean_u8_minimum, rules.blown_share_maximum, rules.sharpness_minimum
    told = (
        ("dark-frame", nothing if dark is None else s.mean_u8 < dark, "mean grey", s.mean_u8, "at least", dark),
        ("blown-frame", nothing if blown is None else s.blown_share > blown, "blown", s.blown_share, "at most", blown),
        ("blurred-frame", nothing if dull is None else s.sharpness < dull, "sharpness", s.sharpness, "at least", dull),
    )
    for kind, bad, what, values, bound, limit in told:
        rows = np.flatnonzero(s.readable & bad)
        words = [f"{what} {values[row]:.3g} ({bound} {limit:g})" for row in rows]
        found += _each(made, rows, kind, labelling, words)
    return found + _grey(made, rules.saturation_minimum_u8, labelling) + _sizes(made, rules, labelling)


def unanswered(frames: Frames, assignments: Assignments, labelling: Labelling) -> list[Finding]:
    """Frames at which nobody looked, one finding each, and how many have no pixels, in one."""
    answered = set(assignments.frame.tolist())
    alone = [row for row, frame in enumerate(frames.id.tolist()) if frame not in answered]
    reason = "nobody looked at it; label it, or say that it is empty"
    found = [of_frame("unlabelled", labelling, frames, row, reason) for row in alone]
    blind = int(np.count_nonzero(frames.shard == ""))
    if blind:
        told = f"{blind} of {len(frames)} frames have no pixels here; pictures, faults and near-duplicates go unchecked"
        found.append(of_all("no-pixels", labelling, told))
    return found


def crowds(frames: Frames, boxes: Annotations, labelling: Labelling) -> list[Finding]:
    """Frames with regions that stand for uncounted objects."""
    rows, counts = np.unique(rows_of(boxes.frame[boxes.crowd], frames.id.tolist()), return_counts=True)
    return [
        of_frame("crowd-region", labelling, frames, row, f"{count} region(s) of objects that nobody counted")
        for row, count in zip(rows.tolist(), counts.tolist(), strict=True)
    ]


def _grey(made: Looked, minimum: float | None, labelling: Labelling) -> list[Finding]:
    """Frames without colour of cameras that usually have some; an infrared camera is not at fault."""
    if minimum is None:
        return []
    s, camera = made.statistics, numbered(made.frames.camera[made.row])
    usual = np.zeros(len(camera.names))
    for number in range(len(camera.names)):
        values = s.saturation_u8[(camera.number == number) & s.readable]
        usual[number] = np.median(values) if len(values) else 0.0
    rows = np.flatnonzero(s.readable & (s.saturation_u8 < minimum) & (usual[camera.number] >= minimum))
    words = [
        f"mean saturation {s.saturation_u8[row]:.3g} (at least {minimum:g}; its camera's usual is "
        f"{usual[camera.number[row]]:.3g})"
        for row in rows
    ]
    return _each(made, rows, "grey-frame", labelling, words)


def _sizes(made: Looked, rules: Images, labelling: Labelling) -> list[Finding]:
    s, frames = made.statistics, made.frames
    other = s.readable & ((s.width != frames.width[made.row]) | (s.height != frames.height[made.row]))
    rows = np.flatnonzero(other)
    words = [
        f"has {_size(s, r)} pixels, and its labels were drawn on {_size(frames, int(made.row[r]))}"
        for r in rows.tolist()
    ]
    found = _each(made, rows, "size-mismatch", labelling, words)
    if not rules.sizes:
        return found
    right = np.any([(s.width == width) & (s.height == height) for width, height in rules.sizes], axis=0)
    rows = np.flatnonzero(s.readable & ~right)
    expected = " or ".join(f"{width} x {height}" for width, height in rules.sizes)
    words = [f"has {_size(s, row)} pixels (expected {expected})" for row in rows.tolist()]
    return found + _each(made, rows, "wrong-size", labelling, words)


def _size(of: Statistics | Frames, row: int) -> str:
    return f"{of.width[row]} x {of.height[row]}"


def _told(made: Looked, bad: Mask, kind: str, labelling: Labelling, words: str) -> list[Finding]:
    rows = np.flatnonzero(bad)
    return _each(made, rows, kind, labelling, [words] * len(rows))


def _each(made: Looked, rows: Integers, kind: str, labelling: Labelling, words: Sequence[str]) -> list[Finding]:
    return [
        of_frame(kind, labelling, made.frames, int(made.row[row]), said)
        for row, said in zip(rows.tolist(), words, strict=True)
    ]
