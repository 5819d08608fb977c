"""A sampled frame, with everything that may be a reason to look at it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from detection.rules.field.queue.items import Measured, Prediction
from detection.rules.field.watching.findings import Incident
from detection.rules.field.watching.readings import Severity


@dataclass(frozen=True, slots=True)
class Candidate:
    """One frame that a device sampled.

    Attributes:
        frame: SHA-256 of its bytes, lower-case hex.
        suffix: of its file, with the dot.
        name: what the device called it.
        camera: who took it.
        captured_at: UTC.
        width: pixels, after rotation.
        height: likewise.
        variant: which model variant looked.
        bundle: SHA-256 of the manifest that was running.
        asked: why the device kept it, in its words; ``control`` is one drawn at random from all its frames.
        flags: what its guards said.
        predictions: above the floor, best first.
        other: what another variant sees, at or above its own thresholds; None if none was asked.
        other_variant: its name.
        novelty: part of the known frames' parts that are less unlike the others than this frame's newest part, 0 to 1;
            NaN if nothing is known.
        measured: of its pixels.
        hash: perceptual hash, 64 bits.
    """

    frame: str
    suffix: str
    name: str
    camera: str
    captured_at: datetime
    width: int
    height: int
    variant: str
    bundle: str
    asked: tuple[str, ...]
    flags: tuple[str, ...]
    predictions: tuple[Prediction, ...]
    measured: Measured
    hash: int
    other: tuple[Prediction, ...] | None = None
    other_variant: str = ""
    novelty: float = math.nan


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A camera that no longer looks like the validated world.

    Attributes:
        camera: whose frames are asked for.
        incident: id of what was found.
        since_s: seconds since 1970 UTC.
        alarm: whether it calls somebody, or warns.
        words: what was found.
    """

    camera: str
    incident: str
    since_s: int
    alarm: bool
    words: str


@dataclass(frozen=True, slots=True)
class Context:
    """What a frame is held against.

    Attributes:
        cuts: variant to class id to the score from which the device tells a detection.
        suspicions: open incidents of drift.
        hashes: perceptual hashes of frames that were queued earlier: their near-duplicates are not queued again.
    """

    cuts: Mapping[str, Mapping[str, float]]
    suspicions: Sequence[Suspicion] = ()
    hashes: Sequence[int] = ()


def suspicions(incidents: Sequence[Incident]) -> tuple[Suspicion, ...]:
    """Open incidents, as reasons to look at a camera's frames."""
    return tuple(
        Suspicion(one.camera, one.id, one.opened_s, one.severity is Severity.ALARM, ", ".join(one.signals))
        for one in incidents
        if one.open
    )
