"""What DVC recorded is read from a revision without touching the workspace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detection.outside import dvc
from detection.outside.dvc import Listed, ListError, NoRepositoryError, RevisionError
from tests.examples_revisions import Scratch, copied, flip, with_history


@pytest.fixture
def history() -> Scratch:
    """Revisions ``first`` and ``second``, to be read."""
    return with_history()


@pytest.fixture
def own(tmp_path: Path) -> Scratch:
    """The same, to be changed."""
    return copied(with_history(), tmp_path / "project")


def snapshot(root: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in (root / "data").rglob("*")}


def test_the_outputs_of_a_revision_are_those_of_its_lock(history: Scratch) -> None:
    record = dvc.recorded(history.root, "first")
    assert [(o.path, o.stage) for o in record.outputs] == [
        ("data/agreement", "agreement"), ("data/collect", "collect"), ("data/validate", "validate"),
    ]  # fmt: skip
    assert all(output.is_folder() for output in record.outputs)
    assert dvc.recorded(history.root, "second").outputs == dvc.recorded(history.root).outputs != record.outputs


def test_reading_a_revision_leaves_the_workspace_alone(history: Scratch) -> None:
    before = snapshot(history.root)
    assert dvc.recorded(history.root, "first").find("data/validate/frames.parquet") is not None
    assert snapshot(history.root) == before
    assert history.run("git", "status", "--porcelain") == ""


def test_a_file_is_found_by_its_path(history: Scratch) -> None:
    record = dvc.recorded(history.root)
    found = record.find("data/agreement/labels.parquet")
    assert found is not None
    assert found.read_bytes() == (history.root / "data/agreement/labels.parquet").read_bytes()
    assert record.find("data/agreement/nothing.parquet") is None
    assert record.find("elsewhere") is None


def test_a_project_below_the_root_of_git_is_read_too(own: Scratch, tmp_path: Path) -> None:
    """DVC may be set up in a folder of a larger repository."""
    outer = Scratch(tmp_path / "outer")
    outer.root.mkdir()
    inner = Scratch(own.root.rename(outer.root / "inner"))
    history = inner.root / ".git"
    history.rename(tmp_path / "set aside")
    outer.run("git", "init", "--quiet")
    outer.run("git", "add", "--all", "inner")
    outer.run("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "--message", "all")
    record = dvc.recorded(inner.root, "HEAD")
    assert [o.path for o in record.outputs] == ["data/agreement", "data/collect", "data/validate"]
    assert record.find("data/validate/frames.parquet") is not None


@pytest.mark.parametrize("name", ["nothing", "--help", "first~9", "a b", "../x", "\x1b[31m"])
def test_an_unknown_revision_is_refused_in_one_line(history: Scratch, name: str) -> None:
    with pytest.raises(RevisionError, match="expected a commit") as refused:
        dvc.recorded(history.root, name)
    assert "\n" not in str(refused.value)


def test_a_folder_outside_any_repository_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NoRepositoryError, match="no repository of DVC"):
        dvc.recorded(tmp_path)


def test_a_folders_list_is_proven_by_its_name(own: Scratch) -> None:
    record = dvc.recorded(own.root)
    output = record.outputs[0]
    listed = record.listed(output)
    assert [one.name for one in listed] == ["labelled.parquet", "labels.parquet"]
    assert dvc.list_bytes(tuple(reversed(listed))) == record.object(output.md5).read_bytes()
    flip(record.object(output.md5))
    with pytest.raises(ListError, match="MD5"):
        record.listed(output)
    with pytest.raises(RevisionError, match="fetch"):
        record.find("data/agreement/labels.parquet")


@pytest.mark.parametrize("content", ["{}", "[1]", '[{"md5": "x"}]', "[", '"x"'])
def test_a_list_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    """Also one whose hash is right."""
    place = tmp_path / "list"
    place.write_text(content)
    with pytest.raises(ListError):
        dvc.read_list(place, f"{dvc.md5(place)}.dir")


def test_lists_are_written_as_dvc_writes_them() -> None:
    made = dvc.list_bytes((Listed("b", "2"), Listed("a/ü", "1")))
    assert json.loads(made) == [{"md5": "1", "relpath": "a/ü"}, {"md5": "2", "relpath": "b"}]
