"""The map says what comes true and never changes an order."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from detection.edge.vision.calibration import ScoreMap
from detection.rules.judging.calibration.maps import BLOCK_MINIMUM, KNOTS_MAXIMUM, fit, reliability
from detection.rules.judging.matching import Flags, Reals


def overconfident(n: int, seed: int) -> tuple[Reals, Flags]:
    """Scores that promise more than comes true: the square of what they say."""
    dice = np.random.default_rng(seed)
    raw = dice.beta(0.5, 1, n).astype(np.float32).astype(np.float64)
    return raw, dice.random(n) < raw**2


def test_on_other_frames_calibrated_scores_say_what_comes_true() -> None:
    fitted = fit(*overconfident(4000, seed=0), minimum=50)
    raw, correct = overconfident(4000, seed=1)
    before, after = reliability(raw, correct).error, reliability(np.interp(raw, fitted.raw, fitted.calibrated), correct)
    assert before is not None
    assert after.error is not None
    assert before > 0.1
    assert after.error < 0.03


@pytest.mark.parametrize("n", [60, 500, 20_000])
def test_the_map_never_changes_which_score_is_higher(n: int) -> None:
    """As the device applies it, in float32, down to score differences of a ten-thousandth."""
    fitted = fit(*overconfident(n, seed=2), minimum=50)
    assert (np.diff(fitted.raw) > 0).all()
    shipped = ScoreMap.from_json({"raw": fitted.raw.tolist(), "calibrated": fitted.calibrated.tolist()}, "a test")
    assert (np.diff(shipped.apply(np.linspace(0, 1, 10_001, dtype=np.float32))) > 0).all()


@pytest.mark.parametrize("n", [60, 500, 20_000])
def test_the_map_is_small_enough_for_a_device(n: int) -> None:
    assert len(fit(*overconfident(n, seed=3), minimum=50).raw) <= KNOTS_MAXIMUM


def test_the_map_stays_close_to_plain_isotonic_regression() -> None:
    raw, correct = overconfident(20_000, seed=4)
    fitted = fit(raw, correct, minimum=50)
    plain = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(raw, correct)
    grid = np.linspace(0.05, 0.95, 50)
    assert np.abs(np.interp(grid, fitted.raw, fitted.calibrated) - plain.predict(grid)).max() < 0.06


def test_too_few_detections_leave_the_scores_and_say_so() -> None:
    fitted = fit(*overconfident(49, seed=5), minimum=50)
    assert fitted.raw.tolist() == fitted.calibrated.tolist() == [0.0, 1.0]
    assert "49 detections" in fitted.warning


@pytest.mark.parametrize(
    ("raw", "correct"),
    [
        pytest.param(np.full(100, 0.4), np.arange(100) % 2 == 0, id="one score"),
        pytest.param(np.linspace(0, 1, 100), np.ones(100, bool), id="all right"),
        pytest.param(np.linspace(0, 1, 100), np.zeros(100, bool), id="all wrong"),
        pytest.param(np.linspace(1, 0, 100), np.arange(100) > 50, id="the wrong way round"),
    ],
)
def test_awkward_scores_still_give_a_map_a_device_accepts(raw: Reals, correct: Flags) -> None:
    fitted = fit(raw, correct, minimum=BLOCK_MINIMUM)
    ScoreMap.from_json({"raw": fitted.raw.tolist(), "calibrated": fitted.calibrated.tolist()}, "a test")
    assert (np.diff(fitted.calibrated) > 0).all()


def test_reliability_by_hand() -> None:
    """Two at 0.15 of which one is right, two at 0.95 both right: (2 x 0.35 + 2 x 0.05) / 4."""
    found = reliability(np.array([0.15, 0.15, 0.95, 0.95]), np.array([True, False, True, True]))
    assert found.error == pytest.approx(0.2)
    assert [b.n for b in found.bins] == [0, 2, 0, 0, 0, 0, 0, 0, 0, 2]
    assert found.bins[0].mean_score is None
    assert found.bins[1].share_correct == pytest.approx(0.5)


def test_nothing_has_no_reliability() -> None:
    assert reliability(np.zeros(0), np.zeros(0, bool)).error is None
