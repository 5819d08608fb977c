"""What is new in a frame: by the colours of its newest part, as a rank among the known frames."""

from __future__ import annotations

import cv2
import numpy as np

from detection.edge.vision.frames import Image
from detection.outside.queues.appearance import known_of, parts_of


def frame(seed: int, patch: tuple[int, int, int] | None = None) -> Image:
    """A noisy brown floor with boxes; and perhaps one patch of another colour, a sixtieth of the frame."""
    dice = np.random.default_rng(seed)
    image = np.clip(dice.normal((90, 110, 130), 12, (256, 320, 3)), 0, 255).astype(np.uint8)
    for x, y in dice.integers(0, 200, (4, 2)).tolist():
        cv2.rectangle(image, (x, y), (x + 50, y + 40), (70, 120, 170), -1)
    if patch is not None:
        cv2.rectangle(image, (220, 60), (260, 94), patch, -1)
    return image


def test_a_part_is_described_by_shares_that_sum_to_one() -> None:
    parts = parts_of(frame(1))
    assert parts.shape == (63, 64)
    assert np.allclose((parts**2).sum(axis=1), 1, atol=1e-5)


def test_size_and_shape_of_a_frame_do_not_matter() -> None:
    for size in ((1, 1), (1920, 1080), (33, 700)):
        assert parts_of(cv2.resize(frame(1), size).astype(np.uint8)).shape == (63, 64)


def test_a_colour_that_nobody_has_seen_is_new_and_another_day_is_not() -> None:
    known = known_of([parts_of(frame(seed)) for seed in range(40)], [str(seed // 2) for seed in range(40)])
    assert known is not None
    assert known.novelty(parts_of(frame(99, patch=(200, 60, 30)))) == 1.0
    assert np.median([known.novelty(parts_of(frame(seed))) for seed in range(100, 110)]) < 0.9


def test_frames_of_one_scene_say_nothing_of_others() -> None:
    """Each would be held against itself."""
    assert known_of([parts_of(frame(1)), parts_of(frame(2))], ["a", "a"]) is None
    assert known_of([], []) is None


def test_the_same_known_frames_give_the_same_ranks() -> None:
    parts, scenes = [parts_of(frame(seed)) for seed in range(6)], list("aabbcc")
    first, again = known_of(parts, scenes), known_of(parts, scenes)
    assert first is not None
    assert again is not None
    assert np.array_equal(first.ranks, again.ranks)
