"""Drift readings against hand values, published figures and simulated fields."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from detection.rules.field.drift import Answer, Baseline, Bounds, Counts, Tally, alarms, noise, psi, watch

HISTOGRAMS = arrays.arrays(np.int64, 8, elements=st.integers(0, 1000)).filter(lambda counts: counts.sum() > 0)
BOUNDS = Bounds(psi_warning=0.1, psi_alarm=0.25, minimum_frames=40, minimum_samples={"score": 100}, breaches_to_alarm=2)


def test_the_published_bucket_contributes_what_was_published() -> None:
    """A bucket that goes from 0.20 to 0.30 adds 0.0405."""
    reference, window = np.array([20, 80, 0]), np.array([30, 70, 0])
    other_bucket = (0.7 - 0.8) * log(0.7 / 0.8)
    assert float(psi(reference, window)) - other_bucket == pytest.approx(0.0405, abs=5e-5)


@given(HISTOGRAMS, HISTOGRAMS)
def test_swapping_the_sides_changes_nothing_and_no_value_is_negative_or_endless(
    reference: Counts, window: Counts
) -> None:
    """A distance: symmetric, finite, 0 and up, whatever bins are empty."""
    assert 0 <= float(psi(reference, window)) == pytest.approx(float(psi(window, reference)))
    assert np.isfinite(psi(reference, window))


@given(HISTOGRAMS)
def test_equal_shares_are_no_distance(counts: Counts) -> None:
    """Ten times the frames of the same world are the same world."""
    assert float(psi(counts, counts * 10)) == pytest.approx(0, abs=1e-12)


@given(HISTOGRAMS, st.integers(1, 1000), st.sampled_from([0, 7]))
def test_mass_outside_the_reference_is_never_lost(reference: Counts, moved: int, end: int) -> None:
    """The more of a window lies in an end that the reference never met, the further away it is."""
    reference = reference.copy()
    reference[3] += 1
    reference[end] = 0
    window = reference * 2
    less, more = window.copy(), window.copy()
    less[end] += moved
    more[end] += 2 * moved
    assert 0 < float(psi(reference, less)) < float(psi(reference, more))


def test_half_of_all_values_out_of_range_is_an_enormous_change() -> None:
    """Closed edges made this 0.021 and called it stable."""
    reference = np.array([0, 250, 250, 250, 250, 0, 0])
    window = np.array([0, 125, 125, 125, 125, 500, 0])
    assert float(psi(reference, window)) > 2


def test_a_window_of_two_scenes_is_noisier_than_one_of_two_hundred() -> None:
    """The bound of a small window must be wider, or it cries wolf."""
    scenes = _scenes(40, centre=4.0, seed=1)
    assert noise(scenes, scenes, 2) > 3 * noise(scenes, scenes, 200)


def test_frames_of_one_scene_are_not_independent_evidence() -> None:
    """The same frames, grouped in scenes that hang together, must widen the bound."""
    dice = np.random.default_rng(3)
    loose = dice.multinomial(10, np.full(8, 1 / 8), 40)
    together = np.eye(8, dtype=np.int64)[dice.integers(0, 8, 40)] * 10
    assert noise(together, together, 10) > 5 * noise(loose, loose, 10)


def test_few_windows_of_an_unchanged_world_exceed_their_bound() -> None:
    """The 99th percentile must hold for windows the reference has never seen, even from a baseline of 17 scenes."""
    breaches = 0
    for seed in range(200):
        scenes, fleet = _scenes(17, 4.0, 3 * seed), _scenes(50, 4.0, 3 * seed + 1)
        window = _scenes(15, 4.0, 3 * seed + 2).sum(axis=0)
        breaches += float(psi(scenes.sum(axis=0), window)) > noise(scenes, fleet, 15)
    assert breaches <= 8


@pytest.mark.parametrize("seed", range(5))
def test_a_season_without_change_stays_quiet(seed: int) -> None:
    """Many windows of the very world that was validated: no alarm, though frames of a scene hang together."""
    reference, windows = _tally(40, 0, seed, ("a", "b")), _windows(12, 0.0, 100 + seed, ("a", "b"))
    assert alarms(watch(reference, windows, BOUNDS)) == ()


def test_a_world_that_has_moved_raises_the_alarm_once_it_lasts() -> None:
    """One breach is a bad hour; the second in a row is an alarm, stamped with its own begin."""
    reference = _tally(40, 0, 5, ("a", "b"))
    quiet, moved = _windows(2, 0.0, 11, ("a",)), _windows(3, 3.0, 9, ("a",), first=2)
    [standing] = watch(reference, _together(quiet, moved), BOUNDS)
    assert [r.answer for r in standing.readings[2:]] == [Answer.BREACH] * 3
    assert standing.alarmed_at_s == 3 * 3600


def test_one_breach_alone_raises_nothing() -> None:
    """An alarm needs as many windows in a row as the spec says."""
    windows = _together(_windows(2, 0.0, 11, ("a",)), _windows(1, 3.0, 9, ("a",), first=2))
    [standing] = watch(_tally(40, 0, 5, ("a",)), windows, BOUNDS)
    assert standing.readings[-1].answer is Answer.BREACH
    assert not standing.alarm


def test_a_small_window_says_so_and_breaks_no_row() -> None:
    """Too few samples are an answer of their own: neither a breach nor an all-clear."""
    moved = _windows(3, 3.0, 9, ("a",))
    frames = moved.frames.copy()
    frames[1] = BOUNDS.minimum_frames - 1
    [standing] = watch(_tally(40, 0, 5, ("a",)), Tally(moved.camera, moved.begins_s, frames, moved.counts), BOUNDS)
    assert [r.answer for r in standing.readings] == [Answer.BREACH, Answer.TOO_FEW, Answer.BREACH]
    assert np.isnan(standing.readings[1].psi)
    assert standing.alarmed_at_s == 2 * 3600


def test_few_detections_are_too_few_though_the_frames_suffice() -> None:
    """An empty belt is no evidence about scores."""
    windows = _windows(2, 0.0, 1, ("a",))
    none = Tally(windows.camera, windows.begins_s, windows.frames, {"score": windows.counts["score"] * 0})
    [standing] = watch(_tally(40, 0, 5, ("a",)), none, BOUNDS)
    assert {r.answer for r in standing.readings} == {Answer.TOO_FEW}


def test_a_camera_without_a_baseline_is_compared_with_the_fleet_and_only_warns() -> None:
    """A new camera differs from the others by nature: nobody is called at night for it."""
    [standing] = watch(_tally(40, 0, 5, ("a", "b")), _windows(4, 3.0, 9, ("new",)), BOUNDS)
    assert standing.baseline is Baseline.FLEET
    assert not standing.alarm
    assert {r.answer for r in standing.readings} == {Answer.WARNING}


def test_an_empty_reference_knows_nothing() -> None:
    """Without one scene to compare with, every window has too few samples."""
    [standing] = watch(_tally(0, 0, 7, ("a",)), _windows(2, 0.0, 9, ("a",)), BOUNDS)
    assert {r.answer for r in standing.readings} == {Answer.TOO_FEW}


def test_the_same_seed_gives_the_same_bound() -> None:
    """A decision can be replayed."""
    scenes = _scenes(20, 4.0, 1)
    assert noise(scenes, scenes, 7, seed=5) == noise(scenes, scenes, 7, seed=5)


def _scenes(number: int, centre: float, seed: int) -> Counts:
    """``(number, 10)`` scenes of 10 frames; each hangs around a level of its own."""
    dice = np.random.default_rng(seed)
    levels = dice.normal(centre, 1.0, (number, 1)) + dice.normal(0, 0.3, (number, 10))
    bins = np.clip(np.round(levels), 0, 8).astype(np.int64)
    counts = np.zeros((number, 10), np.int64)
    np.add.at(counts, (np.repeat(np.arange(number), 10), bins.ravel()), 1)
    return counts


def _tally(scenes: int, shift: float, seed: int, cameras: tuple[str, ...]) -> Tally:
    counts = np.concatenate([_scenes(scenes, 4.0 + shift, seed + 1000 * i) for i in range(len(cameras))])
    names = np.repeat(np.array(cameras, dtype=object), scenes)
    return Tally(names, np.zeros(len(names), np.int64), np.full(len(names), 10), {"score": counts})


def _windows(number: int, shift: float, seed: int, cameras: tuple[str, ...], first: int = 0) -> Tally:
    """``number`` hourly windows of 50 scenes for every camera."""
    scenes = _tally(50 * number, shift, seed, cameras)
    counts = scenes.counts["score"].reshape(len(cameras) * number, 50, -1).sum(axis=1)
    begins = np.tile(3600 * np.arange(first, first + number), len(cameras))
    camera = np.repeat(np.array(cameras, dtype=object), number)
    return Tally(camera, begins, np.full(len(camera), 500), {"score": counts})


def _together(one: Tally, other: Tally) -> Tally:
    return Tally(
        np.concatenate([one.camera, other.camera]),
        np.concatenate([one.begins_s, other.begins_s]),
        np.concatenate([one.frames, other.frames]),
        {"score": np.concatenate([one.counts["score"], other.counts["score"]])},
    )
