"""What a score map is worth and what it costs a device: ours beside plain isotonic, logistic and binned calibration.

    python -m benchmarks.calibration [--short]

Detectors are simulated whose true chance of being right is known for every score, so the error of a map is exact: the
mean distance of what it says from what is true, over the scores that come. Two detectors, one that promises too much
and one that promises too little by turns; maps are fitted on 20 to 3,000 detections and each error is the mean of many
draws. ``order kept`` is the share of neighbouring scores that stay in their order: a map that makes scores equal lets
chance decide which of two detections goes first. The run ends with status 1 if ours is worse than the raw scores
anywhere, or if the bound on missed objects fails more often than its confidence allows.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from detection.edge.vision.calibration import ScoreMap
from detection.rules.judging.calibration.maps import Minimums, fit
from detection.rules.judging.matching import Flags, Reals
from detection.rules.judging.operating.cuts import Evidence
from detection.rules.judging.operating.risk import control

SIZES = (20, 50, 150, 500, 3000)
MINIMUMS = Minimums(isotonic=150, platt=20)
GRID = np.linspace(0.001, 0.999, 999)
AT_MOST, CONFIDENCE, GROUPS = 0.15, 0.95, 60
CUTS = np.linspace(0, 1, 51)

Map = Callable[[Reals], Reals]


def overconfident(raw: Reals) -> Reals:
    """True chance of a detector that promises too much."""
    return np.asarray(raw**1.7, np.float64)


def wavering(raw: Reals) -> Reals:
    """True chance of a detector that promises too little in the middle and too much at the end."""
    return np.asarray(np.clip(raw + 0.12 * np.sin(2 * np.pi * raw), 0.0, 0.97), np.float64)


DETECTORS = {"promises too much": overconfident, "wavers": wavering}


def raw_scores(raw: Reals, correct: Flags) -> Map:
    """No map."""
    return lambda scores: scores


def ours(raw: Reals, correct: Flags) -> Map:
    """The map that ships."""
    fitted = fit(raw, correct, MINIMUMS)
    return lambda scores: np.interp(scores, fitted.raw, fitted.calibrated)


def plain_isotonic(raw: Reals, correct: Flags) -> Map:
    """scikit-learn's isotonic regression."""
    fitted = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(raw, correct)
    return lambda scores: np.asarray(fitted.predict(scores), np.float64)


def plain_logistic(raw: Reals, correct: Flags) -> Map:
    """scikit-learn's logistic regression over the logit, without a penalty."""
    if correct.all() or not correct.any():
        return lambda scores: np.full(len(scores), correct.mean())
    fitted = LogisticRegression(C=1e9).fit(logit(raw)[:, None], correct)
    return lambda scores: expit(fitted.coef_[0, 0] * logit(scores) + fitted.intercept_[0])


def binned(raw: Reals, correct: Flags) -> Map:
    """Ten bins of equal width, each with its share; empty ones keep the middle of the bin."""
    place = np.minimum((raw * 10).astype(np.int64), 9)
    n, right = np.bincount(place, minlength=10), np.bincount(place, correct, 10)
    share = np.divide(right, n, out=np.arange(0.05, 1, 0.1), where=n > 0)
    return lambda scores: share[np.minimum((scores * 10).astype(np.int64), 9)]


WAYS = {
    "raw scores": raw_scores,
    "ours": ours,
    "isotonic (scikit-learn)": plain_isotonic,
    "logistic (scikit-learn)": plain_logistic,
    "ten bins": binned,
}


def main() -> int:
    """Measure errors, order, time and the bound; print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="a tenth of the draws")
    draws = 20 if parser.parse_args().short else 200
    errors = {
        name: [_error(name, n, draws) for n in SIZES] for name in track(WAYS, "maps", console=Console(stderr=True))
    }
    _show(errors)
    print(f"a map of {len(_example().raw)} knots costs a device {_microseconds():.1f} us for 100 detections")
    broken = _broken(draws * 5)
    print(f"risk bound {AT_MOST} with confidence {CONFIDENCE}: broken in {broken:.1%} of {draws * 5} draws")
    worse = any(mine > raw for mine, raw in zip(errors["ours"], errors["raw scores"], strict=True))
    return int(worse or broken > 1 - CONFIDENCE)


def _error(name: str, n: int, draws: int) -> float:
    """Mean distance of what a map says from what is true, over draws and detectors."""
    found = []
    for chance in DETECTORS.values():
        for seed in range(draws):
            dice = np.random.default_rng(seed)
            raw = np.clip(dice.beta(0.7, 0.7, n), 0.001, 0.999)
            said = WAYS[name](raw, dice.random(n) < chance(raw))(_scores())
            found.append(np.abs(said - chance(_scores())).mean())
    return float(np.mean(found))


def _scores() -> Reals:
    """Scores as they come, evenly over their distribution."""
    return np.clip(np.quantile(np.random.default_rng(0).beta(0.7, 0.7, 100_000), GRID), 0.001, 0.999)


def _order_kept(name: str) -> float:
    dice = np.random.default_rng(0)
    raw = np.clip(dice.beta(0.7, 0.7, 500), 0.001, 0.999)
    said = WAYS[name](raw, dice.random(500) < overconfident(raw))(GRID)
    return float((np.diff(said.astype(np.float32)) > 0).mean())


def _example() -> ScoreMap:
    dice = np.random.default_rng(0)
    raw = dice.beta(0.7, 0.7, 3000)
    fitted = fit(raw, dice.random(3000) < overconfident(raw), MINIMUMS)
    return ScoreMap(fitted.raw, fitted.calibrated)


def _microseconds() -> float:
    score_map, scores = _example(), np.random.default_rng(1).random(100).astype(np.float32)
    begun = time.perf_counter()
    for _ in range(2000):
        score_map.apply(scores)
    return (time.perf_counter() - begun) / 2000 * 1e6


def _broken(draws: int) -> float:
    """How often the true missed share at the chosen cut is above the bound."""
    world = _scenes(10**6, 20_000)
    kept = np.stack([np.bincount(world.group[world.score >= cut], minlength=world.groups) for cut in CUTS])
    truths = np.bincount(world.truth_group, minlength=world.groups)
    risk = dict(zip(CUTS.tolist(), (1 - kept / truths).mean(axis=1).tolist(), strict=True))
    seeds = track(range(draws), "bound", console=Console(stderr=True))
    chosen = (control(_scenes(seed, GROUPS), "missed-share", AT_MOST, CONFIDENCE, CUTS) for seed in seeds)
    return float(np.mean([one.holds and risk[one.cut] > AT_MOST for one in chosen]))


def _scenes(seed: int, groups: int) -> Evidence:
    """Objects of scenes that are hard or easy as a whole, each found with some score."""
    dice = np.random.default_rng(seed)
    objects = dice.integers(1, 40, groups)
    owner = np.repeat(np.arange(groups), objects)
    score = np.clip(dice.beta(6, 2, len(owner)) + dice.normal(0, 0.12, groups)[owner], 0, 1)
    order = np.argsort(-score, kind="stable")
    return Evidence(score[order], np.ones(len(owner), np.bool_), owner[order], owner, groups * 4, groups)


def _show(errors: dict[str, list[float]]) -> None:
    table = Table(
        "map", *(f"{n}" for n in SIZES), "order kept", title="mean distance from the truth, by detections fitted on"
    )
    for name, row in errors.items():
        ratios = (f"{e:.4f} ({e / raw:.2f})" for e, raw in zip(row, errors["raw scores"], strict=True))
        table.add_row(name, *ratios, f"{_order_kept(name):.0%}")
    Console(width=130).print(table)


if __name__ == "__main__":
    sys.exit(main())
