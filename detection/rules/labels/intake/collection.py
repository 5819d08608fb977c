"""What stage ``collect`` says about a collection, beside its tables."""

from __future__ import annotations

from dataclasses import dataclass

from detection.rules.labels.intake.arrivals import Rejected

NOT_FAULTS = frozenset({"duplicate-frame", "unlabelled"})
"""Findings that set a file aside without anything being wrong with it."""


@dataclass(frozen=True, slots=True)
class Collection:
    """``data/collect/source.json``.

    Attributes:
        source: which reader: scenes, voc, yolo or coco.
        origin: which source of the spec the frames come from.
        path_digest: SHA-256 over name and id of every frame, a line each, sorted by name.
        frames: how many were stored.
        boxes: how many were drawn on them, over all annotators.
        annotators: who drew.
        rejected: files that do not go on, each with its reason.
    """

    source: str
    origin: str
    path_digest: str
    frames: int
    boxes: int
    annotators: tuple[str, ...]
    rejected: tuple[Rejected, ...]

    def rejected_frames(self) -> int:
        """Files set aside because something is wrong with them."""
        return sum(r.finding not in NOT_FAULTS for r in self.rejected)
