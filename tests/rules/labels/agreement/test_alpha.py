"""Krippendorff's alpha: by hand, by its definition in a plain loop, and the public tool's figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from detection.rules.labels.agreement import alpha
from detection.rules.labels.agreement.alpha import Alphas
from detection.rules.labels.agreement.gathering.answers import Answers, arranged
from detection.rules.labels.agreement.gathering.objects import Objects, gather
from detection.rules.labels.intake.arrivals import Answer
from tests.examples_agreement import crowd, pedestrians, workers
from tests.examples_labels import Box, collected, said

A: Box = ("box", 0, 0, 10, 10)
B: Box = ("box", 20, 20, 30, 30)
TUBE: Box = ("tube", 20, 20, 30, 30)


def _alpha(*answers: Answer) -> float:
    made = collected(answers)
    heard = arranged(made.boxes, made.assignments)
    return float(alpha.of_frames(heard, gather(heard, 0.5)).value[0])


def test_full_agreement_is_one_also_over_nothing() -> None:
    """Two who find nothing agree."""
    assert _alpha(said("ann-1", A, B), said("ann-2", B, A)) == 1
    assert _alpha(said("ann-1"), said("ann-2")) == 1


def test_one_of_two_boxes_missed_by_hand() -> None:
    """Units (box, box) and (box, nothing): 2 of 4 unlike, expected 2 * 3 * 1 of 4 * 3: 1 - (1/2) / (1/2) = 0."""
    assert _alpha(said("ann-1", A, B), said("ann-2", A)) == pytest.approx(0.0)


def test_a_confused_class_by_hand() -> None:
    """Values box 3, tube 1 of 4: the same as a miss, for all values but one are alike."""
    assert _alpha(said("ann-1", A, B), said("ann-2", A, TUBE)) == pytest.approx(0.0)


def test_alpha_is_its_definition_unit_by_unit() -> None:
    """Three annotators, three classes, crowded frames, against a loop over ordered pairs of values."""
    made = crowd(frames=30, annotators=3, boxes=6, seed=3)
    heard = arranged(made.boxes, made.assignments)
    objects = gather(heard, 0.5)
    every, classed = alpha.of_frames(heard, objects), alpha.of_classes(heard, objects)
    for frame in range(len(heard.frames)):
        units = _units(heard, objects, frame)
        assert every.value[frame] == pytest.approx(_plain(units))
        for label in range(len(heard.labels)):
            binary = [[value == label for value in unit] for unit in units if label in unit]
            assert _of(classed, frame, label) == ([pytest.approx(_plain(binary))] if binary else [])


def test_a_frame_that_one_alone_looked_at_has_none() -> None:
    """Nobody to agree with."""
    made = collected([said("ann-1", A)], [said("ann-1", A), said("ann-2", A)])
    heard = arranged(made.boxes, made.assignments)
    objects = gather(heard, 0.5)
    assert alpha.of_frames(heard, objects).value.tolist() == [1]
    assert alpha.of_classes(heard, objects).value.tolist() == [1]


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("first", "at_least", "published"),
    [(None, 0.5, 0.7257), (None, 0.75, 0.3417), (100, 0.5, 0.7864), (100, 0.75, 0.4077)],
)
def test_the_crowds_alpha_is_the_public_tools(
    real_data: Callable[[str], Path], first: int | None, at_least: float, published: float
) -> None:
    """Figures of kalphacv 1.5.2 over the workers' boxes."""
    made = workers(pedestrians(real_data("crowd"), first))
    heard = arranged(made.boxes, made.assignments)
    assert alpha.of_frames(heard, gather(heard, at_least)).value.mean() == pytest.approx(published, abs=0.0002)


def _units(heard: Answers, objects: Objects, frame: int) -> list[list[int]]:
    """The values of each unit of one frame, -1 for background."""
    looked = int(objects.looked[frame])
    units = []
    for number in np.flatnonzero(objects.frame == frame):
        said_so = heard.label[objects.box[objects.of_box == number]].tolist()
        units.append(said_so + [-1] * (looked - len(said_so)))
    return units


def _plain(units: list[list[int]] | list[list[bool]]) -> float:
    values = Counter(value for unit in units for value in unit)
    n = sum(values.values())
    observed = sum(
        (a != b) / (len(unit) - 1) for unit in units for i, a in enumerate(unit) for j, b in enumerate(unit) if i != j
    )
    expected = sum(values[a] * values[b] for a in values for b in values if a != b) / max(n - 1, 1)
    return 1 - observed / expected if expected else 1.0


def _of(alphas: Alphas, frame: int, label: int) -> list[float]:
    return [float(v) for v in alphas.value[(alphas.frame == frame) & (alphas.label == label)]]
