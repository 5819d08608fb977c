"""Agreement between annotators, against values worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detection.rules.labels.agreement.floor import below_floor
from detection.rules.labels.agreement.measurement import measure
from detection.rules.labels.agreement.settling.reliability import hear
from detection.rules.labels.agreement.sheet import Agreement, ClassAgreement
from detection.rules.labels.intake.arrivals import Tables
from tests.examples_agreement import CLASSES, DICE, LABELLING, crowd, pedestrians
from tests.examples_labels import Box, collected, said

A: Box = ("box", 0, 0, 10, 10)
B: Box = ("box", 20, 20, 30, 30)


def measured(made: Tables, floor: float = 0.85, classes: tuple[str, ...] = CLASSES) -> Agreement:
    """The agreement of some tables."""
    labelling = LABELLING.model_copy(update={"agreement_floor": floor})
    return measure(hear(made.boxes, made.assignments, labelling.agreement_iou), made.frames, classes, labelling, DICE)


def _two(*frames: tuple[list[Box], list[Box]]) -> Agreement:
    return measured(collected(*[(said("ann-1", *one), said("ann-2", *two)) for one, two in frames]))


def _of_frame(made: Tables, frame: str) -> Tables:
    boxes = made.boxes.take(np.flatnonzero(made.boxes.frame == frame))
    return replace(
        made, boxes=boxes, assignments=made.assignments.take(np.flatnonzero(made.assignments.frame == frame))
    )


def _f1(agreed: ClassAgreement) -> float | None:
    return None if agreed.f1 is None else agreed.f1.value


def test_two_who_draw_the_same_agree_fully() -> None:
    """F1 1, IoU 1 and alpha 1, and nothing to talk about."""
    box = _two(([A, B], [B, A])).classes[0]
    assert box.f1 is not None
    assert box.mean_iou is not None
    assert box.alpha is not None
    assert (box.f1.value, box.mean_iou.value, box.alpha.value) == (1, 1, 1)
    assert (box.worst_frames, box.weakest, box.boxes, box.matched, box.frames) == ((), (), 4, 2, 1)


def test_a_missed_box_counts_against_both() -> None:
    """2 * 1 / (2 + 1): the same whoever of the two is the truth."""
    assert _f1(_two(([A, B], [A])).classes[0]) == pytest.approx(2 / 3)
    assert _f1(_two(([A], [A, B])).classes[0]) == pytest.approx(2 / 3)


def test_an_empty_answer_disagrees_with_a_full_one() -> None:
    """Who found nothing has answered; without the assignments this frame would vanish."""
    result = _two(([A], []), ([A], [A]))
    assert _f1(result.classes[0]) == pytest.approx(2 / 3)
    assert [(frame.name, frame.unmatched) for frame in result.classes[0].worst_frames] == [("0", 1)]
    assert result.compared_frames == 2


def test_another_class_is_no_match() -> None:
    """A confused class is an error in both, and stands in the table of confusion."""
    result = _two(([A], [("tube", *A[1:])]))
    assert [_f1(c) for c in result.classes] == [0, None, 0]
    assert result.confusion.counts == ((0, 0, 1, 0), (0, 0, 0, 0), (1, 0, 0, 0))


def test_what_the_other_did_not_draw_is_confused_with_nothing() -> None:
    """The last column."""
    assert _two(([A, B], [A])).confusion.counts[0] == (2, 0, 0, 1)


def test_overlap_below_the_bound_is_no_match() -> None:
    """IoU of [0, 10] and [4, 14] along x is 6 / 14."""
    result = _two(([A], [("box", 4, 0, 14, 10)])).classes[0]
    assert (_f1(result), result.mean_iou) == (0, None)


def test_the_experts_answer_is_not_an_annotators() -> None:
    """One annotator and an expert are no two annotators; a frame nobody looked at is no disagreement."""
    result = measured(collected((said("ann-1", A), said("verified", B, verified=True)), ()))
    assert result.statement == "one annotator: agreement not measurable"
    assert below_floor(result) == []


def test_nobody_is_said() -> None:
    """Frames without labels, and no frame at all."""
    assert measured(collected((), ())).statement == "nobody labelled: agreement not measurable"
    assert measured(collected()).statement == "nobody labelled: agreement not measurable"


def test_two_who_never_saw_the_same_frame_cannot_be_compared() -> None:
    """It is said, and not taken for agreement."""
    result = measured(collected((said("ann-1", A),), (said("ann-2", A),)))
    assert result.statement == "2 annotators, no frame seen by two of them: agreement not measurable"
    assert measured(collected((said("ann-1"), said("ann-2")))).statement.endswith(
        "no box in any: agreement not measurable"
    )


def test_three_annotators_make_three_pairs() -> None:
    """All pairs are pooled, and the one without whom the others agree is named."""
    result = measured(collected((said("ann-1", A), said("ann-2", A), said("ann-3"))))
    pairs = [(p.first, p.second, p.f1.value) for p in result.pairs if p.f1 is not None and p.label == "every"]
    assert pairs == [("ann-1", "ann-2", 1), ("ann-1", "ann-3", 0), ("ann-2", "ann-3", 0)]
    assert _f1(result.classes[0]) == pytest.approx(2 / 4)
    assert (result.classes[0].weakest, result.classes[0].f1_without) == (("ann-3",), 1)


def test_conditions_are_compared_by_their_values() -> None:
    """Labels that agree by day may not agree at dusk; frames of no known value are left out."""
    made = collected(*[(said("ann-1", A), said("ann-2", *second)) for second in ([A], [B], [B])])
    value = np.array([{"0": "bright", "1": "dusk"}.get(name, "") for name in made.frames.name], object)
    rows = measured(replace(made, frames=replace(made.frames, conditions={"lighting": value}))).conditions
    assert [(r.value, r.label, r.frames, r.f1.value, r.alpha.value) for r in rows if r.f1 and r.alpha] == [
        ("bright", "every", 1, 1, 1), ("bright", "box", 1, 1, 1),
        ("dusk", "every", 1, 0, pytest.approx(-0.5)), ("dusk", "box", 1, 0, pytest.approx(-0.5)),
    ]  # fmt: skip


def test_versions_of_the_guideline_are_compared() -> None:
    """Did version 2 help? Answers to different versions stand apart."""
    first, second = said("ann-1", A), said("ann-2", B)
    made = collected(
        (replace(first, guideline="1"), replace(second, guideline="1")),
        (replace(first, guideline="2"), replace(said("ann-2", A), guideline="2")),
        (replace(first, guideline="1"), replace(second, guideline="2")),
    )
    rows = [(r.version, r.f1.value) for r in measured(made).guidelines if r.f1 and r.label == "every"]
    assert rows == [("1", 0), ("1 and 2", 0), ("2", 1)]


def test_frames_with_uncounted_regions_are_set_aside_and_counted() -> None:
    """Nothing in them can be matched one to one."""
    region = said("ann-1", A)
    made = collected((replace(region, crowd=np.array([True])), said("ann-2", B)), (said("ann-1", A), said("ann-2", A)))
    result = measured(made)
    assert (result.set_aside, result.compared_frames, _f1(result.classes[0])) == (1, 1, 1)


def test_figures_do_not_depend_on_the_order_of_rows() -> None:
    """Nor on the annotators' names, as far as pairs are concerned."""
    made = crowd(frames=25, annotators=3, boxes=5, seed=4)
    shaken = replace(
        made,
        boxes=made.boxes.take(np.random.default_rng(0).permutation(len(made.boxes))),
        assignments=made.assignments.take(np.arange(len(made.assignments))[::-1]),
    )
    for one, two in zip(measured(made).classes, measured(shaken).classes, strict=True):
        assert (one.matched, one.boxes, one.worst_frames, one.weakest) == (
            two.matched, two.boxes, two.worst_frames, two.weakest,
        )  # fmt: skip
        assert one.f1 == two.f1
    other = {"ann-0": "z", "ann-1": "y", "ann-2": "x"}
    renamed = replace(
        made,
        boxes=replace(made.boxes, annotator=np.array([other[a] for a in made.boxes.annotator], object)),
        assignments=replace(
            made.assignments, annotator=np.array([other[a] for a in made.assignments.annotator], object)
        ),
    )
    for one, two in zip(measured(made).classes, measured(renamed).classes, strict=True):
        assert (one.matched, one.boxes, one.worst_frames) == (two.matched, two.boxes, two.worst_frames)


def test_two_agree_as_measured_in_a_plain_loop() -> None:
    """Crowded frames against F1 counted by hand from every frame's matches."""
    made = crowd(frames=25, annotators=2, boxes=5, seed=5)
    alone = [measured(_of_frame(made, frame)) for frame in made.frames.id]
    whole = measured(made).classes[0]
    assert whole.matched == sum(one.classes[0].matched for one in alone)
    assert whole.f1 is not None
    assert whole.f1.lower is not None
    assert whole.f1.lower < whole.f1.value == pytest.approx(2 * whole.matched / whole.boxes)


@pytest.mark.real_data
def test_the_crowds_bad_workers_are_named_and_its_good_ones_lead(real_data: Callable[[str], Path]) -> None:
    """Against the expert: w021, w025, w026 and w023 are worst, w001 and w004 among the best of 43."""
    result = measured(pedestrians(real_data("crowd")), classes=("pedestrian",))
    names = [a.name for a in result.annotators]
    assert names[:-5:-1] == ["w021", "w025", "w026", "w023"]
    assert {"w001", "w004"} < set(names[:12])
    assert {"w021", "w025", "w026", "w023"} <= {a.name for a in result.annotators if a.unreliable}
    assert result.every.alpha is not None
    assert result.every.alpha.value == pytest.approx(0.7257, abs=0.0002)
    assert "talk to w023 (without them F1 0.870)" in below_floor(result)[0]
