"""Parts of the answers, each compared on its own: pairs of annotators, values of conditions, guideline versions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from detection.rules.labels.agreement.comparison import Material, Scopes, compare
from detection.rules.labels.agreement.gathering.answers import Integers, Names
from detection.rules.labels.agreement.sheet import (
    Compared,
    ConditionAgreement,
    GuidelineAgreement,
    PairAgreement,
    columns,
)
from detection.rules.labels.samples import Frames


def pairs(made: Material) -> tuple[PairAgreement, ...]:
    """Every two annotators who looked at one frame, ordered by name."""
    names, who = made.answers.annotators.names, made.answers.annotator
    key = who[made.couples.first] * len(names) + who[made.couples.second]
    known, scope = np.unique(key, return_inverse=True)
    nowhere = np.full(len(made.answers.frames), -1)
    rows = compare(made, Scopes(scope, nowhere, len(known)))
    return tuple(
        PairAgreement(**columns(row), first=names[pair // len(names)], second=names[pair % len(names)])
        for pair, some in zip(known, rows, strict=True)
        for row in _drawn(some)
    )


def conditions(made: Material, frames: Frames) -> tuple[ConditionAgreement, ...]:
    """Every value of every condition, in the order of the frames' columns, values by name."""
    place = made.answers.frames.codes(frames.id)
    listed = []
    for condition, column in frames.conditions.items():
        values = Names.of(v for v in column[place >= 0] if v)
        of_frame = np.full(len(made.answers.frames), -1)
        of_frame[place[place >= 0]] = values.codes(column)[place >= 0]
        of_couple = of_frame[made.answers.frame[made.couples.first]]
        rows = compare(made, Scopes(of_couple, of_frame, len(values)))
        listed += [
            ConditionAgreement(**columns(row), condition=condition, value=value)
            for value, some in zip(values.names, rows, strict=True)
            for row in _drawn(some)
        ]
    return tuple(listed)


def guidelines(made: Material) -> tuple[GuidelineAgreement, ...]:
    """Every version, and every two versions that were compared with each other."""
    versions, of_answer = made.answers.guidelines.names, made.answers.guideline
    one, other = of_answer[made.couples.first], of_answer[made.couples.second]
    key = np.minimum(one, other) * max(len(versions), 1) + np.maximum(one, other)
    known, scope = np.unique(key, return_inverse=True)
    rows = compare(made, Scopes(scope, _scope_of_frames(made, scope), len(known)))
    names = [sorted({versions[pair // len(versions)], versions[pair % len(versions)]}) for pair in known]
    return tuple(
        GuidelineAgreement(**columns(row), version=" and ".join(version))
        for version, some in zip(names, rows, strict=True)
        for row in _drawn(some)
    )


def _scope_of_frames(made: Material, scope: Integers) -> Integers:
    """``(frames,)`` the scope of all couples of a frame; -1 where they differ or there is none."""
    frame, size = made.answers.frame[made.couples.first], len(made.answers.frames)
    lowest, highest = np.full(size, len(scope) + 1), np.full(size, -1)
    np.minimum.at(lowest, frame, scope)
    np.maximum.at(highest, frame, scope)
    return np.where(lowest == highest, highest, -1)


def _drawn(some: tuple[Compared, ...]) -> Iterator[Compared]:
    """All classes together, then each class that anybody drew."""
    yield some[-1]
    yield from (row for row in some[:-1] if row.boxes)
