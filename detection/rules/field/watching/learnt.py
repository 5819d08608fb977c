"""A baseline that a camera learns in the field: a period of its own telemetry that a person looked at and accepted.

For a camera that was installed after the release, or moved. The scores in it are one model's: it holds for the bundle
that ran and for no other.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from pydantic import AwareDatetime, ConfigDict

from detection.rules.field.watching.null import BLOCKS_MINIMUM
from detection.rules.field.watching.tally import DAY_S, Tally

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Acceptance:
    """``acceptance.json``: who accepted what as normal.

    Attributes:
        format: :data:`FORMAT`.
        bundle: SHA-256 of the manifest that was running.
        camera: whose telemetry.
        begins_at: of the period.
        ends_at: likewise; the minute that begins then is outside.
        accepted_by: role of the person, such as ``site-engineer``.
        accepted_at: when they did.
        reason: in their words.
        minutes: in the period.
        frames: in them.
        table_sha256: of ``minutes.parquet`` beside it.
    """

    format: int
    bundle: str
    camera: str
    begins_at: AwareDatetime
    ends_at: AwareDatetime
    accepted_by: str
    accepted_at: AwareDatetime
    reason: str
    minutes: int
    frames: int
    table_sha256: str

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    @property
    def name(self) -> str:
        """``baseline-`` and 16 hex digits of bundle, camera and period; a path that no camera's name can change."""
        period = f"{self.begins_at.timestamp():.0f}/{self.ends_at.timestamp():.0f}"
        return f"baseline-{hashlib.sha256(f'{self.bundle}/{period}/{self.camera}'.encode()).hexdigest()[:16]}"


def period(minutes: Tally, camera: str, begins_s: float, ends_s: float) -> Tally:
    """One camera's minutes from ``begins_s`` to before ``ends_s``, oldest first."""
    own = minutes.of(camera)
    return own.take(np.flatnonzero((own.begins_s >= begins_s) & (own.begins_s < ends_s)))


def refusal(chosen: Tally, minimum_frames: int) -> str:
    """Why a period is no baseline, with what to do; ``""`` if it is one.

    Args:
        chosen: its minutes.
        minimum_frames: of a window, by the spec.
    """
    frames, days = int(chosen.frames.sum()), len(set((chosen.begins_s // DAY_S).tolist()))
    if len(chosen) == 0:
        return "the camera sent nothing in that period; name another camera or period"
    if days < BLOCKS_MINIMUM:
        return (
            f"its telemetry spans {days} day(s) (needs {BLOCKS_MINIMUM}): how much days differ cannot be learnt from "
            "fewer; wait, or name a longer period"
        )
    if frames < minimum_frames * days:
        return f"{frames} frames in {days} days (needs {minimum_frames} a day); name a longer period"
    return ""
