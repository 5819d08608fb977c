"""``detection spec``: what is enforced is told apart from what is only declared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from detection import cli
from detection.errors import DocumentError
from detection.rules.spec.spec import ENFORCED_BY, Spec, declared_only

SPEC = Path(__file__).resolve().parents[2] / "specs" / "spec.yaml"


def test_every_section_is_enforced_or_said_not_to_be(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    cli.call(["spec", "show", str(SPEC)])
    said = capsys.readouterr().out
    assert said.count("declared, not yet enforced") == len(declared_only())
    assert {*ENFORCED_BY, *declared_only(), "version", "name"} == set(Spec.model_fields)


def test_a_good_spec_is_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    cli.call(["spec", "check", str(SPEC)])
    assert "box, polybag, tube" in capsys.readouterr().out


def test_all_faults_are_reported_at_once_with_their_lines(tmp_path: Path) -> None:
    text, count = re.subn(r"minimum_visible_share: 0\.[0-9]+", "minimum_visible_share: 25", SPEC.read_text(), count=1)
    assert count == 1
    (tmp_path / "spec.yaml").write_text(text.replace("risk_tier", "risk_teir"))
    with pytest.raises(DocumentError) as caught:
        cli.call(["spec", "check", str(tmp_path / "spec.yaml")])
    assert "minimum_visible_share" in str(caught.value)
    assert "risk_teir" in str(caught.value)
    assert "spec.yaml:12:" in str(caught.value)
