"""ObjectLab: labels spoilt on purpose are the most suspicious ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detection.outside.cleanlab import Confidence, quality, speaking
from detection.rules.judging.errors.suspicions import Quality, suspicions
from detection.rules.judging.matching import Predictions, Truth
from tests.examples_errors import predictions, truth

CONFIDENCE = Confidence(likely=0.5, sure=0.95)


def labelled(frames: int = 30) -> Truth:
    """Three objects a frame, of two classes."""
    return truth(*((i, j % 2, 100.0 + 200 * j) for i in range(frames) for j in range(3)))


def found(there: Truth) -> Predictions:
    """A sure detection a pixel beside every object."""
    return Predictions(there.frame, there.label, np.full(len(there), 0.98), there.corners + 1)


def spoilt() -> Truth:
    """Without the fourth object; the eighth is of the other class, the twelfth ten pixels beside its place."""
    there = labelled()
    label, corners = there.label.copy(), there.corners.copy()
    label[7] = 1 - label[7]
    corners[11, [0, 2]] += 10
    kept = np.arange(len(there)) != 3
    return replace(there, label=label, corners=corners).take(kept)


def test_planted_faults_are_the_most_suspicious_of_their_kind() -> None:
    said = found(labelled())
    suspected = suspicions(spoilt(), said, quality(spoilt(), said, 2, CONFIDENCE), wanted=1)
    assert suspected.kind.tolist() == [0, 1, 2]
    assert suspected.frame.tolist() == [1, 3, 2]
    assert suspected.suggested_corners[:, 0].tolist() == [101, 501, 301]


def test_sound_labels_look_sound() -> None:
    there = labelled()
    measured = quality(there, found(there), 2, CONFIDENCE)
    assert np.isnan(measured.overlooked).all()
    assert measured.badly_placed.min() > 0.8
    assert measured.swapped.min() > 0.8


def test_unsure_detections_do_not_speak() -> None:
    said = predictions((0, 0, 100, 0.49), (0, 0, 300, 0.5))
    assert speaking(said, CONFIDENCE).corners[:, 0].tolist() == [300]
    assert np.isnan(quality(truth((0, 0, 700)), predictions((0, 0, 100, 0.9)), 1, CONFIDENCE).overlooked).all()


@pytest.mark.parametrize(
    ("there", "said"),
    [
        pytest.param(truth(), predictions(), id="nothing"),
        pytest.param(truth((0, 0, 100)), predictions(), id="no detections"),
        pytest.param(truth(), predictions((2, 1, 100, 0.99)), id="no labels"),
        pytest.param(truth((0, 0, 100)), predictions((5, 0, 100, 0.99)), id="other frames"),
    ],
)
def test_little_can_be_measured(there: Truth, said: Predictions) -> None:
    measured: Quality = quality(there, said, 2, CONFIDENCE)
    assert measured.overlooked.shape == (len(said),)
    assert (measured.badly_placed == 1).all()
    assert (measured.swapped == 1).all()
