"""Is a part of a frame unlike everything in the known frames? By its colours: light, and independent of the detector.

A frame is cut into 63 overlapping parts (a fifth of its width, a quarter of its height). A part is described by how its
pixels spread over the chroma plane of CIELAB, 8 x 8 cells; parts are compared by Hellinger's distance. A frame's figure
is that of its newest part: the distance to the nearest part of the known frames. It is told as a rank among the known
frames, each held against those of other scenes: 0.99 is newer than 99 of 100 known frames.

Measured on the practice world (``benchmarks/new_appearance.py``; 1,080 known frames of 36 cameras, 288 frames of other
days in June's light and in December's, a fifth of them with crates, a kind nobody had shown): area under the ROC curve
0.94 and 0.85; of the 40 newest frames 34 and 31 show a crate, where 8 and 9 would by chance. At 0.99, 69 % and 56 % of
the frames with a crate are over it, and 6 % and 10 % of the others. Tried and left: gradients of the parts (0.57), and
colours of the boxes that were detected (0.90), which miss what the detector misses. What is new in shape and old in
colour is not found by this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.edge.vision.frames import Image

Parts = NDArray[np.float32]
"""``(63, 64)`` of one frame: roots of shares, so that the length of each row is 1."""
Reals = NDArray[np.float32]

KNOWN_PARTS = 20_000
"""Parts of known frames that are compared with; more are drawn from."""
RANKED_FRAMES = 300
"""Known frames that the rank is taken among."""

_COLUMNS, _ROWS, _BLOCK = 10, 8, 16
_CELLS, _LOWEST, _WIDTH = 8, -40.0, 12.5
"""Of the chroma plane, each axis: eight cells from -40 to 60, open at both ends."""


def parts_of(image: Image) -> Parts:
    """Describe the parts of a frame ``(h, w, 3)``."""
    size = (_COLUMNS * _BLOCK, _ROWS * _BLOCK)
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    chroma = cv2.cvtColor(small, cv2.COLOR_BGR2LAB)[..., 1:]
    cell = np.clip((chroma - _LOWEST) / _WIDTH, 0, _CELLS - 1).astype(np.int64)
    block = (np.arange(size[1]) // _BLOCK)[:, None] * _COLUMNS + (np.arange(size[0]) // _BLOCK)[None]
    number = (block * _CELLS + cell[..., 0]) * _CELLS + cell[..., 1]
    counts = np.bincount(number.ravel(), minlength=_ROWS * _COLUMNS * _CELLS**2).reshape(_ROWS, _COLUMNS, -1)
    wide = counts[:-1, :-1] + counts[1:, :-1] + counts[:-1, 1:] + counts[1:, 1:]
    shares = wide.reshape(-1, _CELLS**2) / (4 * _BLOCK**2)
    return np.sqrt(shares).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What known frames look like.

    Attributes:
        parts: ``(k, 64)``.
        ranks: ``(r,)`` ascending: the figure of known frames, each against those of other scenes.
    """

    parts: Parts
    ranks: Reals

    def novelty(self, parts: Parts) -> float:
        """Part of the known frames that are less new than a frame, 0 to 1."""
        return float(np.searchsorted(self.ranks, _newest(parts, self.parts))) / len(self.ranks)


def known_of(frames: Sequence[Parts], scenes: Sequence[str], seed: int = 0) -> Known | None:
    """What so many frames come to; None if they are of fewer than two scenes, which say nothing of each other.

    Args:
        frames: their parts.
        scenes: the scene of each.
        seed: of the draws.
    """
    names = np.array(scenes, object)
    if len(set(scenes)) < 2:
        return None
    dice = np.random.default_rng(seed)
    every = np.concatenate(frames)
    owner = np.repeat(np.arange(len(frames)), [len(parts) for parts in frames])
    drawn = np.sort(dice.permutation(len(every))[:KNOWN_PARTS])
    chosen = np.sort(dice.permutation(len(frames))[:RANKED_FRAMES])
    drawn_scene = names[owner[drawn]]
    figures = []
    for row in chosen.tolist():
        others = every[drawn[drawn_scene != names[row]]]
        figures += [_newest(frames[row], others)] if len(others) else []
    return Known(every[drawn], np.sort(np.array(figures, np.float32))) if figures else None


def _newest(parts: Parts, known: Parts) -> float:
    """Largest of the parts' distances to their nearest known one."""
    likeness = (parts @ known.T).max(axis=1).min()
    return float(np.sqrt(max(0.0, 1.0 - float(likeness))))
