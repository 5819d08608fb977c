"""What errors cost: beside tidecv, by hand, and where we differ from it."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.judging.average_precision import RECALLS, average_precisions
from detection.rules.judging.errors.costs import MENDED, Costs, costs, ranking
from detection.rules.judging.errors.taxonomy import KINDS, taxonomy
from detection.rules.judging.matching import Predictions, Reals, Truth, match
from tests.examples_errors import predictions, tide, truth
from tests.examples_judging import Sample, Shape, sample

SHAPE = Shape(frames=60, classes=4, truths=420, detections=1800)
MISSED, CLASSIFICATION = KINDS.index("missed"), KINDS.index("classification")
WITHIN = 0.1
"""Points of dAP."""


def cost(there: Truth, said: Predictions, classes: int, recalls: Reals = RECALLS) -> Costs:
    """Of all frames."""
    frames = np.ones(int(max(there.frame.max(initial=0), said.frame.max(initial=0))) + 1, bool)
    return costs(ranking(there, said, taxonomy(there, said), classes), frames, recalls)


@pytest.mark.parametrize("seed", range(4))
def test_dap_is_that_of_tidecv(seed: int) -> None:
    made = sample(SHAPE, seed)
    found, theirs = cost(made.truth, made.predictions, SHAPE.classes), tide(made, SHAPE)
    ours = 100 * np.clip(found.mended.mean(axis=1) - found.ap.mean(), 0, None)
    assert 100 * found.ap.mean() == pytest.approx(theirs.ap, abs=WITHIN)
    assert ours == pytest.approx(theirs.dap, abs=WITHIN)


def test_the_recalls_that_precision_is_read_at_are_all_that_sets_us_apart_from_tidecv() -> None:
    """Every third detection names another class, and one class has a hundred objects once what it missed is mended.

    There tidecv reads another detection's precision than pycocotools would; with its own recalls we say the same.
    """
    made = sample(SHAPE, seed=9)
    label = made.predictions.label.copy()
    label[::3] = (label[::3] + 1) % SHAPE.classes
    said = Predictions(made.predictions.frame, label, made.predictions.score, made.predictions.corners)
    theirs = tide(Sample(made.truth, said), SHAPE)
    gaps = []
    for recalls in (RECALLS, np.arange(101) / 100):
        found = cost(made.truth, said, SHAPE.classes, recalls)
        gaps.append(np.abs(100 * (found.mended.mean(axis=1) - found.ap.mean()) - theirs.dap).max())
    assert theirs.dap[CLASSIFICATION] > 1
    assert gaps[0] == pytest.approx(0.1006, abs=1e-4)
    assert gaps[1] < 1e-9


def test_ap_before_mending_is_the_ap_of_the_score_sheet() -> None:
    made = sample(SHAPE, seed=2)
    expected = average_precisions(match(made.truth, made.predictions), SHAPE.classes)[:, 0]
    assert cost(made.truth, made.predictions, SHAPE.classes).ap == pytest.approx(expected, abs=1e-9)


def test_a_class_of_which_nothing_was_found_loses_everything_by_missing() -> None:
    """Tidecv says 0 here: nothing is demanded any longer, and it calls that an AP of 0."""
    found = cost(truth((0, 0, 100), (0, 1, 300)), predictions((0, 0, 100, 0.9)), 2)
    assert found.ap.tolist() == [1.0, 0.0]
    assert found.mended[MISSED].tolist() == [1.0, 1.0]


def test_a_confusion_costs_the_class_that_is_there_and_is_counted_where_it_is_said() -> None:
    """The tube is called a box below every true box, so no box is lost by it."""
    there = truth((0, 0, 100), (0, 1, 300))
    found = cost(there, predictions((0, 0, 100, 0.9), (0, 0, 300, 0.5)), 2)
    assert found.count[CLASSIFICATION].tolist() == [1, 0]
    assert found.ap.tolist() == [1.0, 0.0]
    assert found.mended[CLASSIFICATION].tolist() == [1.0, 1.0]
    assert found.gain[CLASSIFICATION].tolist() == [0.5, 0.0]


def test_a_class_without_objects_has_no_ap_and_its_errors_are_counted() -> None:
    found = cost(truth((0, 0, 100)), predictions((0, 0, 100, 0.9), (0, 1, 500, 0.9)), 2)
    assert found.ap[0] == 1.0
    assert np.isnan(found.ap[1])
    assert found.count[KINDS.index("background")].tolist() == [0, 1]


def test_nothing_anywhere_costs_nothing_that_could_be_measured() -> None:
    found = cost(truth(), predictions(), 2)
    assert np.isnan(found.ap).all()
    assert np.isnan(found.gain).all()
    assert not found.count.any()


def test_only_the_frames_of_the_slice_are_counted() -> None:
    there, said = truth((0, 0, 100), (1, 0, 100)), predictions((0, 0, 100, 0.9), (1, 0, 500, 0.95))
    ranked = ranking(there, said, taxonomy(there, said), 1)
    first, second = costs(ranked, np.array([True, False])), costs(ranked, np.array([False, True]))
    assert (first.ap[0], second.ap[0]) == (1.0, 0.0)
    assert (int(first.count.sum()), int(second.count[MENDED.index("false positives"), 0])) == (0, 1)


def test_mending_never_costs_more_than_binning() -> None:
    made = sample(SHAPE, seed=4)
    found = cost(made.truth, made.predictions, SHAPE.classes)
    assert (found.mended - found.ap).min() > -0.01
