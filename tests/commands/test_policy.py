"""The policy as people ask for it, and decisions taken again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from detection import cli
from detection.errors import DetectionError, GateRefusalError
from detection.outside.decisions import DecisionsError, Ledger
from tests.examples_decisions import NOW, POLICY, QUIET, drift

SPEC = Path(__file__).resolve().parents[2] / "specs" / "spec.yaml"


@pytest.fixture
def decisions(tmp_path: Path) -> Path:
    """Two decisions."""
    ledger = Ledger(tmp_path / "decisions")
    ledger.decide(replace(QUIET, drifts=(drift(),)), POLICY, NOW)
    ledger.decide(replace(QUIET, as_of=NOW + timedelta(days=1)), POLICY, NOW)
    return tmp_path / "decisions"


def test_without_a_terminal_the_policy_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    cli.call(["policy", "--spec", str(SPEC)])
    said = capsys.readouterr().out
    assert "cooldown_days" in said
    assert "day   0: propose-retraining for 1 d (drift)" in said


def test_a_look_is_stored_with_who_and_what(decisions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--looked", "the lamp was replaced", "--by", "quality", "--at", "2026-09-03T12:00:00Z"]
    cli.call(["policy", *words, "--decisions", str(decisions)])
    assert "entry 3; a circuit breaker counts from 2026-09-03 12:00 UTC" in capsys.readouterr().out
    assert len(Ledger(decisions).entries()) == 3


@pytest.mark.parametrize("words", [["--by", "quality"], ["--looked", "x"], ["--looked", " ", "--by", "quality"]])
def test_a_look_without_words_or_a_role_is_no_look(words: list[str], tmp_path: Path) -> None:
    with pytest.raises(DetectionError, match="go together"):
        cli.call(["policy", *words, "--decisions", str(tmp_path / "none")])
    assert not (tmp_path / "none").exists()


def test_a_decision_is_taken_again(decisions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.call(["replay", Ledger(decisions).records()[0].id, "--decisions", str(decisions)])
    said = capsys.readouterr().out
    assert "propose-retraining" in said
    assert "because camera cam-01: brightness moved" in said
    assert "200 frames to label, 1.67 h (cameras cam-01)" in said
    assert "1 decision(s) taken again: the same answer" in said


def test_without_an_id_all_are(decisions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.call(["replay", "--decisions", str(decisions)])
    assert "2 decision(s) taken again: the same answer" in capsys.readouterr().out


def test_tampered_inputs_are_found(decisions: Path) -> None:
    path = decisions / "000001.json"
    value = json.loads(path.read_text())
    value["inputs"]["evidence"]["drifts"][0]["severity"] = "warning"
    path.write_text(json.dumps(value))
    with pytest.raises(DecisionsError, match=r"000001\.json: its digest is not that of its content"):
        cli.call(["replay", "--decisions", str(decisions)])


def test_an_answer_that_the_rules_would_not_give_today_is_a_result(tmp_path: Path) -> None:
    """Such as after the rules changed: the whole chain is sound, the answer is another."""
    from pydantic import TypeAdapter

    from detection.rules.field.retrain.decision import Action
    from detection.rules.field.retrain.records import Record, sealed

    record = Ledger(tmp_path).decide(QUIET, POLICY, NOW)
    other = sealed(replace(record, decision=replace(record.decision, action=Action.SAMPLE)))
    (tmp_path / "000001.json").write_bytes(TypeAdapter(Record).dump_json(other))
    with pytest.raises(GateRefusalError, match="1 of 1 decisions have another answer today"):
        cli.call(["replay", record.id, "--decisions", str(tmp_path)])
