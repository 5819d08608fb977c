"""Tables come back as they went, from whole files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detection.errors import DocumentError
from detection.outside import tables
from detection.rules.labels.samples import Annotations, Assignments, Frames
from tests.examples_labels import collected, frames, said, stored


def _same(one: object, other: object) -> bool:
    for name in type(one).__slots__:  # type: ignore[attr-defined]
        a, b = getattr(one, name), getattr(other, name)
        if name == "conditions":
            if list(a) != list(b) or any(a[key].tolist() != b[key].tolist() for key in a):
                return False
        elif a.dtype != b.dtype or not np.array_equal(a, b, equal_nan=a.dtype.kind in "fM"):
            return False
    return True


@pytest.mark.parametrize("count", [0, 1, 3])
def test_frames_come_back(tmp_path: Path, count: int) -> None:
    """Also none, and those whose time is unknown."""
    rows = [stored(f"{n}#t=é {n}.jpg", second=None if n else 1.5) for n in range(count)]
    table = frames(rows, {"lighting": ["dim"] * count, "crowding": [""] * count})
    tables.write_frames(tmp_path / "f.parquet", table)
    back = tables.read_frames(tmp_path / "f.parquet")
    assert isinstance(back, Frames)
    assert _same(table, back)


@pytest.mark.parametrize("boxes", [[], [("box", 1, 2, 3.5, 4)], [("box", 1, 2, 3, 4), ("tube", float("nan"), 0, 1, 1)]])
def test_boxes_and_answers_come_back(tmp_path: Path, boxes: list[tuple[str, float, float, float, float]]) -> None:
    """An answer without boxes has no row among the boxes and one among the answers."""
    made = collected([said("ann-1", *boxes), said("verified", verified=True)])
    tables.write_annotations(tmp_path / "b.parquet", made.boxes)
    tables.write_assignments(tmp_path / "a.parquet", made.assignments)
    boxes_back = tables.read_annotations(tmp_path / "b.parquet")
    answers_back = tables.read_assignments(tmp_path / "a.parquet")
    assert isinstance(boxes_back, Annotations)
    assert isinstance(answers_back, Assignments)
    assert _same(made.boxes, boxes_back)
    assert _same(made.assignments, answers_back)


def test_the_same_table_gives_the_same_bytes(tmp_path: Path) -> None:
    """DVC compares outputs by hash."""
    table = frames([stored("a"), stored("b")])
    tables.write_frames(tmp_path / "1", table)
    tables.write_frames(tmp_path / "2", table)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


@pytest.mark.parametrize("cut", [0, 4, 100, -8])
def test_a_damaged_table_is_our_error(tmp_path: Path, cut: int) -> None:
    """DVC restores truncated files without a word."""
    path = tmp_path / "f.parquet"
    tables.write_frames(path, frames([stored("a")]))
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(DocumentError, match=r"f\.parquet: .*run `dvc repro` again"):
        tables.read_frames(path)


def test_a_missing_table_is_our_error(tmp_path: Path) -> None:
    """Stages may be run out of order by hand."""
    with pytest.raises(DocumentError, match="run `dvc repro` again"):
        tables.read_columns(tmp_path / "nowhere.parquet")


def test_another_table_is_not_taken_for_this_one(tmp_path: Path) -> None:
    """A file of an older version of this program has other columns."""
    tables.write_columns(tmp_path / "f.parquet", {"frame": np.array(["a"], object)})
    for read in (tables.read_frames, tables.read_annotations, tables.read_assignments):
        with pytest.raises(DocumentError, match="run `dvc repro` again"):
            read(tmp_path / "f.parquet")


def test_a_full_disk_leaves_nothing(small_disk: Path) -> None:
    """A table cut short would be read as damaged at best."""
    noise = np.random.default_rng(0).random(1_000_000)
    with pytest.raises(Exception, match="No space left"):
        tables.write_columns(small_disk / "f.parquet", {"x": noise})
    assert list(small_disk.iterdir()) == []
