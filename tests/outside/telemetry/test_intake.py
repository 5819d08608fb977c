"""What a device sent is hostile until checked: each fault has its reason, and sound lines are not held liable."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from detection.outside.telemetry import intake
from detection.outside.telemetry.intake import Kind, check
from tests.examples_telemetry import KNOWN, OTHER_BUNDLE, START, Sent, body, record

NOW = START + timedelta(days=1)


def checked(content: bytes, now: datetime = NOW) -> intake.Delivery:
    return check(content, "line-1", {KNOWN.digest: KNOWN}.get, now)


def altered(**changes: Any) -> bytes:
    """A sound record with some values changed; ``counts__brightness`` is one in a nested object."""
    value = json.loads(record(Sent()).to_line())
    for name, new in changes.items():
        *way, last = name.split("__")
        place = value
        for step in way:
            place = place[step]
        place[last] = new
    return json.dumps(value).encode() + b"\n"


def test_sound_lines_pass() -> None:
    records = [record(Sent(n)) for n in range(3)]
    found = checked(body(records))
    assert [numbered.record.name for numbered in found.records] == [one.name for one in records]
    assert found.refusals == ()


@pytest.mark.parametrize(
    ("line", "kind", "said"),
    [
        pytest.param(b"{", Kind.MALFORMED, "not strict JSON", id="no JSON"),
        pytest.param(b"[1]", Kind.MALFORMED, "an object", id="no record"),
        pytest.param(b"\xff\xfe", Kind.MALFORMED, "not strict JSON", id="no text"),
        pytest.param(b"[" * 100_000, Kind.MALFORMED, "not strict JSON", id="too deep"),
        pytest.param(b'"' + b"x" * 300_000, Kind.MALFORMED, "at most", id="too long"),
        pytest.param(altered(counts__brightness=[-1, 11, 0, 0, 0]), Kind.MALFORMED, "a count", id="negative count"),
        pytest.param(altered(counts__brightness=[float("nan")] * 5), Kind.MALFORMED, "NaN", id="NaN"),
        pytest.param(altered(counts__brightness=[1e999] * 5), Kind.MALFORMED, "Infinity", id="infinity"),
        pytest.param(altered(counts__brightness=[10, 0, 0, 0]), Kind.MALFORMED, "5 counts", id="wrong edges"),
        pytest.param(altered(counts__brightness=[9, 0, 0, 0, 0]), Kind.MALFORMED, "10 samples", id="sums contradict"),
        pytest.param(altered(counts={}), Kind.MALFORMED, "keys", id="no signals"),
        pytest.param(altered(counters__failed=99), Kind.MALFORMED, "at most", id="more failed than seen"),
        pytest.param(altered(minute="1970-01-01T00:00:00Z"), Kind.MALFORMED, "minute", id="clock of 1970"),
        pytest.param(altered(minute="2100-01-01T00:00:00Z"), Kind.MALFORMED, "minute", id="clock of 2100"),
        pytest.param(altered(minute="2026-06-31T00:00:00Z"), Kind.MALFORMED, "minute", id="no such day"),
        pytest.param(altered(minute="2027-06-01T00:00:00Z"), Kind.MALFORMED, "has not begun", id="clock runs ahead"),
        pytest.param(altered(counters__dropped=2**40), Kind.MALFORMED, "in one minute", id="more than a minute holds"),
        pytest.param(altered(format=1), Kind.MALFORMED, "format", id="an older format"),
        pytest.param(altered(device="../line"), Kind.MALFORMED, "device", id="a device that is a path"),
        pytest.param(altered(bundle=OTHER_BUNDLE), Kind.UNKNOWN_BUNDLE, "not known here", id="unknown bundle"),
    ],
)
def test_a_bad_line_is_refused_with_its_reason_and_the_others_are_not(line: bytes, kind: Kind, said: str) -> None:
    found = checked(body([record(Sent(1))]) + line.rstrip() + b"\n" + body([record(Sent(2))]))
    assert [(refusal.line, refusal.kind) for refusal in found.refusals] == [(2, kind)]
    assert said in found.refusals[0].reason
    assert [numbered.line for numbered in found.records] == [1, 3]


def test_a_device_that_lies_about_its_name_is_not_believed_in_anything() -> None:
    found = checked(body([record(Sent(0)), record(Sent(0, device="line-2"))]))
    assert found.records == ()
    assert [refusal.kind for refusal in found.refusals] == [Kind.FOREIGN]
    assert "line-2" in found.refusals[0].reason


@pytest.mark.parametrize("content", [b"", b"\n\n", b"{}\n" * (intake.LINES + 1)], ids=["nothing", "blank", "too many"])
def test_a_request_has_between_one_and_so_many_lines(content: bytes) -> None:
    found = checked(content)
    assert found.records == ()
    assert "expected 1 to" in found.refusals[0].reason


def test_a_device_may_be_a_little_ahead_and_long_silent() -> None:
    one = record(Sent(0, minute=START))
    assert checked(body([one]), START - timedelta(minutes=9)).refusals == ()
    assert checked(body([one]), datetime(2031, 1, 1, tzinfo=UTC)).refusals == ()
