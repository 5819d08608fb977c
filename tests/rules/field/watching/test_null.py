"""Bands of chance: narrow where much is known, wide where little is, and kept by what comes next."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, betabinom

from detection.rules.field.watching import null
from detection.rules.field.watching.distances import js, psi
from detection.rules.field.watching.sheets import Layout
from detection.rules.field.watching.tally import Tally
from tests.examples_drift import scenes

SURE = 0.999
SHARE_OF_SEVEN = 0.525
NOTHING = np.zeros(0, np.int64)
LAYOUT = Layout.of(Tally(NOTHING.astype(object), NOTHING, NOTHING, {"x": np.zeros((0, 10), np.int64)}))


def bands(number: int = 40, seed: int = 1) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """PSI bands by level, of the one signal."""
    return null.of_scenes(scenes(number, 4.0, seed).astype(np.float32), LAYOUT, SURE, 0)[0][:, 0]


def test_a_larger_window_has_a_narrower_band() -> None:
    """The bound of a small window must be wider, or it cries wolf."""
    assert bands()[0] > 3 * bands()[7]
    assert (np.diff(bands()[4:]) <= 0).all()


def test_frames_of_one_scene_are_not_independent_evidence() -> None:
    """The same frames, grouped in scenes that hang together, must widen the band."""
    dice = np.random.default_rng(3)
    loose = dice.multinomial(10, [1 / 8] * 8 + [0, 0], 40).astype(np.float32)
    together = (np.eye(10)[dice.integers(0, 8, 40)] * 10).astype(np.float32)
    assert null.of_scenes(together, LAYOUT, SURE, 0)[0][3, 0] > 5 * null.of_scenes(loose, LAYOUT, SURE, 0)[0][3, 0]


def test_few_windows_of_an_unchanged_world_exceed_their_band() -> None:
    """It must hold for windows the baseline has never seen, even from 17 scenes: at most 1 in 100 here."""
    above = 0
    for seed in range(200):
        baseline, window = scenes(17, 4.0, 3 * seed), scenes(16, 4.0, 3 * seed + 2).sum(axis=0)
        [band] = null.of_scenes(baseline.astype(np.float32), LAYOUT, SURE, 0)[0][4]
        above += float(psi(baseline.sum(axis=0), window)) > band
    assert above <= 2


@pytest.mark.parametrize("number", [0, 1, 4])
def test_too_few_scenes_or_cameras_bound_nothing(number: int) -> None:
    """Nothing can exceed what is not known."""
    assert np.isinf(null.of_scenes(scenes(number, 4.0, 1).astype(np.float32), LAYOUT, SURE, 0)[0]).all()
    assert np.isinf(null.of_cameras(scenes(number, 4.0, 1).astype(np.float32), LAYOUT, SURE)[0]).all()


def test_cameras_that_differ_widen_the_fleets_band() -> None:
    """A camera that nobody knows is allowed what sets the known ones apart."""
    dice = np.random.default_rng(0)
    alike = np.stack([scenes(50, 4.0, seed).sum(axis=0) for seed in range(10)])
    unlike = np.stack([scenes(50, 4.0 + dice.normal(0, 1), seed).sum(axis=0) for seed in range(10)])
    one, other = (null.of_cameras(rows.astype(np.float32), LAYOUT, SURE)[0][0] for rows in (alike, unlike))
    assert other > 3 * one


def test_the_next_value_of_cubes_of_normals_stays_below_its_bound() -> None:
    """The bound is a prediction from few values: 99.9 %, whatever they were."""
    dice = np.random.default_rng(1)
    values = (2 + dice.normal(0, 0.3, (8, 20_000))) ** 3
    following = (2 + dice.normal(0, 0.3, 20_000)) ** 3
    assert np.mean(following > null.beyond_chance(values, 8, SURE)) == pytest.approx(0.001, abs=0.001)


def floor(known: float, window: float, frames: float = 6.0) -> tuple[float, float]:
    """PSI and JS of what may come unseen; every scene has so many frames and is one observation."""
    [far], [bits] = null.unseen(np.array([known]), np.array([window]), np.array([frames * known]), SURE)
    return float(far), float(bits)


def test_scenes_that_were_all_alike_leave_room_for_one_that_is_not() -> None:
    """Seven scenes of one kind and no spread: the eighth is another with 1 in 16, so no single scene is beyond chance.

    A window of many may hold 53 % of another kind: the upper end of Jeffreys' interval for none of seven.
    """
    assert floor(7, 1)[0] == pytest.approx(float(psi(np.array([42, 0]), np.array([0, 6]))))
    share = float(beta.ppf(SURE, 0.5, 7.5))
    assert share == pytest.approx(SHARE_OF_SEVEN, abs=0.001)
    many = 6 * 2048 * np.array([1 - share, share])
    assert floor(7, 2048)[0] == pytest.approx(float(psi(np.array([42.0, 0.0]), many)), rel=0.01)
    assert floor(7, 2048)[1] == pytest.approx(float(js(np.array([42.0, 0.0]), many)), rel=0.01)


def test_a_scene_is_one_observation_or_as_many_as_it_has_frames() -> None:
    """All in one bin: nobody knows, so one. Ten frames that were drawn anew each time: nearly ten. All as one: one."""
    dice = np.random.default_rng(3)
    loose = dice.multinomial(10, [1 / 8] * 8 + [0, 0], 40).astype(np.float32)
    together = (np.eye(10)[dice.integers(0, 8, 40)] * 10).astype(np.float32)
    alike = np.zeros((7, 10), np.float32)
    alike[:, 4] = 6
    assert null.independent(alike, LAYOUT).tolist() == [1.0]
    assert null.independent(loose, LAYOUT)[0] == pytest.approx(10, rel=0.1)
    assert null.independent(together, LAYOUT)[0] == pytest.approx(1, rel=0.1)


@pytest.mark.parametrize("known", [7, 60, 300])
@pytest.mark.parametrize("window", [8, 64, 2048])
def test_the_beta_of_the_same_moments_is_at_least_the_exact_share(known: int, window: int) -> None:
    """Against scipy's beta-binomial, a step function and a thousand times slower: at most one scene in seven more."""
    exact = float(betabinom.ppf(SURE, window, 0.5, known + 0.5)) / window
    least, most = (
        float(js(np.array([1.0, 0.0]), np.array([1 - share, share]))) for share in (exact - 1e-3, min(exact + 1 / 7, 1))
    )
    assert least <= floor(known, window)[1] <= most


@given(st.integers(5, 60), st.lists(st.integers(0, 9), min_size=1, max_size=4), st.integers(0, 99))
def test_no_band_of_scenes_is_ever_without_width(number: int, bins: list[int], seed: int) -> None:
    """However alike scenes were, and whatever size a window has: at most one in the baseline's size stays unseen."""
    counts = np.zeros((number, 10), np.float32)
    counts[np.arange(number), np.random.default_rng(seed).choice(bins, number)] = 6
    psi_band, js_band = null.of_scenes(counts, LAYOUT, SURE, seed)
    assert (psi_band > 1 / (6 * number)).all()
    assert (js_band > 0).all()


@pytest.mark.parametrize("rare", [0.02, 0.05, 0.1, 0.2])
def test_a_kind_of_scene_that_did_not_happen_to_come_is_no_drift(rare: float) -> None:
    """Seven scenes are drawn from a world that has two kinds; windows of eight from the same world stay inside."""
    dice = np.random.default_rng(1)
    before, after = dice.binomial(7, rare, 20_000), dice.binomial(8, rare, 20_000)
    beyond = psi(np.array([42.0, 0.0]), 6.0 * np.stack([8 - after, after], axis=1)) > floor(7, 8)[0]
    assert np.count_nonzero(before == 0) > 1_000
    assert np.mean((before == 0) & beyond) <= 0.001


def test_what_many_scenes_never_showed_is_beyond_chance_when_it_comes() -> None:
    """The floor closes with knowledge, or nothing would ever be found."""
    far = [floor(number, 256)[0] for number in (7, 20, 60, 300, 512)]
    assert far == sorted(far, reverse=True)
    assert far[-1] < 0.25 < far[0]
