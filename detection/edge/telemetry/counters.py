"""What happened in a camera's minute, in whole numbers."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from detection.edge import checked


@dataclass(frozen=True, slots=True)
class Counters:
    """Counts of one camera and minute, or of any number of them added up.

    Attributes:
        frames: looked at, the failed ones too.
        failed: of them without a sound answer.
        unsound: of the failed, those whose model output was unsound.
        dropped: frames of a live source that a newer one had overtaken.
        reconnects: times that the camera was opened again.
        over_budget: frames that took longer than ``--budget-ms``.
        over_limit: frames that took longer than the p95 that the target allows.
        frozen: frames while the camera gave the same picture again and again.
        covered: frames while something was before the lens.
        moved: frames while the camera pointed elsewhere.
        foreign_size: frames of a size that was not validated.
        out_of_domain: frames outside the validated world in any way.
        suppressed: frames whose detections were held back for it.
        sampled: frames that were kept for review.
        starts: 1 in the first record of a run.
    """

    frames: int = 0
    failed: int = 0
    unsound: int = 0
    dropped: int = 0
    reconnects: int = 0
    over_budget: int = 0
    over_limit: int = 0
    frozen: int = 0
    covered: int = 0
    moved: int = 0
    foreign_size: int = 0
    out_of_domain: int = 0
    suppressed: int = 0
    sampled: int = 0
    starts: int = 0

    @property
    def answered(self) -> int:
        """Frames that were answered, and therefore have signals."""
        return self.frames - self.failed

    def __add__(self, other: Counters) -> Counters:
        return Counters(*(mine + theirs for mine, theirs in zip(self.values(), other.values(), strict=True)))

    def values(self) -> tuple[int, ...]:
        """In the order of :data:`COUNTERS`."""
        return tuple(getattr(self, name) for name in COUNTERS)

    def to_json(self) -> dict[str, int]:
        """As plain values."""
        return dict(zip(COUNTERS, self.values(), strict=True))


COUNTERS = tuple(field.name for field in dataclasses.fields(Counters))
"""Their names, in the order of every document."""

_OF_ANSWERED = ("frozen", "covered", "moved", "foreign_size", "out_of_domain", "suppressed", "sampled")


def from_json(value: object, where: str) -> Counters:
    """What :meth:`Counters.to_json` wrote.

    Raises:
        BundleError: a counter is missing, unknown or negative, or two of them contradict each other.
    """
    fields = checked.Fields(value, where, COUNTERS)
    found = Counters(*(fields.whole(name, 0, 2**53) for name in COUNTERS))
    limits = [("failed", found.frames), ("unsound", found.failed), ("starts", 1)]
    limits += [("over_budget", found.frames), ("over_limit", found.frames)]
    limits += [(name, found.answered) for name in _OF_ANSWERED]
    for name, most in limits:
        if getattr(found, name) > most:
            checked.fault(f"{where}: {name}", f"at most {most}, as the other counts have it", getattr(found, name))
    return found
