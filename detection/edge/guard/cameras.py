"""The health of one camera, told from its own pictures: frozen, covered, moved, slow. Knows no file and no clock."""

from __future__ import annotations

import math
from collections import deque
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from detection.edge.telemetry.domain import CameraLimits
from detection.edge.telemetry.optics import VIEW_HEIGHT, VIEW_WIDTH, OpticalBench, Optics, Thumbnail, View, view_of

LEARNT_LOOKS = 256
"""Looks whose mean is the view of a camera that the reference does not know."""
RATE_FRAMES = 32
"""The rate is told over so many last frames."""
REMEMBERED_LOOKS = 16
"""Where a camera points is told by the mean of about so many last looks: what passes by averages out."""
LOOK_EVERY = timedelta(seconds=1)
"""It is looked at so often at most."""


class CameraHealth:
    """One camera's state from frame to frame."""

    def __init__(self, camera: str, limits: CameraLimits, still: bool) -> None:
        """Nothing seen yet.

        Args:
            camera: its name.
            limits: when it is degraded.
            still: its pictures may be equal for ever.
        """
        self._camera = camera
        self._limits = limits
        self._still = still
        self._last = (math.nan, math.nan, math.nan)
        self._changed_at: datetime | None = None
        self._elsewhere_at: datetime | None = None
        self._looked_at: datetime | None = None
        self._moved = False
        self._taken_at: deque[datetime] = deque(maxlen=RATE_FRAMES)
        self._recent: View = np.zeros(VIEW_WIDTH * VIEW_HEIGHT)
        self._seen = 0
        self._learning: NDArray[np.float64] = np.zeros((VIEW_HEIGHT, VIEW_WIDTH))
        self._learnt = 0

    def saw(self, at: datetime, optics: Optics, bench: OpticalBench) -> list[str]:
        """What is wrong with the camera now: some of ``frozen``, ``covered``, ``moved``, ``slow``.

        Args:
            at: when the frame was taken.
            optics: its picture's.
            bench: learns the view of a camera that it does not know.
        """
        covered = optics.contrast < self._limits.covered_contrast and optics.sharpness < self._limits.covered_sharpness
        frozen = self._frozen(at, optics)
        if self._looked_at is None or abs(at - self._looked_at) >= LOOK_EVERY:
            self._looked_at = at
            self._look(at, optics, bench, covered)
        slow = self._limits.rate_minimum_hz is not None and self._slow(at, self._limits.rate_minimum_hz)
        if not (frozen or covered or self._moved or slow):
            return []
        states = {"frozen": frozen, "covered": covered, "moved": self._moved, "slow": slow}
        return [state for state, holds in states.items() if holds]

    def _frozen(self, at: datetime, optics: Optics) -> bool:
        """Pictures that differ anywhere differ in one of these figures' last digits, but for very rare chances."""
        seen = (optics.brightness, optics.contrast, optics.sharpness)
        if seen != self._last or self._changed_at is None or at < self._changed_at:
            self._last, self._changed_at = seen, at
            return False
        return not self._still and (at - self._changed_at).total_seconds() >= self._limits.frozen_s

    def _look(self, at: datetime, optics: Optics, bench: OpticalBench, covered: bool) -> None:
        """Where does it point?"""
        thumbnail = optics.thumbnail()
        if optics.own_view is None:
            if not covered:
                self._learn(thumbnail, bench)
            return
        view = view_of(thumbnail)
        if math.isnan(view[0]):
            return
        self._seen = min(self._seen + 1, REMEMBERED_LOOKS)
        self._recent += (view - self._recent) / self._seen
        likeness = float(self._recent @ optics.own_view) / (math.sqrt(float(self._recent @ self._recent)) or 1.0)
        if self._seen < REMEMBERED_LOOKS or likeness >= self._limits.moved_similarity:
            self._elsewhere_at = None
        elif self._elsewhere_at is None or at < self._elsewhere_at:
            self._elsewhere_at = at
        since = self._elsewhere_at
        self._moved = since is not None and (at - since).total_seconds() >= self._limits.moved_s

    def _slow(self, at: datetime, least_hz: float) -> bool:
        self._taken_at.append(at)
        if len(self._taken_at) < RATE_FRAMES:
            return False
        return (self._taken_at[-1] - self._taken_at[0]).total_seconds() * least_hz > RATE_FRAMES - 1

    def _learn(self, thumbnail: Thumbnail, bench: OpticalBench) -> None:
        self._learning += thumbnail
        self._learnt += 1
        if self._learnt == LEARNT_LOOKS:
            bench.learn(self._camera, np.round(self._learning / LEARNT_LOOKS).astype(np.uint8))
