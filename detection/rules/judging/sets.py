"""Which frames and labels a judging set holds, as one digest: a set that changed after thresholds were chosen shows.

Knows frames and labels, not pixels (a frame's id is the digest of its image's bytes) and no order: rows may stand
anywhere in their tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from detection.rules.labels.samples import Annotations, Frames, Strings

JUDGING = ("test", "golden", "challenge")
"""The sets that judge; train and val never do."""


def digests(frames: Frames, labels: Annotations, split_of: Strings) -> dict[str, str]:
    """SHA-256 of the frame ids and labels of each judging set that holds a frame.

    A label counts with its class, its corners (rounded to a hundredth of a pixel, so that a table written by another
    version gives the same digest) and whether it stands for a crowd; who drew it and how sure he was does not judge.

    Args:
        frames: of the data set.
        labels: the labels judged by; those of other frames are not looked at.
        split_of: ``(frames,)`` the set of each frame.
    """
    lines = _lines(labels)
    result = {}
    for name in JUDGING:
        ids = np.sort(frames.id[split_of == name].astype(str))
        if len(ids):
            told = np.sort(lines[np.isin(labels.frame.astype(str), ids)])
            result[name] = hashlib.sha256("\n".join((*ids.tolist(), "", *told.tolist())).encode()).hexdigest()
    return result


def changed(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Names of the sets that are not what they were, in order: other frames, other labels, come or gone."""
    return sorted(name for name in {*then, *now} if then.get(name) != now.get(name))


def _lines(labels: Annotations) -> NDArray[np.str_]:
    """One line a label: frame, class, corners, crowd."""
    corners = np.round(labels.corners.astype(np.float64), 2) + 0.0  # -0.0 is 0.0
    rows = zip(labels.frame, labels.label, corners.tolist(), labels.crowd.tolist(), strict=True)
    spelled = [f"{frame} {label} {' '.join(f'{c:.2f}' for c in box)} {crowd:d}" for frame, label, box, crowd in rows]
    return np.array(spelled, np.str_)
