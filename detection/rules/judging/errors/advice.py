"""Which errors deserve advice: the kinds that are seen often enough, and in every slice the worst."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detection.rules.judging.errors.case import Case, Hidden, Setting
from detection.rules.judging.errors.counsel import counsel
from detection.rules.judging.errors.ledger import Ledger, ledger
from detection.rules.judging.errors.rows import Examined
from detection.rules.judging.errors.sheet import ALL, EVERY, SPECIALS, Advice, ErrorRow
from detection.rules.judging.errors.taxonomy import KINDS, RIGHT
from detection.rules.judging.matching import Flags
from detection.rules.judging.scores.sheet import Slice


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """What one variant did wrong: the errors that are shown, and the detections that are not."""

    errors: Ledger
    hidden: Hidden


def made(one: Examined) -> Made:
    """Gather what a variant did wrong."""
    told = one.told
    row = told.row[~one.kept[told.row]]
    right = (told.kind == RIGHT)[~one.kept[told.row]]
    said = one.predictions
    return Made(ledger(one), Hidden(said.frame[row], said.label[row], said.score[row], right))


def advise(rows: Sequence[ErrorRow], made: Made, part: Slice, setting: Setting, minimum: int) -> Iterator[Advice]:
    """What to do about the errors of one variant in one slice of one set, the dearest first.

    Args:
        rows: the slice's rows, class by class.
        made: the variant's errors, in any set.
        part: the slice.
        setting: what the errors are seen against; its ``names`` stand in the order of the rows' classes.
        minimum: errors below which nothing is advised: look at them instead.
    """
    numbers = {label: i for i, label in enumerate(dict.fromkeys(row.label for row in rows if row.label != EVERY))}
    for row in sorted(_deserving(rows, minimum), key=lambda row: (row.df1 or 0.0, row.shown), reverse=True):
        label, kind = numbers.get(row.label), KINDS[KINDS.index(row.kind)]
        own = made.errors.take(_own(made.errors, part.frames, row, label))
        case = Case(own, made.hidden, part.frames, label, part.name, setting)
        given = counsel(kind, case)
        place = (row.variant, row.set, kind, row.label, row.slice)
        yield Advice(*place, given.action, given.sentence, given.evidence)


def _deserving(rows: Sequence[ErrorRow], minimum: int) -> Iterator[ErrorRow]:
    """Rows of kinds with enough errors: in the whole set all of them, in a slice the worst of every class."""
    enough = [row for row in rows if row.kind not in SPECIALS and row.shown >= minimum]
    for label in dict.fromkeys(row.label for row in enough):
        own = [row for row in enough if row.label == label]
        if own[0].slice == ALL:
            yield from own
        else:
            yield max(own, key=lambda row: (row.df1 or 0.0, row.shown))


def _own(errors: Ledger, frames: Flags, row: ErrorRow, label: int | None) -> Flags:
    kind = KINDS.index(row.kind)
    own: Flags = frames[errors.frame] & (errors.kind == kind)
    return own if label is None else own & (errors.label == label)
