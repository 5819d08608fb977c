"""The practice world: deterministic, and its truth exact."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from detection.scenes.seasons import stable_on, winter_with_crates
from detection.scenes.warehouse import Picture, Shot, Truth, World, labelled, plan, render

WORLD = World(seed=7)


def some(world: World, count: int) -> list[Shot]:
    shots = plan(world, 480)
    return [shots[i] for i in np.linspace(0, len(shots) - 1, count).astype(int)]


@pytest.fixture(scope="module")
def pictures() -> list[Picture]:
    return [render(WORLD, shot) for shot in some(WORLD, 40)]


def digest(world: World, shot: Shot) -> str:
    picture = render(world, shot)
    return hashlib.sha256(picture.pixels.tobytes() + picture.truth.boxes.tobytes()).hexdigest()


def test_the_same_shot_is_the_same_bytes_in_any_order() -> None:
    shots = some(WORLD, 6)
    forward = [digest(WORLD, shot) for shot in shots]
    assert [digest(WORLD, shot) for shot in reversed(shots)] == forward[::-1]
    assert len(set(forward)) == 6


def test_another_process_renders_the_same_bytes() -> None:
    """Collecting runs in several processes; hashes of strings differ between them, ours may not."""
    shot = some(WORLD, 5)[2]
    program = (
        "from tests.scenes.test_warehouse import WORLD, digest, some\n"
        "print(digest(WORLD, some(WORLD, 5)[2]))"
    )  # fmt: skip
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == digest(WORLD, shot)


def test_another_seed_and_another_day_show_other_frames() -> None:
    shot = some(WORLD, 5)[2]
    others = [World(seed=8), replace(WORLD, season=stable_on(date(2026, 7, 1)))]
    assert len({digest(world, shot) for world in [WORLD, *others]}) == 3


def test_boxes_lie_in_the_frame_and_have_an_area(pictures: list[Picture]) -> None:
    for picture in pictures:
        boxes = picture.truth.boxes
        assert (boxes >= 0).all()
        assert (boxes <= [320, 256, 320, 256]).all()
        assert (boxes[:, 2:] > boxes[:, :2]).all()


def test_truncated_means_the_box_ends_at_the_border(pictures: list[Picture]) -> None:
    for picture in pictures:
        boxes, cut = picture.truth.boxes, picture.truth.truncated
        at_border = (boxes == 0) | (boxes == [320, 256, 320, 256])
        assert at_border.any(axis=1)[cut].all()


def test_what_nothing_hides_is_wholly_visible(pictures: list[Picture]) -> None:
    """Most parcels stand free: their visible share must come out as one, not as ninety-odd in a hundred."""
    shares = np.concatenate([p.truth.visible_share[~p.truth.truncated] for p in pictures])
    assert (shares > 0.96).mean() > 0.5
    assert shares.min() >= 0


def test_frames_hold_what_a_detector_can_learn_from(pictures: list[Picture]) -> None:
    kept = [picture.truth.take(labelled(picture.truth, 6, 0.25)) for picture in pictures]
    counts = [len(truth) for truth in kept]
    longer = np.concatenate([(t.boxes[:, 2:] - t.boxes[:, :2]).max(axis=1) for t in kept])
    assert 4 <= np.mean(counts) <= 9
    assert np.percentile(longer, 10) > 25
    assert np.percentile(longer, 90) < 100
    assert {str(label) for truth in kept for label in truth.labels} == {"box", "polybag", "tube"}


def test_dusk_is_dark_but_not_black_and_bright_is_not_white() -> None:
    means: dict[str, list[float]] = {}
    few = World(seed=7, cameras=4)
    for shot in some(few, 40):
        means.setdefault(shot.lighting, []).append(float(render(few, shot).pixels.mean()))
    level = {lighting: float(np.mean(values)) for lighting, values in means.items()}
    assert 30 < level["dusk"] < level["dim"] < level["normal"] < level["bright"] < 170


def test_winter_is_darker_and_brings_crates() -> None:
    winter = replace(WORLD, season=winter_with_crates())
    stable_level = np.mean([render(WORLD, shot).pixels.mean() for shot in some(WORLD, 12)])
    frames = [render(winter, shot) for shot in some(winter, 12)]
    assert np.mean([frame.pixels.mean() for frame in frames]) < 0.8 * stable_level
    assert any("crate" in frame.truth.labels for frame in frames)


@pytest.mark.parametrize(("width", "height"), [(33, 27), (64, 200), (640, 512)], ids=["tiny", "portrait", "large"])
def test_any_size_renders(width: int, height: int) -> None:
    picture = render(World(seed=7, width=width, height=height), some(WORLD, 3)[1])
    assert picture.pixels.shape == (height, width, 3)
    assert picture.pixels.dtype == np.uint8


def test_truth_scales_with_the_frame() -> None:
    shot = some(WORLD, 9)[4]
    small, large = render(WORLD, shot).truth, render(replace(WORLD, width=640, height=512), shot).truth
    common = min(len(small), len(large))
    assert common > 0
    assert 2 * small.boxes[:common] == pytest.approx(large.boxes[:common], abs=0.05)


def test_the_labelling_rule_drops_the_small_and_the_hidden() -> None:
    boxes = np.array([(0, 0, 50, 50), (0, 0, 50, 5), (0, 0, 50, 50), (0, 0, 6, 6)], np.float32)
    shares = np.array([1, 1, 0.2, 0.25], np.float32)
    truth = Truth(boxes, np.array(["box"] * 4, object), shares, np.zeros(4, bool))
    assert labelled(truth, 6, 0.25).tolist() == [True, False, False, True]


def test_the_labelling_rule_takes_an_empty_frame() -> None:
    nothing = Truth(np.zeros((0, 4), np.float32), np.zeros(0, object), np.zeros(0, np.float32), np.zeros(0, bool))
    assert labelled(nothing, 6, 0.25).shape == (0,)
