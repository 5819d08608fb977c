"""A whole diagnosis: every variant, set and slice, with rows, confusions, advice and the ledger of errors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from detection.rules.judging.errors.advice import Made, advise, made
from detection.rules.judging.errors.case import Setting
from detection.rules.judging.errors.confusion import BACKGROUND, Confusion, ConfusionSheet, confusion
from detection.rules.judging.errors.ledger import Ledger
from detection.rules.judging.errors.rows import Examined, Place, Ranked, error_rows, ranked
from detection.rules.judging.errors.sheet import Advice, ErrorRow, ErrorSheet
from detection.rules.judging.errors.taxonomy import BACKGROUND_OVERLAP
from detection.rules.judging.scores.observations import FrameFacts
from detection.rules.judging.scores.sheet import SETS, Slice, slices


@dataclass(frozen=True, slots=True, eq=False)
class Diagnosis:
    """What is told of all variants.

    Attributes:
        sheet: counts, costs and advice.
        confusions: what was there against what was said.
        ledgers: the errors that are shown, a ledger a variant, in the order they were examined.
    """

    sheet: ErrorSheet
    confusions: ConfusionSheet
    ledgers: tuple[Ledger, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """What is told of.

    Attributes:
        facts: of the judged frames, by frame number.
        labels: class ids in the order of their numbers.
        crossings: conditions whose values are told of crossed with each other.
        minimum: errors below which nothing is advised.
    """

    facts: FrameFacts
    labels: Sequence[str]
    crossings: Sequence[Sequence[str]]
    minimum: int


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """One variant, ready to be counted."""

    one: Examined
    ranked: Ranked
    made: Made


def diagnose(variants: Sequence[Examined], scope: Scope, setting: Setting) -> Diagnosis:
    """Tell of every variant, set by set and slice by slice.

    Args:
        variants: their detections, with the kinds of their errors.
        scope: what is told of.
        setting: what errors are seen against.
    """
    seen = [_Seen(one, ranked(one, len(scope.labels)), made(one)) for one in variants]
    rows: list[ErrorRow] = []
    advice: list[Advice] = []
    tables: list[Confusion] = []
    for variant, name in product(seen, SETS):
        for part in slices(scope.facts, scope.facts.set == name, scope.crossings):
            place = Place(variant.one.variant, name, part.name)
            told = tuple(error_rows(place, variant.ranked, part.frames, scope.labels))
            rows.extend(told)
            advice.extend(_advice(told, variant.made, part, scope, setting))
            tables.append(_table(place, variant.one, part, scope.labels))
    sheet = ErrorSheet(tuple(rows), tuple(advice), setting.iou, BACKGROUND_OVERLAP)
    return Diagnosis(sheet, ConfusionSheet(tuple(tables)), tuple(variant.made.errors for variant in seen))


def _advice(told: Sequence[ErrorRow], own: Made, part: Slice, scope: Scope, setting: Setting) -> Iterator[Advice]:
    """None for crossings: as a rule they have too few errors to conclude from."""
    return iter(()) if part.name.count("=") > 1 else advise(told, own, part, setting, scope.minimum)


def _table(place: Place, one: Examined, part: Slice, labels: Sequence[str]) -> Confusion:
    cells = confusion(one, part.frames, labels)
    return Confusion(place.variant, place.set, place.slice, (*labels, BACKGROUND), cells)
