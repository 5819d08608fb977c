"""A version is put together from wherever it lies, and says so where it cannot be."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from detection.errors import DetectionError
from detection.outside import dvc, tables
from detection.outside.dvc import RevisionError
from detection.outside.revisions.opening import open_version
from detection.rules.labels.versions.version import version_id
from tests.examples_revisions import Scratch, flip


def test_a_revision_the_workspace_and_a_folder_give_the_same_version(history: Scratch) -> None:
    ids = {version_id(open_version(name, history.root).version) for name in ("second", "workspace", "HEAD")}
    ids.add(version_id(open_version(str(history.root / "data")).version))
    assert len(ids) == 1
    assert version_id(open_version("first", history.root).version) not in ids


def test_images_of_an_old_revision_are_read_from_the_cache(history: Scratch) -> None:
    opened = open_version("first", history.root)
    gone = int(np.flatnonzero(opened.version.frames.name == "gone.jpg")[0])
    content = opened.image(gone)
    assert content is not None
    assert content.startswith(b"\xff\xd8")


def test_an_image_that_is_not_here_is_none(own: Scratch) -> None:
    shutil.rmtree(own.root / "data" / "collect" / "shards")
    assert open_version("workspace", own.root).image(0) is None


@pytest.mark.parametrize("layout", ["labels", "boxes"])
def test_a_plain_folder_of_three_tables_is_a_version(history: Scratch, tmp_path: Path, layout: str) -> None:
    data = history.root / "data"
    shutil.copy(data / "validate/frames.parquet", tmp_path / "frames.parquet")
    looked = {"labels": "labelled", "boxes": "assignments"}[layout]
    shutil.copy(data / "agreement/labels.parquet", tmp_path / f"{layout}.parquet")
    shutil.copy(data / "agreement/labelled.parquet", tmp_path / f"{looked}.parquet")
    opened = open_version(str(tmp_path))
    assert len(opened.version.labels) == 4


def test_several_answers_to_a_frame_are_not_a_version(history: Scratch, tmp_path: Path) -> None:
    shutil.copytree(history.root / "data" / "validate", tmp_path / "validate")
    path = tmp_path / "validate" / "assignments.parquet"
    looked = tables.read_assignments(path)
    tables.write_assignments(path, looked.take(np.array([0, 0, 1])))
    with pytest.raises(RevisionError, match=r"1 of 2 frames .* more than one answer"):
        open_version(str(tmp_path))


def test_what_is_not_in_the_cache_is_told_with_the_way_to_get_it(own: Scratch) -> None:
    shutil.rmtree(own.root / ".dvc" / "cache" / "files")
    with pytest.raises(RevisionError, match=r"not in the cache.*dvc fetch"):
        open_version("first", own.root)


def test_a_damaged_table_in_the_cache_is_refused_before_it_is_read(own: Scratch) -> None:
    place = dvc.recorded(own.root, "first").find("data/agreement/labels.parquet")
    assert place is not None
    flip(place, 40)
    with pytest.raises(RevisionError, match=r"has MD5 .* delete the object"):
        open_version("first", own.root)


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DetectionError, match="no tables of frames and labels"):
        open_version(str(tmp_path))


def test_a_revision_before_the_first_run_is_refused(history: Scratch) -> None:
    with pytest.raises(DetectionError):
        open_version("first~1", history.root)
