"""Where each class is cut and what it gives: the chosen points, their price, and what a neighbour would change."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What another cut would change, counted on the same frames.

    Attributes:
        cut: calibrated score.
        false_change: false detections more (or fewer, below 0).
        missed_change: missed objects more (or fewer).
        cost_change: of the policy's cost; None where the policy has no costs.
    """

    cut: float
    false_change: int
    missed_change: int
    cost_change: float | None


@dataclass(frozen=True, slots=True)
class OperatingRow:
    """One class of one variant, where a condition has one value or in common.

    Attributes:
        variant: the variant's name.
        label: class id.
        by: ``""`` for the common cut, or ``<condition>=<value>``.
        policy: in words, such as ``risk bound: missed share at most 0.10 at 95 %``.
        cut: calibrated score from which a detection counts.
        precision: at the cut; None where nothing is kept.
        recall: at the cut; None without objects.
        f1: at the cut; None where there is neither.
        false_detections: kept, and found nothing.
        missed: objects that no kept detection found.
        expected_cost: of one frame, by the policy's costs; None without.
        bound: on the policy's risk, that holds with ``confidence``; None without.
        confidence: of the bound; None without.
        n: frames it was chosen on.
        groups: that these frames are of.
        warning: why the policy could not be followed; ``""`` if it was.
        neighbours: what lower and higher cuts would change, ascending.
    """

    variant: str
    label: str
    by: str
    policy: str
    cut: float
    precision: float | None
    recall: float | None
    f1: float | None
    false_detections: int
    missed: int
    expected_cost: float | None
    bound: float | None
    confidence: float | None
    n: int
    groups: int
    warning: str
    neighbours: tuple[Neighbour, ...]


@dataclass(frozen=True, slots=True)
class OperatingSheet:
    """``data/calibrate/operating.json``: by variant, class, common cut first."""

    rows: tuple[OperatingRow, ...]
