"""The map says what comes true and never changes an order."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from detection.edge.vision.calibration import ScoreMap
from detection.rules.judging.calibration.maps import KNOTS_MAXIMUM, FittedMap, Minimums, fit
from detection.rules.judging.calibration.reliability import measure
from detection.rules.judging.intervals import Resampling
from detection.rules.judging.matching import Flags, Reals

ISOTONIC = Minimums(isotonic=1, platt=1)
PLATT = Minimums(isotonic=10**6, platt=1)
KINDS = [pytest.param(ISOTONIC, id="isotonic"), pytest.param(PLATT, id="platt")]


def overconfident(n: int, seed: int) -> tuple[Reals, Flags]:
    """Scores that promise more than comes true: the square of what they say."""
    dice = np.random.default_rng(seed)
    raw = dice.beta(0.5, 1, n).astype(np.float32).astype(np.float64)
    return raw, dice.random(n) < raw**2


def error(scores: Reals, correct: Flags) -> float:
    found = measure(scores, correct, np.full(len(scores), "g", object), Resampling(1, 0.95, 0)).error
    assert found is not None
    return found


def applied(fitted: FittedMap, raw: Reals) -> Reals:
    return np.interp(raw, fitted.raw, fitted.calibrated)


@pytest.mark.parametrize("minimums", KINDS)
def test_on_other_frames_calibrated_scores_say_what_comes_true(minimums: Minimums) -> None:
    fitted = fit(*overconfident(4000, seed=0), minimums)
    raw, correct = overconfident(4000, seed=1)
    assert error(raw, correct) > 0.1
    assert error(applied(fitted, raw), correct) < 0.03


@pytest.mark.parametrize("n", [60, 100])
def test_a_curve_of_two_parameters_helps_where_detections_are_few(n: int) -> None:
    """Fewer detections than an isotonic map alone could be made from, and less than half of the error is left."""
    raw, correct = overconfident(4000, seed=9)

    def mean_error(minimums: Minimums) -> float:
        maps = (fit(*overconfident(n, seed=seed), minimums) for seed in range(12))
        return float(np.mean([error(applied(one, raw), correct) for one in maps]))

    assert mean_error(PLATT) < error(raw, correct) / 2


@pytest.mark.parametrize("minimums", KINDS)
@pytest.mark.parametrize("n", [60, 500, 20_000])
def test_the_map_never_changes_which_score_is_higher(n: int, minimums: Minimums) -> None:
    """As the device applies it, in float32, down to score differences of a ten-thousandth."""
    fitted = fit(*overconfident(n, seed=2), minimums)
    assert (np.diff(fitted.raw) > 0).all()
    shipped = ScoreMap.from_json({"raw": fitted.raw.tolist(), "calibrated": fitted.calibrated.tolist()}, "a test")
    assert (np.diff(shipped.apply(np.linspace(0, 1, 10_001, dtype=np.float32))) > 0).all()


@pytest.mark.parametrize("minimums", KINDS)
@pytest.mark.parametrize("n", [60, 500, 20_000])
def test_the_map_is_small_enough_for_a_device(n: int, minimums: Minimums) -> None:
    assert len(fit(*overconfident(n, seed=3), minimums).raw) <= KNOTS_MAXIMUM


def test_the_isotonic_map_stays_close_to_plain_isotonic_regression() -> None:
    raw, correct = overconfident(20_000, seed=4)
    plain = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(raw, correct)
    grid = np.linspace(0.05, 0.95, 50)
    assert np.abs(applied(fit(raw, correct, ISOTONIC), grid) - plain.predict(grid)).max() < 0.06


def test_with_many_detections_the_logistic_map_is_plain_logistic_regression() -> None:
    raw, correct = overconfident(20_000, seed=4)
    raw = np.clip(raw, 0.01, 0.99)
    plain = LogisticRegression(C=1e9).fit(logit(raw)[:, None], correct)
    grid = np.linspace(0.05, 0.95, 50)
    expected = plain.predict_proba(logit(grid)[:, None])[:, 1]
    assert np.abs(applied(fit(raw, correct, PLATT), grid) - expected).max() < 0.01


@pytest.mark.parametrize(("n", "kind"), [(19, "identity"), (20, "platt"), (49, "platt"), (50, "isotonic")])
def test_how_many_detections_there_are_decides_what_is_fitted(n: int, kind: str) -> None:
    fitted = fit(*overconfident(n, seed=5), Minimums(isotonic=50, platt=20))
    assert fitted.kind == kind
    assert (f"{n} detections, fewer than" in fitted.warning) == (kind != "isotonic")


def test_too_few_detections_leave_the_scores() -> None:
    fitted = fit(*overconfident(49, seed=5), Minimums(isotonic=50, platt=50))
    assert fitted.raw.tolist() == fitted.calibrated.tolist() == [0.0, 1.0]


@pytest.mark.parametrize("minimums", KINDS)
@pytest.mark.parametrize(
    ("raw", "correct"),
    [
        pytest.param(np.full(100, 0.4), np.arange(100) % 2 == 0, id="one score"),
        pytest.param(np.linspace(0, 1, 100), np.ones(100, bool), id="all right"),
        pytest.param(np.linspace(0, 1, 100), np.zeros(100, bool), id="all wrong"),
        pytest.param(np.linspace(1, 0, 100), np.arange(100) > 50, id="the wrong way round"),
        pytest.param(np.ones(5), np.ones(5, bool), id="certain"),
        pytest.param(np.array([0.3]), np.array([True]), id="a single one"),
    ],
)
def test_awkward_scores_still_give_a_map_a_device_accepts(raw: Reals, correct: Flags, minimums: Minimums) -> None:
    fitted = fit(raw, correct, minimums)
    ScoreMap.from_json({"raw": fitted.raw.tolist(), "calibrated": fitted.calibrated.tolist()}, "a test")
    assert (np.diff(fitted.calibrated) > 0).all()
