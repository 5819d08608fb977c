"""Versions by whatever people type, and by what they were made from."""

from __future__ import annotations

import pytest

from detection.outside.database.answers.finding import Kind
from detection.outside.database.faults import RegistryError
from detection.rules.registry.registered import Number, Version
from tests.examples_registry import MODEL, content, digest_of
from tests.examples_store import Desk, one_more


def test_a_version_has_many_names(desk: Desk) -> None:
    """Whole digest, six digits of it, its number, latest."""
    desk.register(1, 2, 3)
    for name, number in ((digest_of(1), 1), ("020202", 2), ("1.1.0", 2), ("latest", 3)):
        assert desk.registry.version(name).content.digest == digest_of(number)
        assert desk.registry.version(name, MODEL).content.digest == digest_of(number)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("0202", "names no version"), ("ffffff", "no version"), ("9.9.9", "no version"), ("v1.0.0", "names no version"),
        ("../../etc/passwd", "names no version"), ("<b>", "names no version"), ("a\x1b[2Jb", r"\\x1b"),
        ("", "names no version"), ("0" * 65, "names no version"), ("%", "names no version"),
    ],
)  # fmt: skip
def test_a_name_of_nothing_is_told(desk: Desk, name: str, words: str) -> None:
    """Names come from people: paths, HTML, control characters and wild cards name nothing, in one line."""
    desk.register(1)
    with pytest.raises(RegistryError, match=words):
        desk.registry.version(name)


def test_a_name_of_several_is_refused_with_all_of_them(desk: Desk) -> None:
    """Never a guess."""
    desk.registry.register(content(1, digest="abcdef" + "0" * 58), "pipeline", one_more, desk.now())
    desk.registry.register(content(2, digest="abcdef" + "1" * 58), "pipeline", one_more, desk.now())
    with pytest.raises(RegistryError, match="several versions"):
        desk.registry.version("abcdef")


def test_latest_of_several_models_needs_a_model(desk: Desk) -> None:
    """Two products, two newest versions."""
    desk.register(1)
    desk.registry.register(content(2, model="pallets"), "pipeline", one_more, desk.now())
    with pytest.raises(RegistryError, match="of which model"):
        desk.registry.version("latest")
    assert desk.registry.version("latest", "pallets").content.digest == digest_of(2)


@pytest.mark.parametrize(
    ("kind", "name", "numbers"),
    [
        ("data", "data/split/splits.parquet", [1, 2]), ("data", "2" * 64, [1, 2]), ("data", "222222", [1, 2]),
        ("data", "splits", []), ("commit", "7777777", [1, 2]), ("commit", "7" * 41, []),
        ("package", "torch", [1, 2]), ("package", "torch==2.15.0", [1, 2]), ("package", "torch==2.14.0", []),
        ("parent", digest_of(1), [2]), ("parent", digest_of(1)[:8], [2]), ("run", "run-7", [2]), ("run", "run", []),
    ],
)  # fmt: skip
def test_what_was_made_from_something_is_told(desk: Desk, kind: Kind, name: str, numbers: list[int]) -> None:
    """`detection registry affected`: a package has a hole, a data set must go; which versions have it?"""
    desk.register(1)
    desk.register(2, parent=digest_of(1), runs=("run-7",))
    assert [one.content.counter for one in desk.registry.holding(kind, name)] == numbers


def test_a_version_is_numbered_by_the_newest_of_each_major_and_its_parent(desk: Desk) -> None:
    """Not by all: there may be ten thousand, and whoever registers holds the log meanwhile."""
    numbers = iter((Number(1, 0, 0), Number(1, 9, 0), Number(1, 10, 0), Number(2, 0, 1)))
    for counter in range(1, 5):
        desk.registry.register(content(counter), "engineer-1", lambda _: (next(numbers), "x"), desk.now())
    seen: list[tuple[Version, ...]] = []

    def numbering(earlier: tuple[Version, ...]) -> tuple[Number, str]:
        seen.append(earlier)
        return Number(2, 1, 0), "x"

    desk.registry.register(content(5, parent=digest_of(2)), "engineer-1", numbering, desk.now())
    assert [str(one.number) for one in seen[0]] == ["1.9.0", "1.10.0", "2.0.1"]
    assert [str(one.number) for one in desk.registry.bases(MODEL)] == ["1.10.0", "2.1.0"]
    assert desk.registry.bases("another") == ()
