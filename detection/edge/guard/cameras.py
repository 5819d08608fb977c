"""The health of one camera, told from its own pictures: frozen, covered, moved, slow. Knows no file and no clock."""

from __future__ import annotations

import math
from collections import deque
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from detection.edge.telemetry.domain import CameraLimits
from detection.edge.telemetry.optics import Measured, OpticalBench, Optics, Thumbnail

LEARNT_FRAMES = 256
"""Pictures whose mean is the view of a camera that the reference does not know."""
RATE_FRAMES = 32
"""The rate is told over so many last frames."""


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
        self._last: tuple[float, ...] = ()
        self._changed_at: datetime | None = None
        self._elsewhere_at: datetime | None = None
        self._taken_at: deque[datetime] = deque(maxlen=RATE_FRAMES)
        self._view: NDArray[np.float64] | None = None
        self._views = 0

    def saw(self, at: datetime, optics: Optics, bench: OpticalBench) -> list[str]:
        """What is wrong with the camera now: some of ``frozen``, ``covered``, ``moved``, ``slow``.

        Args:
            at: when the frame was taken.
            optics: its picture's.
            bench: learns the view of a camera that it does not know.
        """
        self._taken_at.append(at)
        covered = self._covered(optics.values)
        found = [name for name, wrong in (("frozen", self._frozen(at, optics.values)), ("covered", covered)) if wrong]
        found += ["moved"] if self._moved(at, optics.values.view) else []
        found += ["slow"] if self._slow() else []
        if not covered and not bench.knows(self._camera):
            self._learn(optics.thumbnail, bench)
        return found

    def _frozen(self, at: datetime, values: Measured) -> bool:
        """Pictures that differ in one pixel of the reduced picture differ in one of these figures' last digits."""
        seen = values[:7]
        if seen != self._last or self._changed_at is None or at < self._changed_at:
            self._last, self._changed_at = seen, at
            return False
        return not self._still and (at - self._changed_at).total_seconds() >= self._limits.frozen_s

    def _covered(self, values: Measured) -> bool:
        limits = self._limits
        return values.contrast < limits.covered_contrast and values.sharpness < limits.covered_sharpness

    def _moved(self, at: datetime, view: float) -> bool:
        if math.isnan(view) or view >= self._limits.moved_similarity:
            self._elsewhere_at = None
            return False
        if self._elsewhere_at is None or at < self._elsewhere_at:
            self._elsewhere_at = at
        return (at - self._elsewhere_at).total_seconds() >= self._limits.moved_s

    def _slow(self) -> bool:
        least = self._limits.rate_minimum_hz
        if least is None or len(self._taken_at) < RATE_FRAMES:
            return False
        return (self._taken_at[-1] - self._taken_at[0]).total_seconds() * least > RATE_FRAMES - 1

    def _learn(self, thumbnail: Thumbnail, bench: OpticalBench) -> None:
        self._view = thumbnail.astype(np.float64) if self._view is None else self._view + thumbnail
        self._views += 1
        if self._views == LEARNT_FRAMES:
            bench.learn(self._camera, np.round(self._view / self._views).astype(np.uint8))
            self._view = None
