"""Cameras that do not show what they should, now: frozen, covered, moved. A matter for a screwdriver, not training."""

from __future__ import annotations

import hashlib

import numpy as np

from detection.rules.field.retrain.evidence import Degraded
from detection.rules.field.tally import HOUR_S, Tally

FAULTS = ("frozen", "covered", "moved")
"""Counters of the device that say what is wrong with a camera, the worst first."""
SHARE = 0.5
"""Part of its newest hour's frames with a fault from which a camera is degraded."""


def degraded(minutes: Tally, bundle: str) -> tuple[Degraded, ...]:
    """Cameras of which at least half the frames of their newest hour had one of :data:`FAULTS`, by name.

    Args:
        minutes: what the field sent.
        bundle: SHA-256 of the manifest that was running; part of the names.
    """
    found = []
    for camera in sorted(set(minutes.camera.tolist())):
        own = minutes.of(camera)
        newest = own.take(np.flatnonzero(own.begins_s > own.begins_s[-1] - HOUR_S))
        fault = _fault(newest)
        if fault:
            found.append(Degraded(_name(bundle, camera, fault, _since(own, fault)), camera, fault))
    return tuple(found)


def _fault(newest: Tally) -> str:
    frames = int(newest.frames.sum())
    for fault in FAULTS:
        many = int(newest.counters[fault].sum()) if fault in newest.counters else 0
        if frames and many >= SHARE * frames:
            return fault
    return ""


def _since(own: Tally, fault: str) -> int:
    """Begin of the newest stretch of minutes that all had the fault."""
    sound = np.flatnonzero(own.counters[fault] == 0)
    first = int(sound[-1]) + 1 if len(sound) else 0
    return int(own.begins_s[min(first, len(own) - 1)])


def _name(bundle: str, camera: str, fault: str, since_s: int) -> str:
    return hashlib.sha256(f"{bundle}/{fault}/{since_s}/{camera}".encode()).hexdigest()[:16]
