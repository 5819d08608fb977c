"""The compiled solver against scipy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from detection.rules.labels.agreement.gathering.assignment import partners


@pytest.mark.parametrize("density", [0.0, 0.2, 0.5, 1.0])
def test_overlaps_sum_to_what_scipy_finds(density: float) -> None:
    """Wide, tall, empty, thin and full tables; no column is given twice."""
    dice = np.random.default_rng(int(10 * density))
    for _ in range(400):
        n, m = dice.integers(0, 9, 2)
        worth = dice.random((n, m)) * (dice.random((n, m)) < density)
        chosen = partners(worth)
        rows = np.flatnonzero(chosen >= 0)
        assert len(set(chosen[rows])) == len(rows)
        assert (worth[rows, chosen[rows]] > 0).all()
        assert worth[rows, chosen[rows]].sum() == pytest.approx(
            worth[linear_sum_assignment(worth, maximize=True)].sum()
        )


def test_equal_worth_everywhere_gives_everybody_a_partner() -> None:
    """Ties are where searches go astray."""
    assert sorted(partners(np.ones((6, 6))).tolist()) == list(range(6))
