"""Bands of chance: narrow where much is known, wide where little is, and kept by what comes next."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.field.watching import null
from detection.rules.field.watching.distances import psi
from detection.rules.field.watching.sheets import Layout
from detection.rules.field.watching.tally import Tally
from tests.examples_drift import scenes

NOTHING = np.zeros(0, np.int64)
LAYOUT = Layout.of(Tally(NOTHING.astype(object), NOTHING, NOTHING, {"x": np.zeros((0, 10), np.int64)}))


def bands(number: int = 40, seed: int = 1) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """PSI bands by level, of the one signal."""
    return null.of_scenes(scenes(number, 4.0, seed).astype(np.float32), LAYOUT, 0)[0][:, 0]


def test_a_larger_window_has_a_narrower_band() -> None:
    """The bound of a small window must be wider, or it cries wolf."""
    assert bands()[0] > 3 * bands()[7]
    assert (np.diff(bands()[4:]) <= 0).all()


def test_frames_of_one_scene_are_not_independent_evidence() -> None:
    """The same frames, grouped in scenes that hang together, must widen the band."""
    dice = np.random.default_rng(3)
    loose = dice.multinomial(10, [1 / 8] * 8 + [0, 0], 40).astype(np.float32)
    together = (np.eye(10)[dice.integers(0, 8, 40)] * 10).astype(np.float32)
    assert null.of_scenes(together, LAYOUT, 0)[0][3, 0] > 5 * null.of_scenes(loose, LAYOUT, 0)[0][3, 0]


def test_few_windows_of_an_unchanged_world_exceed_their_band() -> None:
    """It must hold for windows the baseline has never seen, even from 17 scenes: at most 1 in 100 here."""
    above = 0
    for seed in range(200):
        baseline, window = scenes(17, 4.0, 3 * seed), scenes(16, 4.0, 3 * seed + 2).sum(axis=0)
        [band] = null.of_scenes(baseline.astype(np.float32), LAYOUT, 0)[0][4]
        above += float(psi(baseline.sum(axis=0), window)) > band
    assert above <= 2


@pytest.mark.parametrize("number", [0, 1, 4])
def test_too_few_scenes_or_cameras_bound_nothing(number: int) -> None:
    """Nothing can exceed what is not known."""
    assert np.isinf(null.of_scenes(scenes(number, 4.0, 1).astype(np.float32), LAYOUT, 0)[0]).all()
    assert np.isinf(null.of_cameras(scenes(number, 4.0, 1).astype(np.float32), LAYOUT)[0]).all()


def test_cameras_that_differ_widen_the_fleets_band() -> None:
    """A camera that nobody knows is allowed what sets the known ones apart."""
    dice = np.random.default_rng(0)
    alike = np.stack([scenes(50, 4.0, seed).sum(axis=0) for seed in range(10)])
    unlike = np.stack([scenes(50, 4.0 + dice.normal(0, 1), seed).sum(axis=0) for seed in range(10)])
    one, other = (null.of_cameras(rows.astype(np.float32), LAYOUT)[0][0] for rows in (alike, unlike))
    assert other > 3 * one


def test_the_next_value_of_cubes_of_normals_stays_below_its_bound() -> None:
    """The bound is a prediction from few values: 99.9 %, whatever they were."""
    dice = np.random.default_rng(1)
    values = (2 + dice.normal(0, 0.3, (8, 20_000))) ** 3
    following = (2 + dice.normal(0, 0.3, 20_000)) ** 3
    assert np.mean(following > null.beyond_chance(values, 8)) == pytest.approx(0.001, abs=0.001)
