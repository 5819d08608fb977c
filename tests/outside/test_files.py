"""Whole files or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from detection.errors import SourceError
from detection.outside import files
from detection.outside.files import DiskError

JPG = frozenset({".jpg"})


def _interrupted(path: Path) -> None:
    with files.atomic(path) as temporary:
        temporary.write_bytes(b"half")
        raise KeyboardInterrupt


def test_a_write_that_stops_leaves_the_old_file(tmp_path: Path) -> None:
    """Ctrl-C in the middle of a run must not cost the result of the last one."""
    path = tmp_path / "a.json"
    files.write_text(path, "old")
    with pytest.raises(KeyboardInterrupt):
        _interrupted(path)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_a_full_disk_leaves_the_old_file_and_says_so(small_disk: Path) -> None:
    """The old state or the new, never a third."""
    path = small_disk / "a.bin"
    files.write_bytes(path, b"old")
    with pytest.raises(DiskError, match=r"a\.bin: cannot be written \(No space left"):
        files.write_bytes(path, bytes(4_000_000))
    assert path.read_bytes() == b"old"
    assert [p.name for p in small_disk.iterdir()] == ["a.bin"]


def test_a_folder_that_cannot_be_made_is_our_error(tmp_path: Path) -> None:
    """A file may stand where the folder should."""
    (tmp_path / "a").write_text("a file")
    with pytest.raises(DiskError, match="free space or mend it"):
        files.write_text(tmp_path / "a" / "b.txt", "x")


def test_the_same_value_gives_the_same_json(tmp_path: Path) -> None:
    """Outputs are compared by hash: the order of keys must not decide."""
    files.write_json(tmp_path / "a", {"b": 1, "a": [1.5, None, "é"]})
    files.write_json(tmp_path / "b", {"a": [1.5, None, "é"], "b": 1})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_nan_is_not_written(tmp_path: Path) -> None:
    """JSON has no NaN, and a metric that is none must not look like one."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        files.write_json(tmp_path / "a", {"a": float("nan")})
    assert not (tmp_path / "a").exists()


def test_an_emptied_folder_is_empty_whatever_stood_there(tmp_path: Path) -> None:
    """A file of a former run must not be taken for one of this."""
    (tmp_path / "out" / "deep").mkdir(parents=True)
    (tmp_path / "out" / "deep" / "old").touch()
    (tmp_path / "file").touch()
    assert list(files.empty_folder(tmp_path / "out").iterdir()) == []
    assert files.empty_folder(tmp_path / "file").is_dir()


def test_a_listing_is_sorted_and_passes_over_what_is_hidden(tmp_path: Path) -> None:
    """Two machines list in two orders; editors and macOS leave hidden files."""
    for name in ("b/2.JPG", "a/1.jpg", ".trash/x.jpg", "__MACOSX/y.jpg", "a/.z.jpg", "a/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert files.listing(tmp_path, JPG) == ["a/1.jpg", "b/2.JPG"]


def test_names_that_cannot_be_shown_are_told(tmp_path: Path) -> None:
    """They cannot be written to a table or a terminal either."""
    (tmp_path / "a\x1b[31m.jpg").touch()
    with pytest.raises(SourceError, match="unprintable"):
        files.listing(tmp_path, JPG)


def test_lines_are_stripped_and_blank_ones_dropped(tmp_path: Path) -> None:
    """Split lists come with Windows line ends and a blank last line."""
    (tmp_path / "a.txt").write_bytes(b" x \r\n\r\ny\n\n")
    assert files.read_lines(tmp_path / "a.txt") == ["x", "y"]
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe")
    for name in ("b.txt", "nowhere.txt"):
        with pytest.raises(SourceError, match="cannot be read as text"):
            files.read_lines(tmp_path / name)
