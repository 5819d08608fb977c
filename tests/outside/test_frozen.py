"""Frozen sets on disk: proven on every read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from detection.errors import SplitError
from detection.outside import frozen
from detection.rules.labels.splits.frozen import FrozenSets, Wish, changed


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """And what is not there is not frozen."""
    made = changed("challenge", None, Wish("freeze", ("a", "b"), "why", date(2026, 11, 21)))
    assert frozen.write(made, tmp_path) == tmp_path / "challenge.json"
    assert frozen.read_all(tmp_path) == FrozenSets(None, made)


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"set": "golden", "frames": 3}'])
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """With the way back."""
    (tmp_path / "golden.json").write_bytes(content)
    with pytest.raises(SplitError, match="restore it from version control"):
        frozen.read("golden", tmp_path)


def test_every_changed_byte_is_noticed(tmp_path: Path) -> None:
    """But for white space, which says nothing."""
    frozen.write(changed("golden", None, Wish("freeze", ("a", "b"), "why", date(2026, 11, 21))), tmp_path)
    path = tmp_path / "golden.json"
    whole = path.read_bytes()
    for place in range(len(whole)):
        if not whole[place : place + 1].isspace():
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            with pytest.raises(SplitError):
                frozen.read("golden", tmp_path)
