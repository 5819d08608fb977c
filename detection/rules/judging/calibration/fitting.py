"""One variant's maps, cuts and reliability, all from the same frames, which train nothing and judge nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detection.edge.vision.calibration import Calibration, ConditionCut, ScoreMap, Thresholds
from detection.rules.judging.calibration.maps import FittedMap, Minimums, fit
from detection.rules.judging.calibration.reliability import ReliabilityRow
from detection.rules.judging.calibration.rows import MapFacts, Scored, reliability_rows
from detection.rules.judging.choosing import Places
from detection.rules.judging.intervals import Resampling
from detection.rules.judging.matching import Flags, Matches, Predictions, Reals, Truth, column_of, match
from detection.rules.judging.operating import choices
from detection.rules.judging.operating.choices import CANDIDATES, Material, Question, point_of
from detection.rules.judging.operating.curves import CostPoint, cost_curve
from detection.rules.judging.operating.points import OperatingRow
from detection.rules.judging.scores.sizes import sizes_of
from detection.rules.labels.samples import Strings
from detection.rules.spec.judging import SIZE, Judging, OperatingPoint

SET = "val"


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What is the same for every variant.

    Attributes:
        classes: class ids in the order of the model's outputs.
        truth: the objects of the frames used.
        used: ``(frames,)`` which frames these are.
        group_of: ``(frames,)`` the group of each.
        conditions: ``(frames,)`` values of each condition; ``""`` is unknown.
        values: those that the spec knows of each condition.
        judging: what counts as correct, and what is small.
        points: how classes are to be cut.
        minimums: of the maps.
        objects_minimum: objects under a condition's value from which a class gets a cut of its own there.
        resampling: of the intervals.
    """

    classes: tuple[str, ...]
    truth: Truth
    used: Flags
    group_of: Strings
    conditions: Mapping[str, Strings]
    values: Mapping[str, tuple[str, ...]]
    judging: Judging
    points: tuple[OperatingPoint, ...]
    minimums: Minimums
    objects_minimum: int
    resampling: Resampling


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """One variant's part of what the stage leaves."""

    calibration: Calibration
    thresholds: Thresholds
    reliability: tuple[ReliabilityRow, ...]
    operating: tuple[OperatingRow, ...]
    curves: tuple[CostPoint, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """One variant's detections, by class and best score first, with the maps fitted on them."""

    variant: str
    matches: Matches
    partner: Places
    correct: Flags
    maps: tuple[FittedMap, ...]
    shipped: tuple[ScoreMap, ...]
    score: Reals


def fit_variant(name: str, predictions: Predictions, asked: Asked) -> Fitted:
    """Maps first, then cuts and reliability on the scores they give.

    Args:
        name: the variant's.
        predictions: everything it found on the frames used, with raw scores.
        asked: the rest.
    """
    found = _found(name, predictions, asked)
    questions = [_question(number, found, asked) for number in range(len(asked.classes))]
    material = _material(found, asked)
    operating = [row for question in questions for row in choices.rows(material, question)]
    facts = [MapFacts(name, label, m.kind, m.warning) for label, m in zip(asked.classes, found.maps, strict=True)]
    return Fitted(
        Calibration(found.shipped),
        thresholds_of(operating, asked.classes),
        tuple(reliability_rows(_scored(found, predictions, asked), facts, asked.resampling)),
        tuple(operating),
        tuple(
            p for q in questions for p in cost_curve(name, q.label, q.point.policy, material.of(q.number, asked.used))
        ),
    )


def thresholds_of(rows: Sequence[OperatingRow], classes: tuple[str, ...]) -> Thresholds:
    """The chosen cuts of one variant as a device reads them: it must know a value to be told that it holds."""
    common = {row.label: row.cut for row in rows if not row.by}
    special = (
        ConditionCut(classes.index(row.label), row.by.partition("=")[0], row.by.partition("=")[2], row.cut)
        for row in rows
        if row.by
    )
    return Thresholds(np.array([common[label] for label in classes], np.float32), tuple(special))


def _found(name: str, predictions: Predictions, asked: Asked) -> _Found:
    matches = match(asked.truth, predictions)
    partner = matches.partner[:, column_of(asked.judging.iou)]
    correct: Flags = partner >= 0
    of_class = [matches.label == number for number in range(len(asked.classes))]
    maps = tuple(fit(matches.score[rows], correct[rows], asked.minimums) for rows in of_class)
    shipped = tuple(ScoreMap(one.raw, one.calibrated) for one in maps)
    score = np.zeros(len(matches))
    for rows, one in zip(of_class, shipped, strict=True):
        score[rows] = one.apply(matches.score[rows].astype(np.float32))
    return _Found(name, matches, partner, correct, maps, shipped, score)


def _question(number: int, found: _Found, asked: Asked) -> Question:
    label = asked.classes[number]
    candidates = found.shipped[number].apply(CANDIDATES.astype(np.float32)).astype(np.float64)
    point = point_of(asked.points, label)
    values = asked.values[point.by] if point.by is not None else ()
    return Question(number, label, point, values, candidates, asked.objects_minimum)


def _material(found: _Found, asked: Asked) -> Material:
    matches = found.matches
    return Material(
        found.variant, matches.label, found.score, found.correct, matches.frame, matches.truth_label,
        matches.truth_frame, asked.used, asked.group_of, asked.conditions,
    )  # fmt: skip


def _scored(found: _Found, predictions: Predictions, asked: Asked) -> Scored:
    matches, sizes = found.matches, asked.judging.sizes
    slices = {name: column[matches.frame] for name, column in asked.conditions.items()}
    of_truth = np.append(sizes_of(asked.truth.corners, sizes), "")[found.partner]
    own = sizes_of(predictions.corners[matches.row], sizes)
    return Scored(
        variant=found.variant,
        set=SET,
        group=asked.group_of[matches.frame],
        label=np.array(asked.classes, object)[matches.label],
        raw=matches.score,
        score=found.score,
        correct=found.correct,
        slices=slices | {SIZE: np.where(found.correct, of_truth, own)},
    )
