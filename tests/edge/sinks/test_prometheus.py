"""The counts as Prometheus reads them, on this machine alone."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from prometheus_client.parser import text_string_to_metric_families

from detection.edge.pulse import MARKS, Losses, Pulse, Wanted
from detection.edge.sinks.prometheus import PrometheusPage, text_of
from detection.edge.telemetry.counters import COUNTERS
from detection.edge.telemetry.minutes import Running
from detection.errors import DetectionError


def counted() -> Pulse:
    wanted = Wanted(budget_ms=15, limits_ms=(33.0,), losses=lambda: Losses(4, 2, 7))
    pulse = Pulse(Running("a" * 64, 'fp"32\\'), 100.5, wanted)
    for latency_ms in (2.0, 20.0, 33.0, 4000.0):
        pulse.answered(latency_ms, 200.25)
    pulse.unreadable()
    for marks in (("out_of_domain", "foreign_size"), ("frozen",), ("out_of_domain", "suppressed", "sampled")):
        pulse.judged(marks)
    return pulse


def samples(pulse: Pulse) -> dict[str, float]:
    """``name{labels}`` to value, read by Prometheus' own library."""
    found = {}
    for family in text_string_to_metric_families(text_of(pulse)):
        assert family.name.startswith("detection_")
        assert family.documentation
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def test_prometheus_reads_what_was_counted() -> None:
    found = samples(counted())
    assert found["detection_info{bundle=" + "a" * 64 + ',variant=fp"32\\}'] == 1
    assert found["detection_frames_total"] == 5
    assert found["detection_frames_failed_total"] == 1
    assert found["detection_frames_dropped_total"] == 4
    assert found["detection_frames_over_budget_total"] == 3
    assert found["detection_source_reconnects_total"] == 2
    assert found["detection_answers_undelivered_total"] == 7
    assert found["detection_last_frame_timestamp_seconds"] == 200.25
    assert [found[f"detection_source_state{{state={state}}}"] for state in ("ok", "stalled")] == [1, 0]


def test_what_the_guard_said_is_counted() -> None:
    found = samples(counted())
    told = {mark: found[f"detection_frames_{mark}_total"] for mark in MARKS}
    assert told == {
        "out_of_domain": 2, "foreign_size": 1, "frozen": 1, "covered": 0, "moved": 0, "suppressed": 1, "sampled": 1,
    }  # fmt: skip


def test_every_mark_of_the_guard_is_a_counter_of_telemetry_too() -> None:
    assert set(MARKS) <= set(COUNTERS)


def test_buckets_add_up_and_hold_the_limit_of_the_target() -> None:
    found = samples(counted())
    buckets = {name.split("le=")[1].rstrip("}"): value for name, value in found.items() if "_bucket" in name}
    assert (buckets["0.025"], buckets["0.033"], buckets["2.5"], buckets["+Inf"]) == (2, 3, 3, 4)
    assert found["detection_latency_seconds_count"] == 4
    assert found["detection_latency_seconds_sum"] == pytest.approx(4.055)
    assert sorted(buckets.values()) == [buckets[le] for le in sorted(buckets, key=float)]


def test_no_label_names_a_frame_or_an_address() -> None:
    told = text_string_to_metric_families(text_of(counted()))
    labels = {name for family in told for sample in family.samples for name in sample.labels}
    assert labels == {"bundle", "variant", "state", "le"}


@dataclass
class Said:
    """An answer of the page."""

    status: int
    text: str


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrometheusPage]:
    monkeypatch.setattr("detection.edge.sinks.prometheus.CALLER_S", 0.2)
    made = PrometheusPage(0, counted())
    yield made
    made.close()


def said(page: PrometheusPage, path: str) -> Said:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{page.port}{path}", timeout=5) as answer:
            return Said(answer.status, answer.read().decode())
    except urllib.error.HTTPError as error:
        return Said(error.code, error.read().decode())


def test_the_pages(page: PrometheusPage) -> None:
    assert "detection_frames_total 5" in said(page, "/metrics").text
    assert said(page, "/healthz") == Said(503, "the loop stands still\n")
    assert said(page, "/readyz") == Said(200, "ok\n")
    assert said(page, "/etc/passwd").status == 404


def test_only_this_machine_is_served(page: PrometheusPage) -> None:
    assert page._server.server_address[0] == "127.0.0.1"


def test_a_caller_who_says_nothing_does_not_lock_the_others_out(page: PrometheusPage) -> None:
    with socket.create_connection(("127.0.0.1", page.port)):
        assert said(page, "/readyz").status == 200


def test_a_port_that_is_taken_is_said(page: PrometheusPage) -> None:
    with pytest.raises(DetectionError, match="name another port"):
        PrometheusPage(page.port, counted())
