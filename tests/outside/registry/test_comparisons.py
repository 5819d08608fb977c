"""A comparison speaks of those versions alone that answer by the very same models, calibration and thresholds."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from detection.errors import DocumentError
from detection.outside import documents
from detection.outside.registry import comparisons
from detection.outside.registry.comparisons import Answerer
from detection.rules.judging.comparison.promotion import recommend
from detection.rules.judging.comparison.sheet import ComparisonSheet, Side, answering_digest
from tests.examples_comparison import benefit, guardrail

MODELS = {"fp32": "ab" * 32}
OLD, NEW = (answering_digest(MODELS, b"{}", cuts) for cuts in (b"[0.3]", b"[0.4]"))
LIVE, CANDIDATE = Answerer("11" * 32, OLD), Answerer("22" * 32, NEW)


def sheet(champion: str = OLD, challenger: str = NEW) -> ComparisonSheet:
    """The challenger has other thresholds, and wins."""
    side = Side("v1", MODELS, 12_000_000, "", champion)
    rails = (guardrail(),)
    other = replace(side, name="v2", answering_digest=challenger)
    return ComparisonSheet(side, other, {}, benefit(), rails, recommend(benefit(), rails), (), 1000, 0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    documents.write_value(tmp_path / "comparison.json", sheet())
    return tmp_path / "comparison.json"


def test_thresholds_decide_an_answer_as_models_do() -> None:
    assert OLD != NEW
    assert answering_digest({"int8": "cd" * 32, **MODELS}, b"{}", b"[0.3]") != OLD


def test_a_comparison_is_tied_to_the_versions_it_is_about(path: Path) -> None:
    [found] = comparisons.read([path], [LIVE, CANDIDATE, Answerer("33" * 32, "")])
    assert (found.champion, found.challenger, found.advice) == (LIVE.digest, CANDIDATE.digest, "PROMOTE")
    assert found.digest == sha256(path.read_bytes()).hexdigest()


def test_an_advice_that_somebody_wrote_into_it_decides_nothing(path: Path) -> None:
    worse = replace(sheet(), benefit=benefit(margin=0.9))
    assert worse.recommendation.advice == "PROMOTE"
    documents.write_value(path, worse)
    assert [one.advice for one in comparisons.read([path], [LIVE, CANDIDATE])] == ["KEEP"]


def test_the_same_models_with_other_thresholds_are_another_challenger(path: Path) -> None:
    """Else a version that was never compared would ride on the figures of one that was."""
    other = Answerer("22" * 32, answering_digest(MODELS, b"{}", b"[0.9]"))
    with pytest.raises(DocumentError, match="no registered version"):
        comparisons.read([path], [LIVE, other])


def test_a_comparison_that_does_not_say_of_whom_is_of_nobody(tmp_path: Path) -> None:
    """One of before comparisons named what decided the answers; versions without a digest match nobody either."""
    documents.write_value(tmp_path / "old.json", sheet("", ""))
    with pytest.raises(DocumentError, match="no registered version"):
        comparisons.read([tmp_path / "old.json"], [replace(LIVE, answering_digest=""), CANDIDATE])


def test_what_lies_in_the_usual_place_may_be_about_others(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody named it, so it is no fault of anybody's."""
    monkeypatch.setattr(comparisons, "COMPARISON", path)
    assert comparisons.read([], [LIVE]) == ()
    assert len(comparisons.read([], [LIVE, CANDIDATE])) == 1
