"""Two sittings of one exam, compared level by level. Measures; what is allowed is for others to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from detection.edge.compare import Gap, gap
from detection.edge.trust.exam import Exam, Seen


class Mark(NamedTuple):
    """The largest difference of one level.

    Attributes:
        apart: of full scale.
        differing: pictures that differ at all.
        compared: pictures compared.
        worst: file name of the picture that differs most; ``""`` if none differs.
    """

    apart: float
    differing: int
    compared: int
    worst: str


@dataclass(frozen=True, slots=True)
class Marks:
    """How far two sittings lie apart.

    Attributes:
        otherwise: pictures that one side read and the other refused.
        pixels: of the decoded pictures.
        tensors: of what the models were shown.
        raw: by variant, 1 where the models' own words differ in any bit.
        found: by variant, of the detections.
    """

    otherwise: tuple[str, ...]
    pixels: Mark
    tensors: Mark
    raw: Mapping[str, Mark]
    found: Mapping[str, Gap]


class _Pair(NamedTuple):
    due: Seen
    given: Seen


def marked(due: Exam, given: Exam) -> Marks:
    """Compare what was given with what was due, over the variants that were given.

    Args:
        due: the exam as it travels.
        given: the same pictures, shown to some or all of the variants.
    """
    known = {seen.file: seen for seen in due.seen}
    pairs = [_Pair(known[seen.file], seen) for seen in given.seen if seen.file in known]
    variants = sorted({name for pair in pairs for name in pair.given.found})
    unread = set(due.refused) ^ set(given.refused)
    strange = {seen.file for seen in due.seen} ^ {seen.file for seen in given.seen}
    return Marks(
        tuple(sorted(unread | strange)),
        _worst((pair.due.file, _size_apart(pair) or pair.due.pixels.apart(pair.given.pixels)) for pair in pairs),
        _worst((pair.due.file, _tensors_apart(pair)) for pair in pairs),
        {name: _worst((p.due.file, float(p.due.raw[name] != p.given.raw[name])) for p in pairs) for name in variants},
        {name: gap((p.due.found[name] for p in pairs), (p.given.found[name] for p in pairs)) for name in variants},
    )


def _size_apart(pair: _Pair) -> float:
    return float(pair.due.size != pair.given.size)


def _tensors_apart(pair: _Pair) -> float:
    shown = pair.given.tensors.items()
    return max(
        (pair.due.tensors[size].apart(one) if size in pair.due.tensors else 1.0 for size, one in shown), default=0.0
    )


def _worst(differences: Iterable[tuple[str, float]]) -> Mark:
    found = list(differences)
    apart = [(value, file) for file, value in found if value]
    value, file = max(apart, default=(0.0, ""))
    return Mark(value, len(apart), len(found), file)
