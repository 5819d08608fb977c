"""A folder that is watched: each picture once, none half written, nothing remembered for ever."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from detection.edge.sources.files import of_watched
from detection.edge.sources.items import Choice, Frame, Item, Quiet, Unreadable
from tests.examples_bundles import picture, png

ANY = Choice("", 1_000_000)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Item]:
    """The items of ``tmp_path``, looked at without pauses."""
    return of_watched(tmp_path, ANY, lambda seconds: None)


def arrived(watched: Iterator[Item], looks: int = 3) -> list[str]:
    """Names of what the next looks find; a look that finds nothing is a quiet moment."""
    names: list[str] = []
    while looks:
        item = next(watched)
        looks -= isinstance(item, Quiet)
        names += [item.name] if isinstance(item, (Frame, Unreadable)) else []
    return names


def test_each_picture_is_given_once_when_it_has_settled(watched: Iterator[Item], tmp_path: Path) -> None:
    assert arrived(watched) == []
    (tmp_path / "cam-01").mkdir()
    (tmp_path / "cam-01" / "a.png").write_bytes(png(picture(1)))
    (tmp_path / "b.png").write_bytes(png(picture(2)))
    assert arrived(watched) == ["b.png", "cam-01/a.png"]
    assert arrived(watched) == []


def test_a_picture_that_still_grows_is_waited_for(watched: Iterator[Item], tmp_path: Path) -> None:
    content = png(picture(1))
    for length in (10, 100, len(content)):
        (tmp_path / "a.png").write_bytes(content[:length])
        assert arrived(watched, 1) == []
    assert arrived(watched, 1) == ["a.png"]


def test_a_picture_that_was_written_over_is_looked_at_again(watched: Iterator[Item], tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(picture(1)))
    assert arrived(watched) == ["a.png"]
    (tmp_path / "a.png").write_bytes(png(picture(2, 90, 90)))
    assert arrived(watched) == ["a.png"]


def test_a_picture_that_was_taken_away_is_forgotten(watched: Iterator[Item], tmp_path: Path) -> None:
    for _ in range(3):
        (tmp_path / "a.png").write_bytes(png(picture(1)))
        assert arrived(watched) == ["a.png"]
        (tmp_path / "a.png").unlink()
        assert arrived(watched) == []


def test_a_bad_picture_and_a_folder_that_is_gone_do_not_end_the_watch(watched: Iterator[Item], tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    assert arrived(watched) == ["a.png"]
    (tmp_path / "a.png").unlink()
    tmp_path.rename(tmp_path.with_name("gone"))
    assert arrived(watched) == []
    tmp_path.with_name("gone").rename(tmp_path)
    (tmp_path / "b.png").write_bytes(png(picture(1)))
    assert arrived(watched) == ["b.png"]
