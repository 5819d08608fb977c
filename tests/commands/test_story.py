"""The story as a person types it; the playing itself is shown by `make story`."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from detection import cli
from detection.commands.story import show
from detection.errors import DetectionError, DocumentError
from detection.rules.field.story.chronicle import Chronicle
from detection.rules.field.story.verdicts import verdicts
from tests.rules.field.story.test_verdicts import CONTROL, PLAN, SAME, alarm, year


def test_without_a_finished_release_it_says_what_is_missing_and_writes_nothing(tmp_path: Path) -> None:
    """Twenty minutes later would be too late to say so."""
    with pytest.raises(DetectionError, match=r"data/collect.*export/bundle is missing.*dvc repro"):
        cli.call(["story", "--workspace", str(tmp_path), "--out", str(tmp_path / "story")])
    assert list(tmp_path.iterdir()) == []


def test_a_plan_with_faults_is_refused_with_all_of_them(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    text = Path("specs/story.yaml").read_text()
    plan.write_text(text.replace("frames_per_day: 3", "frames_per_day: 0").replace("days: 365", "dies: 365"))
    with pytest.raises(DocumentError) as refused:
        cli.call(["story", "--plan", str(plan), "--workspace", str(tmp_path)])
    assert {"frames_per_day", "dies"} <= {word for word in ("frames_per_day", "dies") if word in str(refused.value)}


def test_what_had_to_be_shown_stands_under_the_figures(capsys: pytest.CaptureFixture[str]) -> None:
    told = year(alarm(12))
    show(Chronicle(0.79, told, CONTROL, SAME, verdicts(PLAN, 0.79, (told, CONTROL), SAME), {"all": 1.0}), Console())
    said = capsys.readouterr().out
    assert "0.950 / 0.950" in said
    assert "NOT SHOWN a challenger is compared and promoted" in said
