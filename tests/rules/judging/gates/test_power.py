"""What the judging sets can prove, from their labels alone."""

from __future__ import annotations

import pytest

from detection.rules.judging.gates.luck import Dice
from detection.rules.judging.gates.power import Objects, Plan, Prospect, prospects
from detection.rules.spec.judging import Criterion
from tests.examples_gates import Batch, criterion, evidence, groups

PLAN = Plan(0.8, 0.05, Dice(300, 0))


def foretold(asked: Criterion, *batches: Batch, empty: tuple[Batch, ...] = ()) -> Prospect:
    seen = evidence(batches, empty)
    boxes = seen.observations
    objects = Objects(boxes.frame, boxes.label, boxes.size)
    return next(iter(prospects([asked], seen.frames, objects, PLAN)))


def test_a_set_large_enough_needs_no_more_images() -> None:
    one = foretold(criterion(at_least=0.6), *groups(12, 30, 0))
    assert (one.n, one.groups, one.images, one.images_more) == (360, 12, 36, 0)
    assert one.provable
    assert one.truth_needed is not None
    assert 0.6 < one.truth_needed < 0.8


def test_a_set_too_small_for_any_model_says_so() -> None:
    one = foretold(criterion(at_least=0.97), *groups(3, 10, 0))
    assert not one.provable
    assert one.truth_needed is None
    assert one.best is not None
    assert one.best < 0.97


def test_a_set_that_is_short_says_how_many_images_it_lacks() -> None:
    one = foretold(criterion(at_least=0.8), *groups(6, 20, 0))
    assert one.provable
    assert one.images_more is not None
    assert one.images_more > 0
    assert one.target == pytest.approx(0.9)


def test_a_class_that_the_set_lacks_cannot_be_proven() -> None:
    one = foretold(criterion(label="box"), *groups(6, 20, 0))
    assert (one.n, one.provable) == (0, False)


def test_only_the_slice_is_counted() -> None:
    one = foretold(criterion(where={"lighting": ["dusk"]}), *groups(3, 10, 0), *groups(3, 10, 0, lighting="bright"))
    assert one.n == 30


def test_silence_on_background_frames_is_foretold_from_their_number() -> None:
    asked = criterion(metric="false_per_background_frame", at_least=None, at_most=0.05)
    few, many = (foretold(asked, *groups(3, 10, 0), empty=tuple(groups(9, n, 0))) for n in (2, 40))
    assert (few.n, few.provable) == (18, False)
    assert (many.n, many.provable) == (360, True)


def test_what_cannot_be_foretold_refuses_nothing() -> None:
    one = foretold(criterion(metric="calibration_error", at_least=None, at_most=0.1), *groups(3, 10, 0))
    assert one.provable
    assert one.best is None


def test_the_same_seed_foretells_the_same() -> None:
    asked = criterion(at_least=0.8)
    assert _figures(foretold(asked, *groups(6, 20, 0))) == _figures(foretold(asked, *groups(6, 20, 0)))


def _figures(one: Prospect) -> list[float | None]:
    return [one.best, one.false_pass, one.truth_needed, one.images_more]
