"""Which architectures can meet a target: time by its bounds, memory and size as they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from detection.rules.candidates import Candidate, elsewhere, out_of_reach, prospect
from detection.rules.judging.costs import Cost
from detection.rules.spec.targets import Target

TARGET = Target(
    id="box", hardware="any", machine="x86_64", engine="onnxruntime", variant="fp32", precision="fp32", camera=None,
    compute_capability=None, p95_ms=50, memory_mb=500, bundle_mb=20,
)  # fmt: skip
CANDIDATE = Candidate("yolov8n.yaml", 320)
COST = Cost(
    variant="box", threads=1, p50_ms=30, p95_ms=40, p99_ms=45, load_ms=100, memory_mb=200, bytes=12_000_000,
    slower_than_reference=None, machine="x86_64", engine="onnxruntime", bare=True, times_reference=1, frames=20,
    p95_at_least_ms=38, p95_at_most_ms=42, waited_share=0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "answer", "words"),
    [
        ({}, "meets", "p95 40.0 ms (at most 50)"),
        ({"p95_at_most_ms": 51}, "too close to tell", "p95 40.0 ms"),
        ({"p95_ms": 60, "p95_at_least_ms": 51}, "misses", "p95 60.0 ms (at most 50)"),
        ({"memory_mb": 501}, "misses", "501 MB (at most 500)"),
        ({"bytes": 21_000_000}, "misses", "21.0 MB of a bundle of 20"),
        ({"waited_share": 0.5}, "meets", "others kept the machine busy"),
    ],
    ids=["all", "time in doubt", "time", "memory", "size", "busy"],
)
def test_a_candidate_is_held_against_every_limit(changes: dict[str, Any], answer: str, words: str) -> None:
    found = prospect(TARGET, CANDIDATE, replace(COST, **changes))
    assert found.answer == answer
    assert words in found.words


def test_a_target_is_out_of_reach_if_every_measured_candidate_misses() -> None:
    missed = prospect(TARGET, CANDIDATE, replace(COST, memory_mb=501))
    away = elsewhere(TARGET.model_copy(update={"id": "pi"}), CANDIDATE, "it is aarch64")
    assert out_of_reach([missed, away]) == ["box"]
    assert out_of_reach([missed, prospect(TARGET, CANDIDATE, COST)]) == []
    assert out_of_reach([away]) == []
