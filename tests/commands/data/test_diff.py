"""Revisions are compared end to end, whatever strangers called their files."""

from __future__ import annotations

from pathlib import Path

import pytest

from detection import cli
from detection.errors import DetectionError
from tests.examples_revisions import Scratch, scratch
from tests.examples_versions import version

HOSTILE = "<script>alert(1)</script>[red]\x1b[31m.jpg"


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    cli.call(["data", "diff", *words])
    return capsys.readouterr().out


def test_two_revisions_are_compared(
    history: Scratch, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(history.root)
    told = said(capsys, "first", "second")
    assert "frames: 1 added, 1 removed; boxes of frames in both: 1 removed, 1 moved, 1 re-classed" in told
    assert "│ a.jpg" in told
    assert told.splitlines()[1:] == said(capsys, "first").splitlines()[1:], "the workspace is the second"


def test_a_revision_does_not_differ_from_itself(
    history: Scratch, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(history.root)
    assert "none added or removed; boxes of frames in both: none changed" in said(capsys, "first", "first")


def test_the_overlap_decides_what_is_one_object(
    history: Scratch, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(history.root)
    assert "1 added, 2 removed, 1 re-classed" in said(capsys, "first", "second", "--iou", "0.99")


def test_the_page_shows_frames_of_both_versions(
    history: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(history.root)
    place = tmp_path / "diff.html"
    told = said(capsys, "first", "second", "--html", str(place), "--pictures", "1")
    assert f"page     {place}" in told.replace("\n", " ") or str(place) in told
    text = place.read_text()
    assert text.count("<img ") == 1
    assert "Changes on a.jpg" in text
    assert "gone.jpg" in text


def test_hostile_names_obey_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = scratch(tmp_path / "project")
    for tag, boxes in (("one", []), ("two", [("<b>x</b>", 1.0, 1.0, 9.0, 9.0)])):
        made.make(version({HOSTILE: boxes}), images=False)
        made.commit(tag)
    monkeypatch.chdir(made.root)
    place = tmp_path / "diff.html"
    told = said(capsys, "one", "two", "--html", str(place))
    assert "\x1b" not in told
    assert "[red]" in told
    text = place.read_text()
    assert "<script" not in text
    assert "<b>" not in text
    assert "no image is here" in text


def test_what_does_not_exist_is_said_in_one_line(history: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(history.root)
    with pytest.raises(DetectionError, match="unknown Git revision 'nothing'"):
        cli.call(["data", "diff", "nothing"])


def test_an_overlap_that_is_none_is_refused(history: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(history.root)
    with pytest.raises(DetectionError):
        cli.call(["data", "diff", "first", "--iou", "0"])
