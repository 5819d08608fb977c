"""The card of a version tells the same of equal data, and renders what strangers wrote as text."""

from __future__ import annotations

from pathlib import Path

import pytest

from detection import cli
from detection.outside import documents, files
from tests.examples_revisions import Scratch


def card(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    cli.call(["data", "card", *words])
    return capsys.readouterr().out


def test_a_revision_and_an_equal_workspace_have_the_same_id(
    history: Scratch, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(history.root)
    second, workspace, first = (card(capsys, name) for name in ("second", "workspace", "first"))
    assert second.replace("second", "workspace") == workspace
    assert second.splitlines()[-1] != first.splitlines()[-1]
    assert "| yard | CC0-1.0 | not-needed | for good | 4 |" in first
    assert "| ann | 1 | 4 | 0 |" in first


def test_what_the_stages_told_is_on_the_card(
    own: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(own.root)
    interval = {"value": 0.91, "lower": 0.85, "upper": 0.95, "more": 1}
    classes = [{"label": "box", "f1": interval, "boxes": 3}, {"label": "tube", "f1": 0.5}, {"label": "x", "f1": None}]
    files.write_json(Path("data/agreement/agreement.json"), {"statement": "they agree", "classes": classes})
    sets = [{"set": "train", "frames": 3, "groups": 1, "verified": 0, "digest": "abc", "conditions": []}]
    told = {"statement": "no camera stands on two sides", "crossings": 0, "groups": 2, "sets": sets, "salt": "1"}
    files.write_json(Path("data/split/certificate.json"), told)
    hostile = [{"name": "x", "finding": "<img src=x>|", "reason": "r"}]
    files.write_json(Path("data/collect/source.json"), {"contributions": [{"id": "a|b"}], "rejected": hostile})
    page = tmp_path / "card.html"
    text = card(capsys, "--html", str(page))
    assert "They agree." in text
    assert "| box | 0.910 | 0.850 to 0.950 |" in text
    assert "| tube | 0.500 | – |" in text
    assert "| train | 3 | 1 | 0 | abc |" in text
    assert "<img" not in text
    assert "a\\|b" in text
    assert "<img src=x" not in page.read_text()


def test_the_card_is_written_whole(own: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(own.root)
    cli.call(["data", "card", "first", "--out", "card.md"])
    assert Path("card.md").read_text().startswith("# Data card: first\n")
    assert documents.read_json(Path("data/collect/manifest.json"))
