"""Score maps and thresholds, and their documents."""

from __future__ import annotations

import numpy as np
import pytest

from detection.edge.boxes import Detections, nothing
from detection.edge.vision.calibration import (
    Calibration,
    ConditionCut,
    ScoreMap,
    Thresholds,
    identity,
    read_calibrations,
    read_thresholds,
    spell_thresholds,
)
from detection.errors import BundleError

CLASSES = ("box", "tube")
MODELS = {"v": "a" * 64}
STEEP = ScoreMap(np.array([0.2, 0.6]), np.array([0.1, 0.9]))


def found(*scores: float) -> Detections:
    n = len(scores)
    boxes = np.arange(4 * n, dtype=np.float32).reshape(n, 4)
    return Detections.uncalibrated(boxes, np.arange(n) % 2, np.array(scores, np.float32))


def test_between_points_a_map_is_a_line_and_beyond_them_flat() -> None:
    scores = np.array([0.0, 0.2, 0.4, 0.6, 1.0], np.float32)
    assert STEEP.apply(scores) == pytest.approx([0.1, 0.1, 0.5, 0.9, 0.9])


def test_a_map_gives_numpys_interpolation_to_the_last_bit() -> None:
    """Also at its corners and beyond its ends."""
    dice = np.random.default_rng(0)
    for corners in (1, 2, 30):
        raw, calibrated = np.unique(dice.random(corners)), np.sort(dice.random(corners))
        scores = np.concatenate((raw, [0, 1], dice.random(500))).astype(np.float32)
        assert np.array_equal(ScoreMap(raw, calibrated).apply(scores), np.interp(scores, raw, calibrated).astype("f4"))


def test_the_identity_changes_no_bit() -> None:
    scores = np.random.default_rng(0).random(1000).astype(np.float32)
    same = identity(1).apply(
        Detections.uncalibrated(np.zeros((1000, 4), np.float32), np.zeros(1000, np.int64), np.sort(scores)[::-1])
    )
    assert np.array_equal(same.scores, np.sort(scores)[::-1])


def test_each_class_has_its_own_map_and_the_best_comes_first_again() -> None:
    both = Calibration((ScoreMap(np.array([0.0, 1.0]), np.array([0.0, 0.1])), identity(1).maps[0]))
    changed = both.apply(found(0.9, 0.5))
    assert changed.scores.tolist() == pytest.approx([0.5, 0.09])
    assert changed.labels.tolist() == [1, 0]
    assert changed.boxes[0].tolist() == [4, 5, 6, 7]


def test_an_empty_frame_stays_empty() -> None:
    assert len(identity(2).apply(nothing())) == 0
    assert len(Thresholds(np.array([0.5, 0.5], np.float32)).keep(nothing())) == 0


def test_a_score_at_its_threshold_is_kept() -> None:
    kept = Thresholds(np.array([0.5, 0.9], np.float32)).keep(found(0.5, 0.8))
    assert kept.labels.tolist() == [0]


def test_documents_come_back_to_the_last_bit() -> None:
    calibration = Calibration((STEEP, ScoreMap(np.array([1 / 3]), np.array([2 / 3]))))
    again = read_calibrations({"fp32": calibration.to_json(CLASSES)}, CLASSES)["fp32"]
    assert again.maps[1].raw.tolist() == [1 / 3]
    cuts = Thresholds(np.array([1 / 3, 0.7], np.float32), (ConditionCut(1, "lighting", "dusk", 0.25),))
    read = read_thresholds(spell_thresholds({"v": cuts}, CLASSES, MODELS), CLASSES, MODELS)["v"]
    assert np.array_equal(read.per_class, cuts.per_class)
    assert read.by_condition == cuts.by_condition


@pytest.mark.parametrize(
    "score_map",
    [
        {"raw": [], "calibrated": []},
        {"raw": [0.1, 0.2], "calibrated": [0.1]},
        {"raw": [0.2, 0.1], "calibrated": [0.1, 0.2]},
        {"raw": [0.1, 0.1], "calibrated": [0.1, 0.2]},
        {"raw": [0.1, 0.2], "calibrated": [0.2, 0.1]},
        {"raw": [0.1, 0.2], "calibrated": [0.2, 1.1]},
        {"raw": [0.1], "calibrated": [0.2], "more": 1},
    ],
    ids=["empty", "lengths", "descending", "repeated", "falling", "above-one", "unknown-key"],
)
def test_a_map_that_is_not_one_is_refused(score_map: object) -> None:
    with pytest.raises(BundleError, match="box"):
        read_calibrations({"fp32": {"box": score_map, "tube": STEEP.to_json()}}, CLASSES)


def test_where_a_condition_is_known_its_own_cut_counts_and_else_the_common_one() -> None:
    cuts = Thresholds(np.array([0.5, 0.6], np.float32), (ConditionCut(0, "lighting", "dusk", 0.3),))
    for conditions in ({}, {"lighting": "bright"}, {"crowding": "dusk"}):
        assert cuts.under(conditions).per_class.tolist() == pytest.approx([0.5, 0.6])
    assert cuts.under({"lighting": "dusk"}).per_class.tolist() == pytest.approx([0.3, 0.6])
    assert cuts.under({"lighting": "dusk"}).keep(found(0.4, 0.4)).labels.tolist() == [0]


def test_raw_scores_stay_beside_the_calibrated_ones() -> None:
    """Through a map, a cut and back: whoever wants what the model itself said still has it."""
    calibration = Calibration((STEEP, identity(1).maps[0]))
    changed = Thresholds(np.zeros(2, np.float32)).keep(calibration.apply(found(0.3, 0.9)))
    assert changed.raw.tolist() == pytest.approx([0.9, 0.3])
    assert np.array_equal(calibration.apply(changed).scores, changed.scores)


PLAIN = {"cut": 0.5, "by": {}}
DUSK = {"lighting": {"dusk": 0.3}}


@pytest.mark.parametrize(
    "cuts",
    [
        {"box": PLAIN},
        {"box": PLAIN, "tube": PLAIN | {"cut": 1.5}},
        {"box": PLAIN, "tube": PLAIN, "crate": PLAIN},
        {"box": PLAIN, "tube": 0.5},
        {"box": PLAIN, "tube": PLAIN | {"by": {"lighting": {"dusk": -0.1}}}},
        {"box": PLAIN, "tube": PLAIN | {"by": {"lighting": 0.5}}},
        {"box": PLAIN, "tube": PLAIN | {"by": DUSK | {"crowding": {"empty": 0.2}}}},
    ],
    ids=["missing", "above-one", "unknown-class", "bare-number", "below-zero", "no-values", "two-conditions"],
)
def test_thresholds_are_one_for_each_class_and_no_other(cuts: object) -> None:
    with pytest.raises(BundleError, match=r"thresholds\.json"):
        read_thresholds({"v": {"model_sha256": "a" * 64, "cuts": cuts}}, CLASSES, MODELS)


def test_thresholds_of_another_model_are_refused() -> None:
    """The very fault that swapping the files of two variants makes."""
    cuts = Thresholds(np.array([0.5, 0.6], np.float32))
    other = spell_thresholds({"v": cuts}, CLASSES, {"v": "b" * 64})
    with pytest.raises(BundleError, match=r"v: was chosen for the model bbbbbbbbbbbb\.\.\., expected aaaaaaaaaaaa"):
        read_thresholds(other, CLASSES, MODELS)


@pytest.mark.parametrize("names", [[], ["v", "w"], ["w"]])
def test_thresholds_are_of_the_variants_that_ship_and_no_other(names: list[str]) -> None:
    cuts = dict.fromkeys(names, Thresholds(np.array([0.5, 0.6], np.float32)))
    with pytest.raises(BundleError, match=r"thresholds\.json: expected keys"):
        read_thresholds(spell_thresholds(cuts, CLASSES, dict.fromkeys(names, "a" * 64)), CLASSES, MODELS)
