"""Cameras that do not show what they should, now: frozen, covered, moved. A matter for a screwdriver, not training."""

from __future__ import annotations

import hashlib

import numpy as np

from detection.rules.field.retrain.evidence import Degraded
from detection.rules.field.watching.tally import HOUR_S, Tally

FAULTS = ("frozen", "covered", "moved")
"""Counters of the device that say what is wrong with a camera, the worst first."""


def degraded(windows: Tally, bundle: str, share: float) -> tuple[Degraded, ...]:
    """Cameras of which at least a share of the frames of their newest hour had one of :data:`FAULTS`, by name.

    Args:
        windows: what the field sent, in stretches of at most an hour, with its counters.
        bundle: SHA-256 of the manifest that was running; part of the names.
        share: of the frames, from which a camera is degraded.
    """
    names, numbers = np.unique(windows.camera.astype(str), return_inverse=True)
    newest_s = np.zeros(len(names), np.int64)
    np.maximum.at(newest_s, numbers, windows.begins_s)
    recent = windows.begins_s > newest_s[numbers] - HOUR_S
    frames = np.bincount(numbers[recent], windows.frames[recent], len(names))
    found: dict[str, Degraded] = {}
    for fault in (name for name in FAULTS if name in windows.counters):
        many = np.bincount(numbers[recent], windows.counters[fault][recent], len(names))
        for row in np.flatnonzero((frames > 0) & (many >= share * frames)).tolist():
            camera = str(names[row])
            found.setdefault(camera, _one(windows.of(camera), fault, bundle))
    return tuple(found[camera] for camera in sorted(found))


def _one(own: Tally, fault: str, bundle: str) -> Degraded:
    """The fault, named by the newest stretch of windows that all had it."""
    sound = np.flatnonzero(own.counters[fault] == 0)
    first = int(sound[-1]) + 1 if len(sound) else 0
    since_s, camera = int(own.begins_s[min(first, len(own) - 1)]), str(own.camera[0])
    return Degraded(_name(bundle, camera, fault, since_s), camera, fault)


def _name(bundle: str, camera: str, fault: str, since_s: int) -> str:
    return hashlib.sha256(f"{bundle}/{fault}/{since_s}/{camera}".encode()).hexdigest()[:16]
