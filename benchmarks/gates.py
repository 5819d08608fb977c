"""Do the gate's bounds keep what they promise? Simulated trials on grouped data, beside the usual ways.

    python -m benchmarks.gates [--short]

Groups of 5 to 60 boxes have shares of their own (from a beta distribution, or logit-normal, which the model does not
assume). False PASS: how often a one-sided 95 % bound proves a share that is the true one; at most 6 % is allowed.
Coverage: how often a two-sided 95 % interval holds the true share; 93 to 97 % is wanted. Then rates of false
detections, and whether the power foretold is the power met. Every share of trials is known to about half a point (2,000
trials), so the run ends with status 1 if a figure of ours is beyond its limit by more than twice its own error.
``--short`` takes 400 trials of fewer worlds.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from statistics import NormalDist

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scipy.optimize import brentq
from scipy.special import expit, stdtrit

from detection.rules.judging.gates.luck import Demand, Dice, pass_rate
from detection.rules.judging.intervals import (
    Interval,
    draw_groups,
    interval,
    rate_bounds,
    share_bounds,
)
from detection.rules.judging.matching import Integers, Reals

SIZES = 5, 60
CONFIDENCE = 0.95
FALSE_PASS = 0.06
COVERAGE = 0.93, 0.97
POWER_GAP = 0.03
RESAMPLES = 400


@dataclass(frozen=True, slots=True)
class World:
    """Groups of unequal size whose shares differ; the mean of all is ``share``."""

    kind: str
    groups: int
    share: float
    effect: float

    @property
    def likeness(self) -> float:
        """Intraclass correlation that gives the design effect with these sizes."""
        sizes = np.arange(SIZES[0], SIZES[1] + 1)
        return float((self.effect - 1) / ((sizes**2).sum() / sizes.sum() - 1))

    def draw(self, trials: int, seed: int) -> tuple[Integers, Integers]:
        """Successes and observations, ``(trials, groups)`` each."""
        dice = np.random.default_rng(seed)
        n = dice.integers(SIZES[0], SIZES[1] + 1, (trials, self.groups))
        strength = 1 / self.likeness - 1
        if self.kind == "beta":
            shares = dice.beta(self.share * strength, (1 - self.share) * strength, n.shape)
        else:
            shares = _logit_normal(self.share, self.likeness, dice.standard_normal(n.shape))
        return dice.binomial(n, shares), n


@dataclass(frozen=True, slots=True)
class Kept:
    """Of one way in one world: shares of trials, and milliseconds of one bound."""

    false_pass: float
    coverage: float
    cost_ms: float


Way = Callable[[Integers, Integers, int], Interval]
"""Successes and observations of each group, and one or two sides."""


def ours(successes: Integers, n: Integers, sides: int) -> Interval:
    """Posterior of the beta-binomial model."""
    bounds = share_bounds(successes, n, CONFIDENCE, 1 if sides == 1 else 2)
    assert bounds is not None  # every group has observations
    return Interval(bounds.lower, bounds.upper, CONFIDENCE, len(n))


def wilson(successes: Integers, n: Integers, sides: int) -> Interval:
    """Every box taken as independent."""
    return _score_interval(successes.sum() / n.sum(), float(n.sum()), 1 - (1 - CONFIDENCE) / sides, len(n))


def korn_graubard(successes: Integers, n: Integers, sides: int) -> Interval:
    """The score interval at the estimated effective n, with Student's t."""
    groups, total = len(n), n.sum()
    share = successes.sum() / total
    spread = groups / (groups - 1) * ((successes - share * n) ** 2).sum() / total**2
    plain = share * (1 - share) / total
    effective = total / max(spread / plain, 1.0) if plain else float(total)
    level = NormalDist().cdf(stdtrit(groups - 1, 1 - (1 - CONFIDENCE) / sides))
    return _score_interval(share, effective, level, groups)


def drawn(successes: Integers, n: Integers, sides: int) -> Interval:
    """Groups drawn with repetition, percentiles widened for few groups."""
    draws = draw_groups(len(n), RESAMPLES, 0)
    found = interval(draws @ successes / (draws @ n), 0.5, CONFIDENCE, len(n), 1 if sides == 1 else 2)
    assert found is not None  # every draw holds a group
    return found


WAYS: dict[str, Way] = {
    "ours, beta-binomial": ours,
    "drawn groups, widened": drawn,
    "Korn-Graubard, t": korn_graubard,
    "Wilson, all independent": wilson,
}
OURS = "ours, beta-binomial"
RATES = "ours, rates (gamma-Poisson)"


def kept(way: Way, world: World, trials: int) -> Kept:
    """Repeat the trial."""
    successes, n = world.draw(trials, seed=0)
    begun = time.process_time()
    one = [way(x, m, 1).lower >= world.share for x, m in zip(successes, n, strict=True)]
    two = [way(x, m, 2) for x, m in zip(successes, n, strict=True)]
    cost = (time.process_time() - begun) / (2 * trials) * 1e3
    return Kept(float(np.mean(one)), float(np.mean([i.lower <= world.share <= i.upper for i in two])), cost)


def power_gaps(trials: int) -> Iterator[float]:
    """Power as foretold, less power met with the gate's own bounds in other draws."""
    for world in (
        World("beta", groups, bound, effect) for groups, bound, effect in product((8, 12), (0.75, 0.9), (3, 6))
    ):
        _, sizes = world.draw(1, seed=1)
        demand = Demand(sizes[0], world.share, CONFIDENCE, world.likeness)
        for truth in (world.share, (1 + world.share) / 2, (3 + world.share) / 4):
            told = pass_rate(demand, truth, Dice(4 * trials, 2))
            strength = 1 / world.likeness - 1
            dice = np.random.default_rng(3)
            shares = dice.beta(truth * strength, (1 - truth) * strength, (trials, len(demand.n)))
            met = [ours(x, demand.n, 1).lower >= world.share for x in dice.binomial(demand.n, shares)]
            yield told - float(np.mean(met))


def rates(trials: int) -> Iterator[Kept]:
    """False detections per background frame: 6 to 12 groups of 3 to 30 frames whose rates differ by half."""
    for groups, rate in product((6, 9, 12), (0.1, 0.5)):
        dice = np.random.default_rng(0)
        frames = dice.integers(3, 31, (trials, groups))
        events = dice.poisson(dice.gamma(4, rate / 4, frames.shape) * frames)
        begun = time.process_time()
        one = [rate_bounds(x, m, CONFIDENCE) for x, m in zip(events, frames, strict=True)]
        two = [rate_bounds(x, m, CONFIDENCE, 2) for x, m in zip(events, frames, strict=True)]
        cost = (time.process_time() - begun) / (2 * trials) * 1e3
        passed = float(np.mean([b is not None and b.upper <= rate for b in one]))
        yield Kept(passed, float(np.mean([b is not None and b.lower <= rate <= b.upper for b in two])), cost)


def main() -> int:
    """Simulate, print, compare with the limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="400 trials of fewer worlds")
    short = parser.parse_args().short
    trials = 400 if short else 2000
    shares = (0.7, 0.9, 0.98) if short else (0.7, 0.8, 0.9, 0.95, 0.98)
    axes = product(("beta",) if short else ("beta", "logit"), (6, 12) if short else (6, 9, 12), shares, (3.0, 6.0))
    worlds = [World(*axis) for axis in axes]
    found = {
        name: [kept(way, world, trials) for world in track(worlds, name, console=Console(stderr=True))]
        for name, way in WAYS.items()
    }
    found[RATES] = list(rates(trials))
    gaps = [abs(gap) for gap in power_gaps(trials)]
    _show(found, len(worlds), trials)
    _worst(worlds, found[OURS])
    print(
        f"power foretold and met: {max(gaps):.3f} apart at most, {np.mean(gaps):.3f} on average (at most {POWER_GAP})"
    )
    broken = any(_broken(found[name], trials) for name in (OURS, RATES))
    return int(broken or max(gaps) > POWER_GAP + 2 * math.sqrt(0.25 * 1.25 / trials))


def _broken(some: Sequence[Kept], trials: int) -> bool:
    """Beyond the limits by more than twice the error of the simulation; too wide on average is a fault as well."""
    noise = [2 * math.sqrt(limit * (1 - limit) / trials) for limit in (FALSE_PASS, COVERAGE[0])]
    passes = max(one.false_pass for one in some) > FALSE_PASS + noise[0]
    narrow = min(one.coverage for one in some) < COVERAGE[0] - noise[1]
    return passes or narrow or float(np.mean([one.coverage for one in some])) > COVERAGE[1]


def _show(found: dict[str, list[Kept]], worlds: int, trials: int) -> None:
    heads = ("way", "false PASS, mean", "worst", "coverage, mean", "lowest", "highest", "ms a bound")
    table = Table(*heads, title=f"{trials} trials of each of {worlds} worlds, design effects 3 and 6")
    for name, some in found.items():
        passes, covers = [one.false_pass for one in some], [one.coverage for one in some]
        figures = (np.mean(passes), max(passes), np.mean(covers), min(covers), max(covers))
        cost = float(np.mean([one.cost_ms for one in some]))
        table.add_row(name, *(f"{100 * figure:.1f} %" for figure in figures), f"{cost:.2f}")
    Console(width=110).print(table)


def _worst(worlds: Sequence[World], some: Sequence[Kept]) -> None:
    """The three worlds in which our coverage is farthest from 95 %."""
    far = sorted(zip(worlds, some, strict=True), key=lambda pair: -abs(pair[1].coverage - CONFIDENCE))[:3]
    for world, one in far:
        print(f"farthest: {world}: coverage {one.coverage:.3f}, false PASS {one.false_pass:.3f}")


def _score_interval(share: float, n: float, level: float, groups: int) -> Interval:
    """E. B. Wilson's, each end at one-sided ``level`` (Journal of the American Statistical Association 22 (1927))."""
    z = NormalDist().inv_cdf(level)
    centre = share + z**2 / (2 * n)
    margin = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low, high = ((centre + sign * margin) / (1 + z**2 / n) for sign in (-1, 1))
    return Interval(max(low, 0.0), min(high, 1.0), CONFIDENCE, groups)


def _logit_normal(share: float, likeness: float, normal: Reals) -> Reals:
    """Shares whose logits are normal, with that mean and that intraclass correlation."""
    steps = NormalDist()
    z = np.array([steps.inv_cdf((i + 0.5) / 4001) for i in range(4001)])

    def centre(width: float) -> float:
        return float(brentq(lambda m: expit(m + width * z).mean() - share, -30, 40))

    wanted = likeness * share * (1 - share)
    width = float(brentq(lambda w: expit(centre(w) + w * z).var() - wanted, 1e-3, 12))
    return np.asarray(expit(centre(width) + width * normal))


if __name__ == "__main__":
    sys.exit(main())
