"""What stays in float of a model in eight bits, from what was measured. Knows no graphs and no files.

A block is one convolution with its activation. Its price is its share of the multiplications, not a time: a time
differs from run to run, and the same weights must give the same file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Candidates = NDArray[np.float32]
"""``(4 + classes, n)``: centre x, centre y, width, height in pixels, then the classes' scores, of one frame."""

LOOKED_AT = 100
"""Candidates of a frame that count, those that the exact model is surest of; the others never become boxes."""
WORTHWHILE = 0.02
"""Part of the error that a block must take away; less is noise of the few frames that were looked at. A block must also
take away a greater part of the error than its part of the work."""


@dataclass(frozen=True, slots=True)
class Block:
    """One convolution with its activation.

    Attributes:
        name: its path in the graph.
        share: of all multiplications.
        error: of the model with all in eight bits but this block.
    """

    name: str
    share: float
    error: float


@dataclass(frozen=True, slots=True)
class Eight:
    """How one variant in eight bits was made; a part of ``data/convert/quantisation.json``.

    Attributes:
        variant: its name.
        frames: train frames that the blocks were measured on.
        error: of the model with every block in eight bits; see :func:`error_of`.
        error_kept: of the model that ships.
        share_kept: of all multiplications, in float.
        kept: blocks in float, the dearest error first.
        blocks: every block that was measured, in the order of the graph.
    """

    variant: str
    frames: int
    error: float
    error_kept: float
    share_kept: float
    kept: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Quantisation:
    """``data/convert/quantisation.json``, whole."""

    variants: tuple[Eight, ...]


def error_of(exact: Candidates, found: Candidates) -> float:
    """How far one frame's raw output is off, where the exact model sees something.

    Args:
        exact: what the model in 32 bits says.
        found: what the other says, of the same shape.

    Returns:
        Mean over the surest candidates, each weighing as much as its score, of the largest change of a score plus
        one minus the boxes' overlap: 0 for no change.
    """
    sure = exact[4:].max(axis=0)
    chosen = np.argsort(-sure, kind="stable")[:LOOKED_AT]
    weight = sure[chosen].astype(np.float64) + 1e-9
    change = np.abs(found[4:, chosen] - exact[4:, chosen]).max(axis=0)
    return float(np.average(change + 1 - _overlap(exact[:4, chosen], found[:4, chosen]), weights=weight))


def kept(blocks: Sequence[Block], error: float, share: float) -> tuple[Block, ...]:
    """Blocks that stay in float: what takes away most error for its price, as long as the budget lasts.

    Args:
        blocks: what was measured.
        error: of the model with every block in eight bits.
        share: of all multiplications that may stay in float.
    """
    worthwhile = [
        block for block in blocks if block.share > 0 and error - block.error > max(WORTHWHILE, block.share) * error
    ]
    chosen: list[Block] = []
    for block in sorted(worthwhile, key=lambda block: (-(error - block.error) / block.share, block.name)):
        if sum(one.share for one in chosen) + block.share <= share:
            chosen.append(block)
    return tuple(chosen)


def _overlap(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float64]:
    """IoU of boxes one to one, each ``(4, n)`` centres and sizes; two empty ones overlap by 0."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    near = np.maximum(a[:2] - a[2:] / 2, b[:2] - b[2:] / 2)
    far = np.minimum(a[:2] + a[2:] / 2, b[:2] + b[2:] / 2)
    shared = np.prod(np.clip(far - near, 0, None), axis=0)
    union = np.prod(a[2:], axis=0) + np.prod(b[2:], axis=0) - shared
    overlap: NDArray[np.float64] = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return overlap
