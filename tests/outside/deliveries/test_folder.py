"""Folders: what a disk can hold beside files is refused or not entered."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from detection.errors import SourceError
from detection.outside.deliveries import opened
from tests.examples_hostile import LIMITS, content_of, folder_of


def test_a_linked_folder_that_leads_out_is_refused(tmp_path: Path) -> None:
    """Its images would be missing without a word."""
    folder = folder_of(tmp_path / "d", {"a.txt": b"a"})
    folder_of(tmp_path / "elsewhere", {"b.txt": b"b"})
    (folder / "images").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SourceError, match="'images': is a link that leads out"):
        content_of(folder)


def test_folders_linked_inside_are_not_entered(tmp_path: Path) -> None:
    """A link to a parent would never end."""
    folder = folder_of(tmp_path / "d", {"a/b.txt": b"b"})
    (folder / "again").symlink_to(folder)
    assert content_of(folder) == {"a/b.txt": b"b"}


def test_a_link_to_a_file_inside_is_that_file(tmp_path: Path) -> None:
    """Some tools keep one copy of each image."""
    folder = folder_of(tmp_path / "d", {"a.txt": b"a"})
    (folder / "b.txt").symlink_to("a.txt")
    assert content_of(folder) == {"a.txt": b"a", "b.txt": b"a"}


def test_the_delivery_itself_may_be_a_link(tmp_path: Path) -> None:
    """Whoever typed the path chose it."""
    folder_of(tmp_path / "d", {"a.txt": b"a"})
    (tmp_path / "link").symlink_to(tmp_path / "d")
    assert content_of(tmp_path / "link") == {"a.txt": b"a"}


def test_links_that_lead_out_and_what_is_no_file_are_refused_together(tmp_path: Path) -> None:
    """A link out would put a file of this machine into the data set; a pipe would hang the reader."""
    folder = folder_of(tmp_path / "d", {"a.txt": b"a"})
    (tmp_path / "secret").write_bytes(b"s")
    (folder / "out.txt").symlink_to(tmp_path / "secret")
    (folder / "broken.txt").symlink_to("nothing")
    (folder / "round.txt").symlink_to("round.txt")
    os.mkfifo(folder / "pipe.txt")
    with pytest.raises(SourceError, match="4 fault") as caught:
        content_of(folder)
    for reason in ("leads out", "No such file", "no plain file", "'round.txt'"):
        assert reason in str(caught.value)


def test_names_that_others_cannot_hold_are_refused(tmp_path: Path) -> None:
    """The same rules as for archives: what is collected here must unpack elsewhere."""
    folder = folder_of(tmp_path / "d", {"a.txt": b"a", "A.txt": b"a", "c\\d.txt": b"x", "e\nf.txt": b"x"})
    (folder / os.fsdecode(b"gr\xfcn.txt")).touch()
    with pytest.raises(SourceError, match="4 fault"):
        content_of(folder)


def test_a_file_that_vanished_or_grew_is_our_error(tmp_path: Path) -> None:
    """Somebody still copies into the folder."""
    folder = folder_of(tmp_path / "d", {"a.txt": b"a", "b.txt": b"b"})
    with opened(folder, LIMITS.model_copy(update={"member_bytes": 3})) as delivery:
        (folder / "a.txt").unlink()
        (folder / "b.txt").write_bytes(b"bbbb")
        with pytest.raises(SourceError, match="cannot be read"):
            delivery.read("a.txt")
        with pytest.raises(SourceError, match="grew beyond"):
            delivery.read("b.txt")
