"""One criterion: every metric, both directions, and what a reader is told of it."""

from __future__ import annotations

import pytest

from detection.rules.judging.gates.criteria import examine
from detection.rules.judging.gates.lines import Line
from detection.rules.spec.judging import Criterion
from tests.examples_gates import EFFORT, Batch, criterion, evidence, groups


def judged(asked: Criterion, *batches: Batch, empty: tuple[Batch, ...] = ()) -> Line:
    examined = examine(asked, "fp32", evidence(batches, empty), EFFORT)
    return examined.luck(examined.at(asked.confidence), EFFORT.dice)


def test_a_proven_line_passes_and_says_what_it_rests_on() -> None:
    line = judged(criterion(), *groups(8, 30, 28))
    assert line.verdict == "PASS"
    assert line.needs_more is None
    assert line.sentence.startswith("golden · fp32 · recall of tube 0.93, proven 0.88 (needs 0.75), n 240, worth 1")
    assert "in 8 groups: PASS; passes by luck" in line.sentence


def test_a_refuted_line_fails() -> None:
    line = judged(criterion(), *groups(8, 30, 12))
    assert line.verdict == "FAIL"
    assert "at best 0.4" in line.sentence


def test_an_open_line_says_how_many_more_images_it_needs_and_that_many_prove_it() -> None:
    """The same groups over again, as many as it asked for, are proven; half as many are not."""
    asked = criterion(at_least=0.84)
    line = judged(asked, *groups(6, 20, 18))
    assert line.verdict == "NOT PROVEN"
    assert line.needs_images is not None
    assert f"needs about {line.needs_images} more images of tube from further groups" in line.sentence
    more = line.needs_images / 12  # each group has two images; six groups are there
    assert judged(asked, *groups(round(6 * (1 + more)) + 1, 20, 18)).verdict == "PASS"
    assert judged(asked, *groups(round(6 * (1 + more / 2)), 20, 18)).verdict == "NOT PROVEN"


def test_an_open_line_that_more_of_the_same_cannot_prove_says_that() -> None:
    line = judged(criterion(), *groups(6, 20, 14), *groups(1, 20, 16))
    assert line.verdict == "NOT PROVEN"
    assert line.needs_more is None
    assert "the observed share must rise" in line.sentence


def test_one_group_proves_nothing_of_others_however_good() -> None:
    line = judged(criterion(), *groups(1, 500, 500))
    assert line.verdict == "NOT PROVEN"
    assert line.effective_n == 1
    assert "one group says nothing of others" in line.sentence


def test_few_groups_prove_less_than_many_with_as_many_objects() -> None:
    few, many = judged(criterion(), *groups(4, 60, 57)), judged(criterion(), *groups(24, 10, 9), *groups(12, 1, 1))
    assert few.n < many.n + 13
    assert few.lower is not None
    assert many.lower is not None
    assert few.lower < many.lower


def test_one_wrong_of_a_hundred_does_not_prove_a_high_bound() -> None:
    """A point gate would let it pass."""
    assert judged(criterion(at_least=0.985), *groups(9, 10, 10), Batch(10, 9, group="x")).verdict == "NOT PROVEN"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({}, "there is no image of tube in golden", id="recall of a class"),
        pytest.param({"label": "every"}, "there is no object in golden", id="recall of all"),
        pytest.param({"metric": "precision"}, "nothing was detected as tube in golden", id="precision"),
        pytest.param({"metric": "ap50"}, "there is no image of tube in golden", id="average precision"),
        pytest.param(
            {"metric": "calibration_error", "at_least": None, "at_most": 0.1},
            "there is nothing to count of tube in golden", id="calibration error",
        ),
        pytest.param(
            {"where": {"lighting": ["bright", "dusk"]}},
            "there is no image of tube in golden at lighting=bright|dusk", id="a slice",
        ),
    ],
)  # fmt: skip
def test_a_set_without_what_a_line_names_proves_nothing(changes: dict[str, object], said: str) -> None:
    line = judged(criterion(**changes), *groups(4, 20, 20, set="test"))
    assert line.verdict == "NOT PROVEN"
    assert line.observed is None
    assert line.false_pass is None
    assert said in line.sentence


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"set": "test"}, id="another set"),
        pytest.param({"label": "box"}, id="another class"),
        pytest.param({"kind": "detection"}, id="detections, where recall counts objects"),
        pytest.param({"lighting": "bright"}, id="another light"),
        pytest.param({"variant": "int8"}, id="another variant"),
    ],
)
def test_only_what_the_criterion_speaks_of_is_counted(columns: dict[str, str]) -> None:
    line = judged(criterion(where={"lighting": ["dusk"]}), *groups(3, 10, 10), *groups(5, 10, 0, **columns))
    assert (line.n, line.observed, line.groups) == (30, 1.0, 3)


@pytest.mark.parametrize("metric", ["precision", "recall", "f1", "ap50", "ap50_95", "average_recall"])
def test_every_metric_of_the_spec_that_shall_be_high_can_be_proven(metric: str) -> None:
    """Where groups are alike, all of them are near the share itself; equal scores cost average precision a little."""
    line = judged(criterion(metric=metric), *groups(8, 30, 28), *groups(8, 30, 28, kind="detection"))
    assert line.verdict == "PASS"
    assert line.observed == pytest.approx(28 / 30, abs=0.06)
    assert line.observed is not None
    assert line.lower is not None
    assert line.upper is not None
    assert line.lower < line.observed < line.upper
    assert line.false_pass is not None
    assert line.false_pass <= 0.06


def test_f1_is_a_share_of_detections_and_objects_together() -> None:
    line = judged(criterion(metric="f1"), *groups(4, 30, 24), *groups(4, 40, 24, kind="detection"))
    assert line.observed == pytest.approx(2 * 24 / 70)
    assert line.n == 140


def test_silence_on_few_background_frames_does_not_prove_that_it_stays_silent() -> None:
    asked = criterion(metric="false_per_background_frame", at_least=None, at_most=0.1)
    few = judged(asked, *groups(4, 10, 10), empty=tuple(groups(4, 3, 0)))
    assert (few.observed, few.verdict) == (0.0, "NOT PROVEN")
    many = judged(asked, *groups(4, 10, 10), empty=tuple(groups(12, 30, 0)))
    assert (many.n, many.verdict) == (360, "PASS")
    assert many.upper is not None
    assert 0 < many.upper <= 0.1


def test_a_large_calibration_error_fails() -> None:
    """Scores of 0.9 of which a third is right."""
    asked = criterion(metric="calibration_error", at_least=None, at_most=0.1)
    line = judged(asked, *groups(8, 30, 10, kind="detection"))
    assert line.verdict == "FAIL"
    assert line.observed == pytest.approx(0.9 - 1 / 3)
    assert line.false_pass is None


def test_boxes_of_one_size_are_judged_alone() -> None:
    line = judged(criterion(where={"size": ["small"]}), *groups(4, 10, 10, size="small"), *groups(4, 10, 0))
    assert (line.n, line.observed) == (40, 1.0)


@pytest.mark.parametrize("right", [18, 19, 20])
def test_a_shown_bound_never_contradicts_the_verdict(right: int) -> None:
    """0.7499 is not shown as 0.75 beside NOT PROVEN."""
    for at_least in (0.75, 0.80, 0.85, 0.90):
        line = judged(criterion(at_least=at_least), *groups(9, 20, right))
        shown = float(line.sentence.partition("proven ")[2].partition(" ")[0])
        assert (shown >= at_least) == (line.verdict == "PASS")
