"""Comparisons that people hand over: what ``detection compare`` wrote, tied to the versions that it speaks of.

A comparison names what decided the answers of both (models, calibration, thresholds); the versions that answer by the
very same are those it is about. One of other thresholds, even of the same models, says nothing here. What it advises is
taken from its figures again: a word that somebody wrote into it decides nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from detection.errors import DocumentError
from detection.outside.registry.places import COMPARISON
from detection.rules.evidence.judging.comparison import headline
from detection.rules.judging.comparison.promotion import replay
from detection.rules.judging.comparison.sheet import ComparisonSheet, Side
from detection.rules.registry.registered import Version
from detection.rules.registry.situations import Compared

_SHEET: TypeAdapter[ComparisonSheet] = TypeAdapter(ComparisonSheet)


@dataclass(frozen=True, slots=True)
class Answerer:
    """Somebody a comparison may be about: a version's digest, and that of what decides its answers."""

    digest: str
    answering_digest: str


def answerers(versions: Iterable[Version]) -> tuple[Answerer, ...]:
    """Registered versions as comparisons see them."""
    return tuple(Answerer(one.content.digest, one.content.answering_digest) for one in versions)


def read(paths: Sequence[Path], known: Sequence[Answerer]) -> tuple[Compared, ...]:
    """What the comparisons at hand say of those who are known.

    Args:
        paths: that somebody named; with none, :data:`COMPARISON` is read if it is there, whatever it is about.
        known: versions of the registry, or about to be.

    Raises:
        DocumentError: a file that was named is no comparison, or is about nobody who is known.
    """
    if not paths:
        return _of(COMPARISON, known) if COMPARISON.exists() else ()
    found: list[Compared] = []
    for path in paths:
        here = _of(path, known)
        if not here:
            raise DocumentError(
                f"{path}: compares {_named(path)}, of which at least one answers as no registered version does; "
                "compare the data of two versions: detection compare CHAMPION CHALLENGER"
            )
        found += here
    return tuple(found)


def _of(path: Path, known: Sequence[Answerer]) -> tuple[Compared, ...]:
    sheet, content = _sheet(path)
    digest, said = hashlib.sha256(content).hexdigest(), replay(sheet).advice
    sides = product(_alike(sheet.champion, known), _alike(sheet.challenger, known))
    return tuple(
        Compared(digest, champion, challenger, said, headline(sheet))
        for champion, challenger in sides
        if champion != challenger
    )


def _alike(side: Side, known: Sequence[Answerer]) -> list[str]:
    """Digests of those who answer as this side does."""
    return [one.digest for one in known if side.answering_digest and one.answering_digest == side.answering_digest]


def _named(path: Path) -> str:
    sheet, _ = _sheet(path)
    return f"{sheet.champion.name!r} and {sheet.challenger.name!r}"


def _sheet(path: Path) -> tuple[ComparisonSheet, bytes]:
    try:
        content = path.read_bytes()
        return _SHEET.validate_json(content), content
    except (OSError, ValidationError) as error:
        first = " ".join(str(error).split())[:160]
        raise DocumentError(f"{path}: is no comparison ({first}); make it: detection compare --json {path}") from error
