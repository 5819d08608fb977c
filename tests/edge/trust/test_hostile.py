"""Whatever bytes somebody brings are read or refused: no reader crashes, and what was read is spelled the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any, Protocol

import pytest
from hypothesis import given, settings
from hypothesis import strategies as draw

from detection.edge import checked
from detection.edge.trust.envelope import Envelope, Signature
from detection.edge.trust.manifest import Manifest
from detection.edge.trust.statement import Statement
from detection.errors import BundleError
from tests.examples_signing import MANIFEST


class Document(Protocol):
    """What is read and spelled."""

    def to_bytes(self) -> bytes: ...


READERS: dict[str, Callable[[bytes], Document]] = {
    "manifest": Manifest.from_bytes,
    "statement": Statement.from_bytes,
    "envelope": Envelope.from_bytes,
}
SOUND: dict[str, Document] = {
    "manifest": MANIFEST,
    "statement": Statement("colours", 3, "1" * 64, "2" * 64, "3" * 64, "2027-06-30"),
    "envelope": Envelope(b"{}", (Signature("1" * 64, b"\x01" * 64),)),
}
VALUES = draw.recursive(
    draw.none() | draw.booleans() | draw.integers() | draw.floats(allow_nan=False, allow_infinity=False) | draw.text(),
    lambda inner: draw.lists(inner, max_size=3) | draw.dictionaries(draw.text(), inner, max_size=3),
    max_leaves=6,
)


def spelled(kind: str, document: dict[str, Any]) -> bytes:
    """As the writer would, the manifest's own digest mended, so that every field is looked at."""
    if kind == "manifest":
        own = {name: value for name, value in document.items() if name != "digest"}
        document |= {"digest": hashlib.sha256(checked.canonical(own)).hexdigest()}
    return checked.canonical(document)


def read_or_refused(kind: str, content: bytes) -> None:
    try:
        found = READERS[kind](content)
    except BundleError:
        return
    assert found.to_bytes() == content


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=40, deadline=None)
@given(content=draw.binary(max_size=200))
def test_any_bytes_are_refused(kind: str, content: bytes) -> None:
    read_or_refused(kind, content)


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=60, deadline=None)
@given(pick=draw.randoms(use_true_random=False), value=VALUES)
def test_any_value_in_any_place_is_refused_or_spelled_as_it_was(kind: str, pick: Any, value: object) -> None:
    document = json.loads(SOUND[kind].to_bytes())
    place: Any = document
    while True:
        key = pick.choice(sorted(place)) if isinstance(place, dict) else pick.randrange(len(place))
        if not isinstance(place[key], dict | list) or not place[key] or pick.random() < 0.3:
            break
        place = place[key]
    place[key] = value
    try:
        read_or_refused(kind, spelled(kind, document))
    except UnicodeEncodeError:
        return
