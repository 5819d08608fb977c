"""What stage ``collect`` says about a collection, beside its tables."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from detection.rules.labels.intake.arrivals import Rejected, Tables
from detection.rules.labels.intake.promises import Promises

NOT_FAULTS = frozenset({"duplicate-answer", "duplicate-frame", "expired", "unboxed-object", "unlabelled"})
"""Findings that set a file or an answer aside, or tell of one that goes on, without the frame being lost to a fault."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one source gave.

    Attributes:
        id: the source's, of params.yaml.
        origin: which source of the spec its frames come from.
        format: of its labels, or ``scenes``.
        delivery: SHA-256 over all that was handed over; ``""`` for the practice world.
        guideline: version that its annotators followed where a label does not say.
        licence: under which licence we have its frames.
        consent: on which ground people in them may be used.
        retain_until: day after which its frames are excluded; None keeps them for good.
        frames: how many it holds, those included that another source holds too.
        boxes: how many were drawn on them.
        annotators: who looked at them.
        expired: frames left out because the day until which they could be kept is past; 0 where nobody looked,
            because the whole source's day is past.
    """

    id: str
    origin: str
    format: str
    delivery: str
    guideline: str
    licence: str
    consent: str
    retain_until: date | None
    frames: int
    boxes: int
    annotators: tuple[str, ...]
    expired: int


@dataclass(frozen=True, slots=True)
class Record:
    """``data/collect/sources/<id>/source.json``: what one source gave, and from what it was made.

    Attributes:
        fingerprint: SHA-256 over everything that decides the source's tables and shards.
        good_until: last day on which they need no look for frames that expired; None for ever.
        contribution: its figures.
        rejected: what of it does not go on, each with its reason.
        promises: its shards and tables, relative to ``data/collect``.
    """

    fingerprint: str
    good_until: date | None
    contribution: Contribution
    rejected: tuple[Rejected, ...]
    promises: Promises


@dataclass(frozen=True, slots=True)
class Collection:
    """``data/collect/source.json``.

    Attributes:
        source: the sources' ids, joined.
        origin: the spec's sources that they come from, joined.
        path_digest: SHA-256 over name and id of every frame, a line each, sorted by name.
        frames: how many there are, each image once.
        boxes: how many were drawn on them, over all annotators.
        annotators: who looked at them.
        rejected: what does not go on, each with its reason.
        contributions: one for each source.
    """

    source: str
    origin: str
    path_digest: str
    frames: int
    boxes: int
    annotators: tuple[str, ...]
    rejected: tuple[Rejected, ...]
    contributions: tuple[Contribution, ...] = ()

    def rejected_frames(self) -> int:
        """Files set aside because something is wrong with them."""
        return sum(r.finding not in NOT_FAULTS for r in self.rejected)

    def is_practice(self) -> bool:
        """Every frame was drawn by a program."""
        return all(contribution.format == "scenes" for contribution in self.contributions)


def summary(made: Tables, contributions: Sequence[Contribution], rejected: Sequence[Rejected]) -> Collection:
    """What is said about the tables of all sources together."""
    listed = sorted(f"{name}\t{digest}\n" for name, digest in zip(made.frames.name, made.frames.id, strict=True))
    return Collection(
        source=", ".join(c.id for c in contributions),
        origin=", ".join(dict.fromkeys(c.origin for c in contributions)),
        path_digest=hashlib.sha256("".join(listed).encode()).hexdigest(),
        frames=len(made.frames),
        boxes=len(made.boxes),
        annotators=tuple(sorted(set(made.assignments.annotator))),
        rejected=tuple(sorted(rejected, key=lambda r: (r.name, r.finding))),
        contributions=tuple(contributions),
    )
