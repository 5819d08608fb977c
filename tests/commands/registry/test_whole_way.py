"""The whole way of a second version, as people and the executor type it: in, live, back by itself, and proven after."""

from __future__ import annotations

import math
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from detection.commands.registry.doing import guard
from detection.edge.telemetry import latency, signals
from detection.edge.telemetry.counters import Counters
from detection.edge.telemetry.outbox import Outbox
from detection.edge.telemetry.records import Origin, Record
from detection.edge.trust.bundle import Bundle, open_bundle
from detection.outside import documents
from detection.outside.assurance.exporting import RecordError
from detection.outside.database.registry import open_registry
from detection.outside.registry.submissions import registering
from detection.rules.judging.comparison.promotion import recommend
from detection.rules.judging.comparison.sheet import ComparisonSheet, Side
from tests.examples_comparison import benefit, guardrail
from tests.examples_typed import ENGINEER, PROD, QUALITY, URL, Say, entries, is_whole, live

pytestmark = pytest.mark.slow

BOOT = "0123456789abcdef"
COMPARED = ("--comparison", "comparison.json")
WATCH = ("guard", "line-1/prod", "telemetry", "--bundle", "export/second")
HOURS = 2
"""So long after it went live the second version is looked at."""
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


class Later:
    """A clock that runs ahead: the field has told for two hours."""

    @staticmethod
    def time() -> float:
        """Seconds since 1970."""
        return time.time() + HOURS * 3600


def write_comparison(first: Bundle, second: Bundle) -> None:
    """What ``detection compare`` writes of two who answer by other thresholds; the second wins."""
    sides = [
        Side(name, {"fp32": "ab" * 32}, 12_000_000, "", registering.answerer_of(bundle).answering_digest)
        for name, bundle in (("first", first), ("second", second))
    ]
    rails = (guardrail(),)
    sheet = ComparisonSheet(sides[0], sides[1], {}, benefit(), rails, recommend(benefit(), rails), (), 1000, 0)
    documents.write_value(Path("comparison.json"), sheet)


def write_telemetry(bundle: Bundle, since: datetime) -> None:
    """An hour in which every frame of a camera fails, as the runtime of this bundle leaves it."""
    edges = bundle.reference().edges
    outbox = Outbox(Path("telemetry"), BOOT)
    none = {step: np.zeros(latency.BINS, np.int64) for step in latency.STEPS}
    for number in range(60):
        minute = (since + timedelta(minutes=61 + number)).strftime("%Y-%m-%dT%H:%M:00Z")
        origin = Origin("line-1", bundle.digest, "fp32", BOOT)
        happened = Counters(frames=10, failed=10)
        outbox.put(Record(origin, number, "cam-00", minute, happened, signals.nothing(edges), none))
    assert outbox.flush()


def went_live() -> datetime:
    """When what is live went live."""
    with open_registry(URL) as registry:
        return registry.history(PROD)[0].since


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
