"""Figures of agreement by class, and by pair, condition or version: one way to count for all of them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from detection.rules.labels.agreement import alpha
from detection.rules.labels.agreement.alpha import Alphas
from detection.rules.labels.agreement.figures import Groups, Shares, ratios
from detection.rules.labels.agreement.gathering.answers import (
    Answers,
    Couples,
    Integers,
    Names,
    Reals,
    between_annotators,
)
from detection.rules.labels.agreement.gathering.matching import Drawings, Matches, match
from detection.rules.labels.agreement.gathering.objects import Objects
from detection.rules.labels.agreement.sheet import EVERY, Compared, Figure
from detection.rules.labels.intake.arrivals import strings


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What all comparisons are made from.

    Attributes:
        answers: everybody's.
        classes: class ids of the spec, in its order.
        couples: of annotators' answers.
        matches: of the couples' boxes, within a class.
        alphas: of frames, then of classes in frames; ``label`` is a code of ``answers.labels`` or -1.
        groups: for the intervals.
        label: ``(labels,)`` position in ``classes`` of each class that occurs; -1 for none.
    """

    answers: Answers
    classes: tuple[str, ...]
    couples: Couples
    matches: Matches
    alphas: Alphas
    groups: Groups
    label: Integers


@dataclass(frozen=True, slots=True, eq=False)
class Scopes:
    """``count`` parts of the answers, each compared on its own.

    Attributes:
        of_couple: ``(couples,)`` the part each couple of answers is in; -1 for none.
        of_frame: ``(frames,)`` the part each frame is in as a whole; -1 for none.
        count: how many parts.
    """

    of_couple: Integers
    of_frame: Integers
    count: int


def material(answers: Answers, objects: Objects, classes: tuple[str, ...], groups: Groups, at_least: float) -> Material:
    """Match everything once."""
    couples = between_annotators(answers)
    drawn = Drawings(answers.corners, answers.label, answers.starts)
    matches = match(drawn, couples, at_least, any_class=False)
    whole, classed = alpha.of_frames(answers, objects), alpha.of_classes(answers, objects)
    alphas = Alphas(*(np.concatenate([getattr(whole, f.name), getattr(classed, f.name)]) for f in fields(Alphas)))
    label = Names(classes).codes(strings(answers.labels.names))
    return Material(answers, classes, couples, matches, alphas, groups, label)


def compare(made: Material, scopes: Scopes) -> tuple[tuple[Compared, ...], ...]:
    """For each scope: every class of the spec, and last all together."""
    width = len(made.classes) + 1
    size = scopes.count * width
    drawn, overlaps = _records(made, scopes)
    f1, mean_iou = ratios(drawn, size, made.groups), ratios(overlaps, size, made.groups)
    alphas = ratios(_alphas(made, scopes), size, made.groups)
    used = drawn.subject >= 0
    boxes = np.bincount(drawn.subject[used], minlength=size)
    matched = np.bincount(drawn.subject[used], drawn.part[used], size).astype(np.int64) // 2
    frames = _frames(made, scopes)
    names = (*made.classes, EVERY)
    return tuple(
        tuple(
            Compared(name, int(frames[scope]), int(boxes[at]), int(matched[at]), f1[at], mean_iou[at], alphas[at])
            for at, name in enumerate(names, start=scope * width)
        )
        for scope in range(scopes.count)
    )


def one_scope(made: Material) -> Scopes:
    """All answers together."""
    return Scopes(np.zeros(len(made.couples), np.int64), np.zeros(len(made.answers.frames), np.int64), 1)


def _records(made: Material, scopes: Scopes) -> tuple[Shares, Shares]:
    """Matched of drawn, and overlap of matched: every box of every couple twice, for its class and for all together."""
    matches, width = made.matches, len(made.classes) + 1
    scope = scopes.of_couple[matches.couple]
    label = made.label[made.answers.label[matches.box]]
    classed = np.where((scope < 0) | (label < 0), -1, scope * width + label)
    subject = np.concatenate([classed, np.where(scope < 0, -1, scope * width + width - 1)])
    frame = np.tile(made.answers.box_frame[matches.box], 2)
    found = np.tile((matches.partner >= 0).astype(np.float64), 2)
    overlap = np.tile(matches.overlap, 2)
    return Shares(frame, subject, found, np.ones_like(found)), Shares(frame, subject, overlap, found)


def _alphas(made: Material, scopes: Scopes) -> Shares:
    width, alphas = len(made.classes) + 1, made.alphas
    scope = scopes.of_frame[alphas.frame]
    place = np.append(made.label, width - 1)[alphas.label]  # -1, all classes, is the last
    subject = np.where((scope < 0) | (place < 0), -1, scope * width + place)
    return Shares(alphas.frame, subject, alphas.value, np.ones(len(subject)))


def _frames(made: Material, scopes: Scopes) -> Integers:
    """``(scopes,)`` how many frames each compares."""
    frame = made.answers.frame[made.couples.first]
    count = max(len(made.answers.frames), 1)
    seen = np.unique((scopes.of_couple * count + frame)[scopes.of_couple >= 0])
    return np.bincount(seen // count, minlength=scopes.count).astype(np.int64)


def without_each(made: Material) -> Reals:
    """``(annotators, classes)`` F1 of the other annotators with each other; NaN where there is nothing left."""
    matches, width = made.matches, len(made.classes)
    label = made.label[made.answers.label[matches.box]]
    kept = np.flatnonzero(label >= 0)
    matched = (matches.partner[kept] >= 0).astype(np.float64)
    label, couple, size = label[kept], matches.couple[kept], len(made.answers.annotators) * width
    part, whole = np.bincount(label, matched, width), np.bincount(label, minlength=width).astype(np.float64)
    own_part, own_whole = np.zeros(size), np.zeros(size)
    for side in (made.couples.first, made.couples.second):
        place = made.answers.annotator[side[couple]] * width + label
        own_part += np.bincount(place, matched, size)
        own_whole += np.bincount(place, minlength=size)
    rest = whole - own_whole.reshape(-1, width)
    left = part - own_part.reshape(-1, width)
    return np.divide(left, rest, out=np.full_like(rest, np.nan), where=rest > 0)


def value(figure: Figure | None) -> float | None:
    """What was seen, without its interval."""
    return None if figure is None else figure.value
