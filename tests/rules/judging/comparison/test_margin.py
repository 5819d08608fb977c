"""The margin formula against hand values and against draws."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.judging.comparison.margin import sampling_margin


def test_a_share_of_ninety_percent_among_two_thousand_has_a_margin_of_thirteen_thousandths() -> None:
    """The governance literature's worked example: 1.96 * sqrt(0.9 * 0.1 / 2000) = 0.01315."""
    assert round(sampling_margin(0.90, 2000), 3) == 0.013
    assert sampling_margin(0.90, 2000) == pytest.approx(1.959964 * np.sqrt(0.09 / 2000), abs=1e-8)


def test_four_times_the_observations_halve_the_margin() -> None:
    """The square root: the reason why small leads need so many frames."""
    assert sampling_margin(0.7, 400) == pytest.approx(2 * sampling_margin(0.7, 1600))


def test_nineteen_in_twenty_drawn_shares_lie_within_the_margin() -> None:
    """The formula means what its docstring says, where its assumptions hold."""
    drawn = np.random.default_rng(0).binomial(2000, 0.9, 20_000) / 2000
    assert np.mean(np.abs(drawn - 0.9) <= sampling_margin(0.9, 2000)) == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_margin_of_a_share_without_failures_is_nothing(share: float) -> None:
    """Known weakness of the normal interval; no decision rests on it."""
    assert sampling_margin(share, 100) == 0


@pytest.mark.parametrize(("share", "n"), [(0.9, 0), (1.1, 10), (-0.1, 10)])
def test_a_margin_of_nothing_is_refused(share: float, n: int) -> None:
    """Dividing by no observation would promise certainty."""
    with pytest.raises(ValueError, match="share from 0 to 1"):
        sampling_margin(share, n)
