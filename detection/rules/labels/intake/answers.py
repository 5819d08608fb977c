"""Who said what of one image: one annotator gives one answer, and two people under one name are told apart from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from detection.rules.labels.intake.arrivals import Answer, Rejected


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """Answers, at most one of each annotator, and what was set aside of them."""

    answers: tuple[Answer, ...]
    rejected: tuple[Rejected, ...]


def one_each(name: str, given: Iterable[Answer]) -> Said:
    """One answer of each annotator.

    An answer given twice counts once. Two different answers under one name are nobody's: whose counts is unknown, so
    neither does.

    Args:
        name: the image's, for the list of what was set aside.
        given: any number of answers.
    """
    by_annotator: dict[str, list[Answer]] = defaultdict(list)
    for answer in given:
        by_annotator[answer.annotator].append(answer)
    kept, rejected = [], []
    for annotator, said in by_annotator.items():
        if all(same(said[0], other) for other in said[1:]):
            kept.append(said[0])
            told = [
                Rejected(name, "duplicate-answer", f"{annotator} gives the same answer {len(said)} times; kept once")
            ]
            rejected += told if len(said) > 1 else []
        else:
            told_both = (
                f"{annotator} gives {len(said)} different answers; none is kept. "
                "Give each person a name of their own, with annotators if need be"
            )
            rejected.append(Rejected(name, "ambiguous-annotator", told_both))
    return Said(tuple(kept), tuple(rejected))


def together(first: Sequence[Answer], second: Sequence[Answer]) -> tuple[Answer, ...]:
    """Opinions on one image that arrived twice: those of the first time, and of annotators who come anew."""
    known = {answer.annotator for answer in first}
    return (*first, *(answer for answer in second if answer.annotator not in known))


def same(one: Answer, other: Answer) -> bool:
    """Two answers say the same: equal in every part, box by box in the order given."""
    return all(_equal(getattr(one, part.name), getattr(other, part.name)) for part in fields(Answer))


def _equal(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.shape == other.shape and bool(np.all((one == other) | ((one != one) & (other != other))))
    return one == other
