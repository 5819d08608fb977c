"""Whose labels they are: names as a delivery writes them become ids of ours. Knows no files."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from detection.errors import SourceError
from detection.rules.labels.intake.arrivals import VERIFIED, Answer

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_OTHER = re.compile(r"[^a-z0-9_-]+")


def ids(names: Iterable[str], given: Mapping[str, str]) -> Mapping[str, str]:
    """The id of every annotator.

    Args:
        names: as written in the delivery.
        given: name to id, as params.yaml says; it may say that two names are one person.

    Raises:
        SourceError: two different names would get one id, and nobody said that they are one person.
    """
    found = {name: given.get(name) or slug(name) for name in sorted(set(names))}
    by_id: dict[str, list[str]] = defaultdict(list)
    for name, made in found.items():
        by_id[made].append(name)
    faults = [
        f"{', '.join(map(repr, same))} would all be {made!r}"
        for made, same in sorted(by_id.items())
        if len(same) > 1 and not all(name in given for name in same)
    ]
    if faults:
        raise SourceError("several annotators would get one id; name each under annotators of the source", faults)
    return found


def slug(name: str) -> str:
    """A name as an id: itself if it is one, else what is left of it, else a digest of it."""
    if _ID.fullmatch(name):
        return name
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    short = _OTHER.sub("-", plain).strip("-_")[:64]
    return short or f"annotator-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def signed(answer: Answer, known: Mapping[str, str]) -> Answer:
    """The answer under its annotator's id; the expert's, told by a flag or by that id, under the expert's.

    Args:
        answer: its annotator is the name in the delivery.
        known: what :func:`ids` gave.
    """
    own = known[answer.annotator]
    if answer.verified or own == VERIFIED:
        return replace(answer, annotator=VERIFIED, verified=True)
    return replace(answer, annotator=own)
