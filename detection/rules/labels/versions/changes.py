"""How two versions of the labelled frames differ: columns in, columns out. Knows no files and no pictures.

A box that stands in both versions to the last bit is one box. The others are matched frame by frame, one to one, so
that their overlaps sum to the most: first within a class (moved), then what is left across classes (re-classed). What
has no partner was added or removed. Boxes of a frame that was re-encoded in another size are compared as parts of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from detection.rules.labels.versions import boxes, classes, pairing, partners
from detection.rules.labels.versions.boxes import BoxChanges, Compared
from detection.rules.labels.versions.classes import ClassChange
from detection.rules.labels.versions.pairing import Described, Flags, Integers, Paired
from detection.rules.labels.versions.partners import Reals, Side
from detection.rules.labels.versions.version import Version


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """Everything in which ``new`` differs from ``old``.

    Attributes:
        old: the earlier version.
        new: the later one.
        at_least: IoU from which two boxes are one object.
        paired: which frame is which.
        described: what is said otherwise of frames in both.
        newly_labelled: places in ``paired``: labelled in the new version only.
        no_longer_labelled: likewise, in the old version only.
        boxes: what happened to the boxes of frames in both.
        classes: one entry per class of either version, by name.
    """

    old: Version
    new: Version
    at_least: float
    paired: Paired
    described: tuple[Described, ...]
    newly_labelled: Integers
    no_longer_labelled: Integers
    boxes: BoxChanges
    classes: tuple[ClassChange, ...]

    def frame_weights(self) -> Reals:
        """``(p,)`` how much of each frame in both versions changed, in boxes."""
        return np.bincount(self.boxes.pair, self.boxes.weights(), len(self.paired)).astype(np.float64)

    def largest(self, number: int) -> Integers:
        """Places in ``paired`` of the frames that changed most, the most first, at most ``number``."""
        changed, weights = np.unique(self.boxes.pair), self.frame_weights()
        names = self.new.frames.name[self.paired.new[changed]]
        order = np.lexsort((np.unique(names, return_inverse=True)[1], -weights[changed]))
        return changed[order][:number]

    def of_frame(self, place: int) -> BoxChanges:
        """What happened to the boxes of one frame."""
        return self.boxes.take(self.boxes.pair == place)

    def name(self, place: int) -> str:
        """The file name of a frame in both versions, in the new one."""
        return str(self.new.frames.name[self.paired.new[place]])

    def identical_frames(self) -> int:
        """Frames in both versions whose boxes are all as they were."""
        return len(self.paired) - len(np.unique(self.boxes.pair))


def compare(old: Version, new: Version, at_least: float) -> Changes:
    """Compare two versions.

    Args:
        old: the earlier version.
        new: the later one.
        at_least: IoU from which two boxes are one object, above 0 and at most 1.
    """
    paired = pairing.pair(old.frames, new.frames)
    labels = sorted({*old.labels.label, *new.labels.label})
    before, after = _side(old, paired.old, labels), _side(new, paired.new, labels)
    before = replace(before, corners=before.corners * _growth(old, new, paired)[before.place])
    compared = Compared(old, new, before, after, partners.find(before, after, at_least))
    changed = boxes.changes_of(compared)
    was, now = _labelled(old)[paired.old], _labelled(new)[paired.new]
    return Changes(
        old, new, at_least, paired,
        described=pairing.described(old.frames, new.frames, paired),
        newly_labelled=np.flatnonzero(now & ~was),
        no_longer_labelled=np.flatnonzero(was & ~now),
        boxes=changed,
        classes=classes.of_classes(compared, changed, labels),
    )  # fmt: skip


def _side(version: Version, rows: Integers, labels: Sequence[str]) -> Side:
    """The boxes in the frames of both versions."""
    place_of = dict(zip(version.frames.id[rows], range(len(rows)), strict=True))
    code_of = {label: code for code, label in enumerate(labels)}
    table = version.labels
    place = np.fromiter((place_of.get(frame, -1) for frame in table.frame), np.int64, len(table))
    label = np.fromiter((code_of[name] for name in table.label), np.int64, len(table))
    kept = np.flatnonzero(place >= 0)
    return Side(place[kept], label[kept], table.corners[kept].astype(np.float64) + 0.0, kept)


def _growth(old: Version, new: Version, paired: Paired) -> Reals:
    """``(p, 4)`` by what corners of the old frame become corners of the new one; 1 where a size is unknown."""
    before = np.column_stack([old.frames.width, old.frames.height])[paired.old]
    after = np.column_stack([new.frames.width, new.frames.height])[paired.new]
    known = (before > 0) & (after > 0)
    return np.tile(np.divide(after, before, out=np.ones(before.shape), where=known), 2)


def _labelled(version: Version) -> Flags:
    looked = set(version.labelled.frame)
    return np.fromiter((frame in looked for frame in version.frames.id), np.bool_, len(version.frames))
