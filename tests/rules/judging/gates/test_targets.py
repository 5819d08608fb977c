"""Costs against targets: only this kind of machine, this engine and this variant may speak."""

from __future__ import annotations

import pytest

from detection.rules.judging.costs import Cost, CostSheet
from detection.rules.judging.gates.targets import target_lines, unmeasured
from tests.examples_gates import cost, target


def sheet(*rows: Cost) -> CostSheet:
    return CostSheet(rows, "a processor", 2)


def test_a_fast_and_small_variant_passes_both_lines() -> None:
    lines = list(target_lines([target()], sheet(cost())))
    assert [(line.metric, line.verdict, line.at_most) for line in lines] == [
        ("p95_ms", "PASS", 30.0),
        ("memory_mb", "PASS", 300.0),
    ]
    assert all((line.kind, line.set, line.variant) == ("target", "box", "int8") for line in lines)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        pytest.param({"p95_at_most_ms": 30.0}, "PASS", id="just within"),
        pytest.param({"p95_at_most_ms": 31.0}, "NOT PROVEN", id="perhaps within"),
        pytest.param({"p95_at_least_ms": 31.0, "p95_ms": 33.0, "p95_at_most_ms": 35.0}, "FAIL", id="beyond"),
    ],
)
def test_the_latency_is_judged_on_its_bounds(changes: dict[str, object], verdict: str) -> None:
    latency, _ = target_lines([target()], sheet(cost("int8", **changes)))
    assert latency.verdict == verdict


def test_a_busy_machine_refutes_nothing_and_says_what_to_do() -> None:
    """It waited for a processor half of the time: what it took is not the model's own."""
    slow = cost(p95_at_least_ms=31.0, p95_ms=33.0, p95_at_most_ms=35.0, waited_share=0.5)
    latency, _ = target_lines([target()], sheet(slow))
    assert latency.verdict == "NOT PROVEN"
    assert "run `dvc repro --force --single-item profile`" in latency.sentence


def test_too_much_memory_fails() -> None:
    _, memory = target_lines([target()], sheet(cost(memory_mb=301.0)))
    assert memory.verdict == "FAIL"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"machine": "aarch64"}, id="another machine"),
        pytest.param({"engine": "tensorrt"}, id="another engine"),
        pytest.param({"variant": "fp16"}, id="a variant that did not run here"),
    ],
)
def test_what_was_not_measured_here_is_said_and_not_judged(other: dict[str, object]) -> None:
    there = target(**other)
    assert list(target_lines([there], sheet(cost()))) == []
    [said] = unmeasured([there], sheet(cost()), [there.variant])
    assert said.startswith("box: not measured here")
    assert "the device proves it at installation" in said


def test_a_target_whose_engine_was_only_built_is_promised_no_bundle() -> None:
    """Nobody ran it, so nothing of it was judged; a device must not be told to prove what it never gets."""
    [said] = unmeasured([target(variant="card")], sheet(cost()), ["fp32", "int8"])
    assert said.endswith("its engine was built, not run, so the bundle is not for it")


def test_targets_are_held_against_the_first_number_of_threads() -> None:
    """It is what a device runs with unless told otherwise; two threads must not excuse one."""
    rows = sheet(cost(p95_at_most_ms=40.0), cost(threads=2))
    latency, _ = target_lines([target()], rows)
    assert latency.upper == 40.0
