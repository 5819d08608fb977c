"""Which frames a device keeps for people to look at: few, chosen by reason, within a budget of disk."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import cv2

from detection.edge.telemetry.minutes import begin_of
from detection.edge.telemetry.outbox import segment_name, write_whole
from detection.edge.telemetry.records import Origin
from detection.edge.telemetry.samples import CONTROL, LOW_MARGIN, OUTSIDE, Sample
from detection.edge.vision.frames import Image
from detection.edge.vision.headers import suffix_of
from detection.errors import TelemetryError

_KEPT_AS_THEY_ARE = (".jpg", ".png")
_QUALITY = 95


@dataclass(frozen=True, slots=True)
class SampleLimits:
    """How much a device keeps.

    Attributes:
        per_minute: frames of one camera and reason in a minute, at most.
        bytes_maximum: of the folder.
        control_share: part of all frames that are candidates for ``control``; at most ``per_minute`` are kept.
        margin: distance of a calibrated score from its threshold below which a detection is doubtful.
    """

    per_minute: int = 1
    bytes_maximum: int = 200_000_000
    control_share: float = 0.01
    margin: float = 0.1


@dataclass(slots=True, eq=False)
class _Minute:
    begins: datetime | None = None
    kept: dict[str, int] = field(default_factory=dict)


class Sampler:
    """Chooses and writes. A disk that refuses, or a full budget, loses samples and nothing else."""

    def __init__(self, folder: Path, limits: SampleLimits, origin: Origin, classes: Sequence[str]) -> None:
        """Make the folder.

        Raises:
            TelemetryError: it cannot be made.
        """
        self.lost = 0
        self._folder = folder
        self._limits = limits
        self._origin = origin
        self._classes = tuple(classes)
        self._minutes: dict[str, _Minute] = {}
        self._segments = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TelemetryError(f"{folder}: cannot be made ({error.strerror or error}); name another") from error

    def wanted(self, camera: str, captured_at: datetime, margin: float, outside: bool) -> tuple[str, ...]:
        """Why a frame should be kept: its reasons whose quota of this minute is not used up.

        Args:
            camera: who took it.
            captured_at: when.
            margin: distance of the most doubtful score from its threshold; infinite without detections.
            outside: it is outside the validated world.
        """
        limits = self._limits
        control = _lot(self._origin.device, camera, captured_at) < limits.control_share
        if not (control or outside or margin < limits.margin):
            return ()
        found = [CONTROL] if control else []
        found += [LOW_MARGIN] if margin < limits.margin else []
        found += [OUTSIDE] if outside else []
        kept = self._kept(camera, captured_at)
        return tuple(reason for reason in found if kept.get(reason, 0) < self._limits.per_minute)

    def keep(self, sample: Callable[[str], Sample], image: Image, content: bytes | None, captured_at: datetime) -> bool:
        """Write one frame.

        Args:
            sample: describes it, given the name of its file.
            image: ``(h, w, 3)`` the frame.
            content: the bytes it came as, if it was a file.
            captured_at: when it was taken; its quota is its minute's.

        Returns:
            Whether it was written: not if the budget is used up or the disk refuses.
        """
        written = _bytes_of(image, content)
        described = sample(hashlib.sha256(written.content).hexdigest() + written.suffix)
        kept = self._kept(described.camera, captured_at)
        for reason in described.reasons:
            kept[reason] = kept.get(reason, 0) + 1
        line = described.to_line(self._classes).encode()
        try:
            if _size_of(self._folder) + len(written.content) + len(line) > self._limits.bytes_maximum:
                self.lost += 1
                return False
            write_whole(self._folder / described.file, written.content)
            write_whole(self._folder / segment_name(self._origin.boot, self._segments, line), line)
        except OSError:
            self.lost += 1
            return False
        self._segments += 1
        return True

    def _kept(self, camera: str, captured_at: datetime) -> dict[str, int]:
        minute = begin_of(captured_at)
        open_minute = self._minutes.setdefault(camera, _Minute())
        if open_minute.begins != minute:
            self._minutes[camera] = open_minute = _Minute(minute)
        return open_minute.kept


@dataclass(frozen=True, slots=True)
class _Written:
    content: bytes
    suffix: str


def _bytes_of(image: Image, content: bytes | None) -> _Written:
    """The frame's own bytes if they are JPEG or PNG; another file becomes PNG, a camera's picture JPEG."""
    if content is not None and (suffix := suffix_of(content)) in _KEPT_AS_THEY_ARE:
        return _Written(content, suffix)
    if content is not None:
        return _Written(bytes(cv2.imencode(".png", image)[1]), ".png")
    return _Written(bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1]), ".jpg")


def _size_of(folder: Path) -> int:
    with os.scandir(folder) as listing:
        return sum(entry.stat(follow_symlinks=False).st_size for entry in listing)


def _lot(device: str, camera: str, captured_at: datetime) -> float:
    """A frame's lot in [0, 1): nobody chooses, and who plays a period again draws the same frames."""
    name = f"control {device} {camera} {captured_at.isoformat()}"
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") / 2**32
