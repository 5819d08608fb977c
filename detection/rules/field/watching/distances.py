"""How far one histogram is from another: PSI, Jensen-Shannon, and MMD over all signals at once. Pure sums.

Written for many rows at a time: leading axes are rows, and the arithmetic keeps the precision of what it is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.floating]
Numbers = NDArray[Any]
"""Counts, whole or as floats."""

FEATURES = 64
"""Cosines that stand for the kernel (random Fourier features): the error of MMD falls with their square root."""
BANDWIDTH = 0.5
"""Of the Gaussian kernel, in mean ridits per signal, times the root of the number of signals."""


def psi(reference: Numbers, window: Numbers) -> Reals:
    r"""Population stability index, sum over bins of ``(q - p) ln(q / p)``.

    Where a bin is empty on one side only, half a count stands in for nothing on that side, so that mass in a bin the
    reference never met counts as much as its size deserves and never as infinity; a bin that is empty on both sides
    says nothing. Where no bin is empty this is the published formula to the last digit (a bucket that goes from 0.20
    to 0.30 contributes 0.0405).

    Args:
        reference: ``(..., bins)``, each with at least one count.
        window: ``(..., bins)``, likewise; leading axes broadcast.

    Returns:
        ``(...)`` values, 0 and up; the same when the sides are swapped.
    """
    before, after = _filled(reference), _filled(window)
    spoken = (reference > 0) | (window > 0)
    terms = (after - before) * (np.log(after) - np.log(before))
    total: Reals = np.sum(terms, axis=-1, where=spoken)
    return total


def js(reference: Numbers, window: Numbers) -> Reals:
    """Jensen-Shannon divergence in bits: 0 for equal shares, 1 for histograms without a common bin.

    Arguments as :func:`psi`; an empty bin needs no stand-in here.
    """
    p, q = _shares(reference), _shares(window)
    middle = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(p > 0, p * np.log2(p / middle), 0)
        right = np.where(q > 0, q * np.log2(q / middle), 0)
    halves: Reals = np.clip((left.sum(axis=-1) + right.sum(axis=-1)) / 2, 0, 1)
    return halves


@dataclass(frozen=True, slots=True, eq=False)
class Kernel:
    """A Gaussian kernel over ``s`` mean ridits, as :data:`FEATURES` cosines that can be added up.

    The squared distance between the mean cosines of two sets is their squared MMD (Gretton et al. 2012, with the
    features of Rahimi and Recht 2007), so a window's MMD needs only sums over its minutes.
    """

    weights: NDArray[np.float32]
    phases: NDArray[np.float32]

    @classmethod
    def of(cls, signals: int) -> Kernel:
        """For so many signals; always the same one."""
        dice = np.random.default_rng(signals)
        width = BANDWIDTH * np.sqrt(max(1, signals))
        weights = dice.normal(0, 1 / width, (signals, FEATURES))
        return cls(weights.astype(np.float32), dice.uniform(0, 2 * np.pi, FEATURES).astype(np.float32))

    def embedded(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """``(n, s)`` vectors as ``(n, FEATURES)`` cosines."""
        scale = np.float32(np.sqrt(2 / FEATURES))
        cosines: NDArray[np.float32] = scale * np.cos(points @ self.weights + self.phases)
        return cosines


def squared(gaps: Reals) -> Reals:
    """``(..., FEATURES)`` differences of mean cosines as ``(...)`` squared MMD."""
    total: Reals = np.sum(gaps * gaps, axis=-1)
    return total


def _shares(counts: Numbers) -> Reals:
    shares: Reals = counts / counts.sum(axis=-1, keepdims=True)
    return shares


def _filled(counts: Numbers) -> Reals:
    """Shares, with half a count where there is none."""
    total = counts.sum(axis=-1, keepdims=True)
    filled: Reals = np.where(counts > 0, counts, np.float32(0.5)) / total
    return filled
