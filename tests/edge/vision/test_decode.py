"""From raw output to boxes: floor, suppression, clipping, and nothing that is not a number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torchvision.ops import batched_nms, nms

from detection.edge.boxes import Detections
from detection.edge.settings import Settings
from detection.edge.vision.decode import FARTHEST_PX, Decoder, Raw, suppress
from detection.edge.vision.preprocess import Letterbox, placement

SETTINGS = Settings(suppression_iou=0.5, score_floor=0.2, maximum_detections=3)
SAME = placement(64, 64, 64, 64)


def raw(*anchors: tuple[float, ...]) -> Raw:
    """One row an anchor: centre x, centre y, width, height, then class scores."""
    return np.ascontiguousarray(np.array(anchors, np.float32).T[None])


def decode(output: Raw, where: Letterbox, settings: Settings) -> Detections:
    return Decoder(settings).decode(output, where)


def test_no_candidate_is_an_empty_frame() -> None:
    found = decode(raw((10, 10, 4, 4, 0.1, 0.1)), SAME, SETTINGS)
    assert found.boxes.shape == (0, 4)
    assert len(found) == 0


def test_the_best_class_gives_the_label_and_the_score() -> None:
    found = decode(raw((10, 20, 4, 8, 0.3, 0.75)), SAME, SETTINGS)
    assert found.boxes.tolist() == [[8, 16, 12, 24]]
    assert (found.labels.tolist(), found.scores.tolist()) == ([1], [0.75])


def test_a_score_on_the_floor_is_not_above_it() -> None:
    assert len(decode(raw((10, 10, 4, 4, 0.2)), SAME, SETTINGS)) == 0


def test_of_two_that_overlap_the_better_stays_unless_the_class_differs() -> None:
    found = decode(raw((10, 10, 8, 8, 0.5, 0), (11, 10, 8, 8, 0.9, 0), (11, 10, 8, 8, 0, 0.6)), SAME, SETTINGS)
    assert found.scores.tolist() == pytest.approx([0.9, 0.6])
    assert found.labels.tolist() == [0, 1]


def test_across_classes_the_surer_of_two_in_one_place_stays() -> None:
    across = replace(SETTINGS, suppression_across_classes=True)
    found = decode(raw((10, 10, 8, 8, 0.9, 0.1), (11, 10, 8, 8, 0.2, 0.6), (40, 10, 8, 8, 0, 0.5)), SAME, across)
    assert found.labels.tolist() == [0, 1]
    assert found.scores.tolist() == pytest.approx([0.9, 0.5])


def test_a_box_that_lost_to_its_own_class_does_not_come_back_when_the_winner_loses_to_another() -> None:
    across = replace(SETTINGS, suppression_across_classes=True)
    surest, between, last = (10, 10, 8, 8, 0.9, 0), (12, 10, 8, 8, 0, 0.8), (14, 10, 8, 8, 0, 0.7)
    assert decode(raw(surest, between, last), SAME, across).scores.tolist() == pytest.approx([0.9])
    assert decode(raw(surest, last), SAME, across).scores.tolist() == pytest.approx([0.9, 0.7])


def test_best_come_first_and_the_maximum_cuts_the_rest() -> None:
    far = [(8 * i + 4, 10, 4, 4, s) for i, s in enumerate((0.3, 0.9, 0.5, 0.7))]
    assert decode(raw(*far), SAME, SETTINGS).scores.tolist() == pytest.approx([0.9, 0.7, 0.5])


WHOLE = (50, 50, 4, 4, 0.5, 0)


@pytest.mark.parametrize(
    ("place", "bad"),
    [
        *((place, bad) for place in range(6) for bad in (np.nan, np.inf, -np.inf)),
        *((place, bad) for place in range(4) for bad in (-1.1 * FARTHEST_PX, 65504, 3e38)),
        *((place, bad) for place in (4, 5) for bad in (-0.1, 1.1, 3e38)),
    ],
)
@pytest.mark.parametrize("score", [0.9, 0.0], ids=["candidate", "no-candidate"])
def test_what_no_sound_model_says_is_counted_and_never_leaves(place: int, bad: float, score: float) -> None:
    """One such value in one anchor; the others are told as if that anchor were not there."""
    anchor = [20.0, 20.0, 8.0, 8.0, score, 0.1]
    anchor[place] = bad
    decoder = Decoder(SETTINGS)
    found = decoder.decode(raw(tuple(anchor), WHOLE), SAME)
    assert decoder.unsound == 1
    assert found.boxes.tolist() == decode(raw(WHOLE), SAME, SETTINGS).boxes.tolist()
    assert found.scores.tolist() == [0.5]


def test_an_output_of_nothing_but_nan_is_an_empty_frame_and_one_unsound_output() -> None:
    decoder = Decoder(SETTINGS)
    assert len(decoder.decode(np.full((1, 6, 100), np.nan, np.float32), SAME)) == 0
    decoder.decode(raw(WHOLE), SAME)
    assert decoder.unsound == 1


def test_rounding_beyond_one_and_boxes_beyond_the_frame_are_sound() -> None:
    """An engine's approximated sigmoid may pass 1 by a little; a box at the edge reaches out of the picture."""
    decoder = Decoder(SETTINGS)
    found = decoder.decode(raw((0, 0, 500, 500, 1.0004, -0.0004)), SAME)
    assert (found.boxes.tolist(), found.scores.tolist(), decoder.unsound) == ([[0, 0, 64, 64]], [1.0], 0)


def test_decoding_leaves_the_output_as_it_was() -> None:
    output = raw((np.nan, 1, 1, 1, 0.9, 0), WHOLE)
    before = output.copy()
    decode(output, SAME, SETTINGS)
    assert np.array_equal(output, before, equal_nan=True)


@pytest.mark.parametrize("anchor", [(-30, 10, 4, 4, 0.9), (10, 10, -4, 4, 0.9), (10, 10, 0, 0, 0.9)])
def test_a_box_without_area_in_the_frame_is_dropped(anchor: tuple[float, ...]) -> None:
    assert len(decode(raw(anchor), SAME, SETTINGS)) == 0


def test_boxes_come_back_in_pixels_of_the_frame() -> None:
    found = decode(raw((32, 32, 32, 16, 0.9)), placement(128, 64, 64, 64), SETTINGS)
    assert found.boxes.tolist() == [[32, 16, 96, 48]]


def test_suppression_agrees_with_torchvision() -> None:
    dice = np.random.default_rng(0)
    for n in (1, 200, 255, 256, 257, 3000):
        corner = dice.uniform(0, 200, (n, 2))
        boxes = np.concatenate((corner, corner + dice.uniform(5, 60, (n, 2))), axis=1).astype(np.float32)
        labels, scores = dice.integers(0, 3, n), dice.permutation(n).astype(np.float32)
        theirs = batched_nms(torch.from_numpy(boxes), torch.from_numpy(scores), torch.from_numpy(labels), 0.6)
        for maximum in (1, 7, 100, 10_000):
            ours = suppress(boxes, labels, scores, Settings(0.6, 0.01, maximum))
            assert ours.tolist() == theirs[:maximum].tolist()


def test_suppression_across_classes_agrees_with_torchvision() -> None:
    dice = np.random.default_rng(1)
    for n in (1, 256, 257, 3000):
        corner = dice.uniform(0, 200, (n, 2))
        boxes = np.concatenate((corner, corner + dice.uniform(5, 60, (n, 2))), axis=1).astype(np.float32)
        labels, scores = dice.integers(0, 3, n), dice.permutation(n).astype(np.float32)
        plain = torch.from_numpy(boxes), torch.from_numpy(scores)
        within = batched_nms(*plain, torch.from_numpy(labels), 0.6)[:100]
        theirs = within[nms(*(one[within] for one in plain), 0.6)]
        ours = suppress(boxes, labels, scores, Settings(0.6, 0.01, 100, suppression_across_classes=True))
        assert ours.tolist() == theirs.tolist()
