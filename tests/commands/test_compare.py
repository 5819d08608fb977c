"""``detection compare`` as people call it: a table, a document that replays, a page, an exit status."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from detection.commands.compare import app
from detection.errors import DetectionError
from detection.outside import documents
from detection.rules.judging.comparison.promotion import replay
from detection.rules.judging.comparison.sheet import ComparisonSheet
from tests import examples_contenders, examples_dataset
from tests.examples_contenders import SPEC


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose workspace holds a model, beside an older one whose boxes are off."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "spec.yaml").write_text(yaml.safe_dump(SPEC.model_dump(mode="json")))
    examples_contenders.write(examples_dataset.write(tmp_path / "data", {"val": 4, "test": 60}))
    examples_contenders.write(tmp_path / "old", shift_px=3)
    return tmp_path


def compare(*words: str) -> Result:
    options = ["--resamples", "200", "--timed", "8"]
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, [*words, *options], catch_exceptions=False)


def test_a_worse_challenger_keeps_the_champion_with_status_2(project: Path) -> None:
    """A result, not a fault: scripts may branch on it."""
    done = compare("workspace", "old")
    assert done.exit_code == 2
    assert "KEEP: The challenger is proven worse" in done.stdout
    assert "old was run again: it came without observations" in done.stdout


def test_the_status_follows_the_recommendation_and_the_document_replays(project: Path) -> None:
    """0 is for promotion alone; whether the clock lets it pass is up to the machine."""
    done = compare("old", "workspace", "--json", "said/comparison.json")
    sheet = documents.read_value(ComparisonSheet, project / "said" / "comparison.json")
    assert sheet.benefit.standing == "BETTER"
    assert done.exit_code == {"PROMOTE": 0, "KEEP": 2}[sheet.recommendation.advice]
    assert replay(sheet) == sheet.recommendation
    exact = {one.watch: one.verdict for one in sheet.guardrails if one.harm.confidence is None}
    assert exact == {"variants": "PASS", "size": "PASS", "cases": "PASS"}


def test_the_page_is_one_file_that_names_both(project: Path) -> None:
    """To be sent to whoever approves."""
    compare("old", "workspace", "--html", "page.html")
    page = (project / "page.html").read_text()
    assert "old → workspace" in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org", "")


def test_a_contender_that_is_nowhere_is_an_error_with_a_next_step(project: Path) -> None:
    """One line, status 1."""
    with pytest.raises(DetectionError, match=r"nowhere|no repository"):
        compare("nowhere", "workspace")
