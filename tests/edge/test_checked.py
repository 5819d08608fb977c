"""JSON from outside is hostile until checked."""

from __future__ import annotations

import pytest

from detection.edge import checked
from detection.errors import BundleError


@pytest.mark.parametrize(
    "content",
    [b"NaN", b"[Infinity]", b"[1e999]", b'{"a": 1, "a": 2}', b"\xff", b"", b"[" * 100_000, b"{'a': 1}"],
    ids=["nan", "infinity", "too-large", "key-twice", "not-utf8", "empty", "too-deep", "not-json"],
)
def test_what_plain_json_would_let_through_is_refused(content: bytes) -> None:
    with pytest.raises(BundleError, match=r"thing\.json: is not strict JSON"):
        checked.parse(content, "thing.json")


def test_one_value_has_one_spelling() -> None:
    assert checked.canonical({"b": 1, "a": [1.5]}) == checked.canonical({"a": [1.5], "b": 1})
    with pytest.raises(BundleError, match="canonical JSON"):
        checked.require_canonical({"a": 1}, b'{"a":1}', "thing.json")


def test_half_a_surrogate_pair_is_refused_not_crashed_on() -> None:
    with pytest.raises(BundleError, match="UTF-8"):
        checked.require_canonical(checked.parse(b'"\\ud800"', "x"), b'"\\ud800"', "x")


def test_missing_and_unknown_keys_are_named_together() -> None:
    with pytest.raises(BundleError, match=r"missing \['b'\], unknown \['c'\]"):
        checked.Fields({"a": 1, "c": 2}, "thing", ("a", "b"))


@pytest.mark.parametrize(
    ("value", "reads"),
    [
        (True, lambda f: f.whole("v", 0, 9)),
        (1.0, lambda f: f.whole("v", 0, 9)),
        (10, lambda f: f.whole("v", 0, 9)),
        (True, lambda f: f.number("v", 0, 9)),
        ("1", lambda f: f.number("v", 0, 9)),
        (10**400, lambda f: f.number("v", 0, 9)),
        ("a\nb", lambda f: f.text("v")),
        (None, lambda f: f.text("v")),
        ([1, "2"], lambda f: f.numbers("v")),
        ({"0": 1}, lambda f: f.numbers("v")),
        ([1, -1], lambda f: f.counts("v", 2)),
        ([1], lambda f: f.counts("v", 2)),
    ],
)
def test_a_value_of_another_kind_is_refused_with_its_place(value: object, reads: object) -> None:
    with pytest.raises(BundleError, match="thing: v"):
        reads(checked.Fields({"v": value}, "thing", ("v",)))  # type: ignore[operator]
