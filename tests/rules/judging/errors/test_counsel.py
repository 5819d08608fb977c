"""Counsel: every explanation speaks where its evidence is, and only there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detection.rules.judging.errors.case import Case, Hidden, Setting
from detection.rules.judging.errors.counsel import counsel
from detection.rules.judging.errors.ledger import ledger
from detection.rules.judging.errors.rows import examined
from detection.rules.judging.errors.suspicions import Suspected
from detection.rules.judging.errors.taxonomy import KINDS, Kind
from detection.rules.judging.matching import Predictions, Truth
from tests.examples_errors import predictions, setting, suspected, truth

NOTHING_HIDDEN = Hidden(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0, bool))


def case(kind: Kind, there: Truth, said: Predictions, around: Setting | None = None, part: str = "all") -> Case:
    """The errors of one kind among detections that are all shown."""
    errors = ledger(examined("x", there, said, np.ones(len(said), bool), 0.5))
    frames = np.ones(len((around or setting(there, 20)).extent), bool)
    own = errors.take(errors.kind == KINDS.index(kind))
    return Case(own, NOTHING_HIDDEN, frames, None, part, around or setting(there, 20))


def spread(n: int, left: float = 400) -> Truth:
    """An object in each of ``n`` frames, far from the edges."""
    return truth(*((i, 0, left) for i in range(n)))


def test_objects_seen_below_the_threshold_want_another_threshold() -> None:
    there = spread(10)
    seen = np.arange(10, dtype=np.int64)
    one = case("missed", there, predictions())
    below = replace(one.errors, score=np.full(10, 0.3))
    right = Hidden(seen, np.zeros(10, np.int64), np.full(10, 0.3), np.ones(10, bool))
    given = counsel("missed", replace(one, errors=below, unshown=right))
    assert given.action == "threshold"
    assert given.evidence.startswith("10 of 10 missed objects have a right detection below the threshold; from 0.30 on")


def test_a_threshold_that_shows_more_false_than_right_is_no_counsel() -> None:
    there = spread(10)
    one = case("missed", there, predictions())
    below = replace(one.errors, score=np.full(10, 0.3))
    false = Hidden(np.arange(11) % 10, np.zeros(11, np.int64), np.full(11, 0.4), np.zeros(11, bool))
    given = counsel("missed", replace(one, errors=below, unshown=false))
    assert given.action != "threshold"
    assert "among more false detections than right ones" in given.evidence


def test_objects_that_stand_close_want_another_suppression() -> None:
    """Ten pairs; of each the second stands four pixels beside the first and is not found."""
    there = truth(*((i, 0, left) for i in range(10) for left in (400.0, 404.0)))
    given = counsel("missed", case("missed", there, predictions(*((i, 0, 400, 0.9) for i in range(10)))))
    assert given.action == "suppression"
    assert given.sentence.startswith("Raise")


def test_small_objects_want_a_larger_input() -> None:
    there = spread(10)
    large = replace(there, corners=np.where(np.arange(10)[:, None] < 5, there.corners, [[300, 300, 500, 500]]))
    said = Predictions(np.arange(5, 10), np.zeros(5, np.int64), np.full(5, 0.9), large.corners[5:])
    given = counsel("missed", case("missed", large, said, replace(setting(large, 20), small_below_px=30)))
    assert given.action == "architecture"
    assert given.evidence == "5 of 5 errors are of objects below 30 px, against 50% of all such objects."


def test_errors_at_the_edge_want_a_rule_for_the_edge() -> None:
    there = truth(*((i, 0, 0 if i < 6 else 400) for i in range(20)))
    said = predictions(*((i, 0, 400, 0.9) for i in range(6, 20)))
    given = counsel("missed", case("missed", there, said))
    assert given.action == "label policy"
    assert given.evidence == "6 of 6 errors touch the frame's edge, against 30% of all such objects."


def test_errors_under_a_condition_that_training_rarely_shows_want_data() -> None:
    """Even frames are at dusk, and a tenth of what training has."""
    there = spread(20)
    said = predictions(*((i, 0, 400, 0.9) for i in range(1, 20, 2)))
    given = counsel("missed", case("missed", there, said))
    assert given.action == "data"
    assert "at lighting dusk" in given.sentence
    assert given.evidence == (
        "10 of 10 errors are at lighting dusk, only there; training has 10 objects there, 10% of what it has."
    )


def test_errors_under_a_condition_that_training_often_shows_want_augmentation() -> None:
    there = spread(20)
    said = predictions(*((i, 0, 400, 0.9) for i in range(0, 20, 2)))
    given = counsel("missed", case("missed", there, said))
    assert given.action == "augmentation"
    assert "lighting bright" in given.evidence


def test_a_few_errors_more_may_be_chance() -> None:
    """Three of four errors at dusk say nothing: they would be there by chance in three of ten cases."""
    there = spread(20)
    said = predictions(*((i, 0, 400, 0.9) for i in range(20) if i not in (0, 2, 4, 5)))
    assert "not clearly more frequent" in counsel("missed", case("missed", there, said)).evidence


def test_in_a_slice_that_training_rarely_shows_errors_want_data_of_it() -> None:
    there = spread(4)
    given = counsel("missed", case("missed", there, predictions(), part="lighting=dusk"))
    assert given.action == "data"
    assert "training has 10 objects there, 10% of what it has, and would have 50%" in given.evidence


@pytest.mark.parametrize(
    ("kind", "suspicion", "said"),
    [
        pytest.param("classification", "swapped", lambda i: (i, 1, 400, 0.9), id="swapped"),
        pytest.param("localisation", "badly placed", lambda i: (i, 0, 410, 0.9), id="badly placed"),
        pytest.param("background", "overlooked", lambda i: (i, 0, 700, 0.9), id="overlooked"),
    ],
)
def test_labels_that_look_wrong_are_looked_at_first(kind: Kind, suspicion: Suspected, said) -> None:  # type: ignore[no-untyped-def]
    """A wrong label spoils every other conclusion."""
    there = spread(10)
    shown = predictions(*(said(i) for i in range(10)))
    doubts = suspected(suspicion, np.arange(4), shown.corners[:4])
    given = counsel(kind, case(kind, there, shown, setting(there, 20, doubts)))
    assert given.action == "label policy"
    assert given.evidence.startswith("4 of 10 errors")
    assert counsel(kind, case(kind, there, shown)).evidence != given.evidence


def test_parts_want_a_rule_for_what_is_hidden() -> None:
    there = spread(10)
    part = there.corners.copy()
    part[:, 2] -= 12
    said = Predictions(there.frame, there.label, np.full(10, 0.9), part)
    given = counsel("localisation", case("localisation", there, said))
    assert given.action == "label policy"
    assert given.evidence.startswith("10 of 10 detections lie inside their object")


@pytest.mark.parametrize(("shift", "action"), [(8, "augmentation"), (14, "data")], ids=["nearly right", "far off"])
def test_loose_boxes_are_told_by_how_loose_they_are(shift: float, action: str) -> None:
    there = spread(10)
    said = predictions(*((i, 0, 400 + shift, 0.9) for i in range(10)))
    assert counsel("localisation", case("localisation", there, said)).action == action


def test_a_confusion_is_named() -> None:
    there = truth(*((i, int(i > 6), 400) for i in range(10)))
    said = predictions(*((i, int(i <= 6), 400, 0.9) for i in range(10)))
    given = counsel("classification", case("classification", there, said))
    assert given.action == "data"
    assert given.evidence == "7 of 10 errors call Box Tube, 3 the other way round."


def test_duplicates_that_overlap_want_a_lower_suppression() -> None:
    """Two boxes on each object, five pixels apart: an overlap of 0.6."""
    there = spread(10)
    said = predictions(*((i, 0, left, score) for i in range(10) for left, score in ((400, 0.9), (405, 0.5))))
    given = counsel("duplicate", case("duplicate", there, said, replace(setting(there, 20), suppression_iou=0.7)))
    assert given.action == "suppression"
    assert given.sentence == "Lower output.suppression_iou from 0.7 to 0.55."
    assert given.evidence.startswith("That would take away 10 of 10 duplicates; 0 labelled objects")


def test_a_suppression_that_would_lose_more_objects_than_duplicates_is_no_counsel() -> None:
    there = truth(*((i, 0, left) for i in range(10) for left in (400.0, 402.0)))
    said = predictions(*((i, 0, left, 0.9) for i in range(10) for left in (400, 402)), (0, 0, 405, 0.4))
    given = counsel("duplicate", case("duplicate", there, said))
    assert given.action == "architecture"


def test_false_detections_in_empty_frames_want_empty_frames() -> None:
    said = predictions(*((i, 0, 400, 0.9) for i in range(10)))
    given = counsel("background", case("background", truth(), said))
    assert given.sentence.startswith("Give training frames without any object")
    assert given.evidence == "10 of 10 false detections are in frames that show no object."


def test_a_lower_threshold_counts_only_the_class_and_the_slice() -> None:
    there = spread(4)
    one = case("missed", there, predictions())
    hidden = Hidden(np.array([0, 1, 2]), np.array([0, 1, 0]), np.array([0.5, 0.5, 0.1]), np.ones(3, bool))
    frames = np.zeros(20, bool)
    frames[:2] = True
    narrow = replace(one, unshown=hidden, frames=frames, label=0)
    assert [narrow.hidden(0.2, right=True), narrow.hidden(0.2, right=False)] == [1, 0]
