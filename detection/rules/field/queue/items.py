"""What stands in ``queue.json``: the frames that a person shall look at. See the package for the folder around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pydantic import AwareDatetime, ConfigDict

from detection.rules.spec.review import Reason

FORMAT = 1
"""Of ``queue.json``."""

_STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Prediction:
    """One detection of the device, calibrated.

    Attributes:
        label: class id.
        score: calibrated, 0 to 1.
        told: at or above its threshold: the device answered with it; the others were only counted.
        x1: left, pixels of the frame, as ``y1``, ``x2`` and ``y2``; float32 in its shortest spelling.
    """

    label: str
    score: float
    told: bool
    x1: float
    y1: float
    x2: float
    y2: float

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class Measured:
    """The conditions under which a frame was taken, as far as its pixels tell; of the reduced picture."""

    brightness_u8: float
    contrast_u8: float
    sharpness: float
    saturation_u8: float

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason why a frame is worth a look.

    Attributes:
        reason: which.
        score: how much so, 0 to 1; comparable within a reason only.
        detail: in words, for the reviewer; empty for control frames.
    """

    reason: Reason
    score: float
    detail: str

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class Item:
    """One frame that a person shall look at.

    Attributes:
        frame: SHA-256 of the file's bytes, lower-case hex: the frame's id everywhere.
        file: path within the queue's folder, ``frames/<frame>.jpg``.
        name: what the device called it; for people, never used as a path.
        camera: who took it.
        captured_at: UTC.
        width: of the frame, pixels, after rotation.
        height: likewise.
        variant: which model variant looked.
        bundle: SHA-256 of the manifest that was running.
        flags: what the device's guards said, such as ``out-of-domain:brightness``.
        causes: all reasons that hold, the one whose quota it fills first; of a control frame that one alone, since
            the others would tell what was predicted.
        queued_at: UTC; when the clock began to run.
        due_at: UTC; until when it should be reviewed.
        measured: of its pixels.
        hash: perceptual hash, 16 hex digits.
        predictions: all above the device's floor, best first.
    """

    frame: str
    file: str
    name: str
    camera: str
    captured_at: AwareDatetime
    width: int
    height: int
    variant: str
    bundle: str
    flags: tuple[str, ...]
    causes: tuple[Cause, ...]
    queued_at: AwareDatetime
    due_at: AwareDatetime
    measured: Measured
    hash: str
    predictions: tuple[Prediction, ...]

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    @property
    def reason(self) -> Reason:
        """Why it is here: the reason whose quota it fills."""
        return self.causes[0].reason

    @property
    def score(self) -> float:
        """How much so, 0 to 1; comparable within a reason only."""
        return self.causes[0].score

    @property
    def blind(self) -> bool:
        """Whether the reviewer must not see the predictions."""
        return self.reason == "control"

    def overdue(self, now: datetime) -> bool:
        """Whether its time is up."""
        return now > self.due_at


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Samples of one reason that did not come into the queue, and why not.

    Attributes:
        reason: a reason of the spec, or ``""`` where no reason held.
        why: ``quota``, ``camera-quota``, ``near-duplicate``, ``known``, ``no-reason`` or ``unreadable``.
        frames: how many.
    """

    reason: str
    why: str
    frames: int

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class Queue:
    """``queue.json``, whole.

    Attributes:
        format: :data:`FORMAT`.
        id: ``queue-`` and 16 hex digits: digest of everything else.
        made_at: UTC.
        decision: id of the decision that asked for it; ``""`` if a person did.
        incidents: ids of the incidents behind it.
        spec: SHA-256 of the specification file whose quotas were filled.
        guideline_version: of the labelling guideline to be followed.
        classes: class ids of the specification: what a reviewer may answer with.
        items: in the order in which they should be looked at.
        left_out: what else was sampled.
    """

    format: int
    id: str
    made_at: AwareDatetime
    decision: str
    incidents: tuple[str, ...]
    spec: str
    guideline_version: str
    classes: tuple[str, ...]
    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...]

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    def of(self, reason: Reason) -> tuple[Item, ...]:
        """Items that fill one reason's quota."""
        return tuple(item for item in self.items if item.reason == reason)
