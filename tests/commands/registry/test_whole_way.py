"""The whole way of a second version, as people and the executor type it: in, live, back by itself, and proven after."""

from __future__ import annotations

import math
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detection.commands.registry.doing import guard
from detection.edge.trust.bundle import Bundle, open_bundle
from detection.outside import documents
from detection.outside.assurance.exporting import RecordError
from detection.outside.registry.submissions import registering
from detection.rules.judging.comparison.promotion import recommend
from detection.rules.judging.comparison.sheet import ComparisonSheet, Side
from tests.examples_comparison import benefit, guardrail
from tests.examples_failing import HOURS, Later, went_live, write_telemetry
from tests.examples_typed import ENGINEER, QUALITY, Say, entries, is_whole, live

pytestmark = pytest.mark.slow

COMPARED = ("--comparison", "comparison.json")
WATCH = ("guard", "line-1/prod", "telemetry", "--bundle", "export/second")
KILLED = """
import os, signal, sys, time
from detection.cli import call
from detection.commands.registry.doing import guard
from detection.outside.database.registry import Registry
guard.time = type("Later", (), {"time": staticmethod(lambda: time.time() + %d)})
Registry.carry_out = lambda *words: os.kill(os.getpid(), signal.SIGKILL)
call(["registry", *sys.argv[1:]])
"""
"""The executor dies after it wrote down what it means to do, and before it does it."""


def write_comparison(first: Bundle, second: Bundle) -> None:
    """What ``detection compare`` writes of two who answer by other thresholds; the second wins."""
    sides = [
        Side(name, {"fp32": "ab" * 32}, 12_000_000, "", registering.answerer_of(bundle).answering_digest)
        for name, bundle in (("first", first), ("second", second))
    ]
    rails = (guardrail(),)
    sheet = ComparisonSheet(sides[0], sides[1], {}, benefit(), rails, recommend(benefit(), rails), (), 1000, 0)
    documents.write_value(Path("comparison.json"), sheet)


def test_a_second_version_goes_live_and_comes_back_by_itself(
    say: Say, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people take each version to Production; the field takes the second one back, once, whoever dies meanwhile."""
    first, second = open_bundle(place / "export/bundle"), open_bundle(place / "export/second")
    write_comparison(first, second)
    say.done("approve", "1.0.0", "line-1/prod", *QUALITY)
    say.done("promote", "1.0.0", "line-1/prod", *ENGINEER)

    assert "1.1.0" in say.done("register", "export/second", *COMPARED)
    assert say("promote", "1.1.0", "line-1/prod", *ENGINEER, *COMPARED).status == 2, "nobody has approved it"
    shown = say.done("approve", "1.1.0", "line-1/prod", *QUALITY, *COMPARED)
    assert "PROMOTE" in shown
    say.done("promote", "1.1.0", "line-1/prod", *ENGINEER, *COMPARED)
    assert live() == "1.1.0"
    since = went_live()

    write_telemetry(second, since)
    assert "not-enough" in say.done(*WATCH, "--dry-run"), "what is yet to come is no evidence"
    monkeypatch.setattr(guard, "time", Later)
    before = entries()
    dry = say(*WATCH, "--dry-run")
    assert (dry.status, entries()) == (2, before)
    assert "tripped     error_rate: 590 of 590 frames without a sound answer" in dry
    assert "would go back" in dry

    died = subprocess.run([sys.executable, "-c", KILLED % (HOURS * 3600), *WATCH], check=False, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert (live(), entries()[len(before) :]) == ("1.1.0", ["intent"])
    again = say(*WATCH)
    assert again.status == 2
    assert "finished what was begun: warehouse-parcels/line-1/prod: went back" in again
    assert (live(), entries().count("rollback"), is_whole()) == ("1.0.0", 1, True)

    examined(say, since)


def examined(say: Say, since: datetime) -> None:
    """What an examiner asks afterwards: each answer is as it was, and the record leaves the house whole."""
    moment = datetime.fromtimestamp(math.ceil(since.timestamp()), UTC).strftime("%Y-%m-%dT%H:%M:%S")
    assert "1.1.0" in say.done("live", "line-1/prod", "--at", moment)
    assert "1.0.0" in say.done("live", "line-1/prod")
    told = say.done("history", "line-1/prod")
    assert told.index("executor") < told.index("1.1.0")
    assert "whole" in say.done("audit", "--verify")
    say.done("rollback", "line-1/prod", "--to", "nothing", "--reason", "the line stands still", *ENGINEER)
    assert live() == ""
    head = say.done("audit", "--head").strip()
    assert "whole" in say.done("audit", "--verify", "--against", head)
    assert head.split()[1] in say.done("export", "records")
    assert "whole" in say.done("export", "records", "--check")
    log = Path("records/entries.jsonl")
    log.write_text(log.read_text().replace("the line stands still", "the line stood still"))
    with pytest.raises(RecordError, match="changed"):
        say("export", "records", "--check")
