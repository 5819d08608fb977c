"""Zips: what else a zip can hold than files, refused by name."""

from __future__ import annotations

import stat
import struct
import zipfile
from pathlib import Path

import pytest

from detection.errors import SourceError
from tests.examples_hostile import LIMITS, content_of, zip_of, zip_with

ENTRY = b"PK\x01\x02"


def item(name: str = "b.txt", mode: int = 0, packing: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    made.compress_type = packing
    return made


def changed(path: Path, at: int, value: bytes, entry: int = 1) -> Path:
    """Overwrite bytes of an entry of the central directory, ``at`` counted from the entry's start."""
    content = bytearray(path.read_bytes())
    start = -1
    for _ in range(entry + 1):
        start = content.index(ENTRY, start + 1)
    content[start + at : start + at + len(value)] = value
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        pytest.param(item(mode=stat.S_IFLNK | 0o777), "is a link", id="link"),
        pytest.param(item(mode=stat.S_IFCHR | 0o600), "is a device", id="device"),
        pytest.param(item(mode=stat.S_IFIFO | 0o600), "is a device", id="pipe"),
        pytest.param(item(packing=zipfile.ZIP_LZMA), "method 14", id="lzma"),
        pytest.param(item(packing=zipfile.ZIP_BZIP2), "method 12", id="bzip2"),
    ],
)
def test_what_is_no_plain_file_is_refused(tmp_path: Path, made: zipfile.ZipInfo, reason: str) -> None:
    """A link or a device in a delivery means harm; lzma lets the file choose how much memory it takes."""
    with pytest.raises(SourceError, match=rf"1 fault(?s:.)*'b\.txt': .*{reason}"):
        content_of(zip_with(tmp_path / "d", made, b"/etc/passwd"))


def test_files_with_ordinary_modes_and_folders_are_read(tmp_path: Path) -> None:
    """Zips made on Unix carry modes, and entries of folders."""
    path = zip_with(tmp_path / "d", item(mode=stat.S_IFREG | 0o644), b"b")
    with zipfile.ZipFile(path, "a") as archive:
        archive.mkdir("some folder")
    assert content_of(path) == {"a.txt": b"a", "b.txt": b"b"}


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    """There is no one to ask for the password."""
    path = changed(zip_with(tmp_path / "d", item(), b"secret"), 8, b"\x01\x00")
    with pytest.raises(SourceError, match="encrypted"):
        content_of(path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    """By what it says of itself: two megabytes in two kilobytes."""
    path = zip_of(tmp_path / "d", {"a.txt": b"\0" * 2_000_000})
    with pytest.raises(SourceError, match=r"limits\.expansion"):
        content_of(path)


def test_a_small_well_packed_archive_is_no_bomb(tmp_path: Path) -> None:
    """A hundred times nothing is nothing."""
    assert content_of(zip_of(tmp_path / "d", {"a.txt": b"\0" * 900_000}))


def test_a_bomb_that_lies_about_its_size_gives_no_more_than_it_says(tmp_path: Path) -> None:
    """The size in the directory is a claim: never more is unpacked, and the checksum tells the lie."""
    path = zip_of(tmp_path / "d", {"a.txt": b"\0" * 2_000_000})
    path = changed(path, 24, struct.pack("<I", 100), entry=0)
    with pytest.raises(SourceError, match="is damaged"):
        content_of(path)


def test_a_member_shorter_than_it_says_is_damaged(tmp_path: Path) -> None:
    """Half a file is no file."""
    path = changed(zip_with(tmp_path / "d", item(), b"x" * 100), 24, struct.pack("<I", 101))
    with pytest.raises(SourceError, match=r"'b\.txt' (is damaged|has 100 bytes)"):
        content_of(path)


def test_members_that_share_bytes_are_refused(tmp_path: Path) -> None:
    """So a zip of 10 MB can hold 281 TB: every member uses the same packed bytes."""
    path = zip_of(tmp_path / "d", {"a.txt": b"x" * 9000, "b.txt": b"x" * 9000})
    path = changed(path, 42, struct.pack("<I", 0))
    with pytest.raises(SourceError, match="shares its bytes"):
        content_of(path)


def test_a_name_that_changes_between_directory_and_member_is_damaged(tmp_path: Path) -> None:
    """One tool shows the one name, the next writes the other."""
    path = changed(zip_with(tmp_path / "d", item(), b"x"), 46, b"c")
    with pytest.raises(SourceError, match=r"'c\.txt' is damaged"):
        content_of(path)


def test_a_name_that_hides_behind_a_zero_is_refused(tmp_path: Path) -> None:
    """The standard library cuts the name there."""
    path = changed(zip_with(tmp_path / "d", item("bXjpg"), b"x"), 47, b"\0")
    with pytest.raises(SourceError, match="unprintable"):
        content_of(path)


def test_a_crowded_directory_is_refused_before_it_is_taken_apart(tmp_path: Path) -> None:
    """A million entries cost a gigabyte once they are objects; even one behind another name counts."""
    path = zip_of(tmp_path / "d", {f"{n}.txt": b"" for n in range(60)})
    with pytest.raises(SourceError, match="more than 50 files"):
        content_of(path)
    path = zip_of(tmp_path / "e", {f"{n:0>60000}.txt": b"" for n in range(8)})
    with pytest.raises(SourceError, match="more than 2 files"):
        content_of(path, LIMITS.model_copy(update={"members": 2}))


def test_a_long_comment_and_long_names_are_read(tmp_path: Path) -> None:
    """Limits are for bombs, not for people who write much."""
    path = zip_of(tmp_path / "d", {"a" * 3000 + ".txt": b"x"})
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"c" * 60_000
    assert list(content_of(path)) == ["a" * 3000 + ".txt"]
