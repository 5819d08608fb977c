"""What may not get worse: each guardrail at its limit, and what chance may hide."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.judging.comparison import guardrails
from detection.rules.judging.comparison.guardrails import Drawing, Latencies
from detection.rules.judging.comparison.sheet import Gap
from detection.rules.judging.matching import Reals

DRAWING = Drawing(400, 0, 0.95)


def timings(median_ms: float, seed: int, n: int = 200) -> Reals:
    """Frames that take a few per cent more or less than another."""
    return median_ms * np.exp(np.random.default_rng(seed).normal(0, 0.03, n))


@pytest.mark.parametrize(
    ("slower", "expected"),
    [(1.00, "PASS"), (1.05, "PASS"), (1.09, "NOT PROVEN"), (1.25, "FAIL"), (0.5, "PASS")],
    ids=["as fast", "a little slower", "about the limit", "a quarter slower", "twice as fast"],
)
def test_the_p95_may_grow_by_a_tenth_and_no_more(slower: float, expected: str) -> None:
    """About the limit chance decides, so nothing is proven."""
    champion = timings(10, seed=1)
    taken = Latencies(champion, champion * slower * np.exp(np.random.default_rng(2).normal(0, 0.02, 200)))
    assert guardrails.latency("fp32", taken, 0.10, DRAWING).verdict == expected


def test_latency_is_the_quantile_of_the_frames_and_not_their_mean() -> None:
    """One frame in ten that takes three times as long is what an operator sees, and hardly moves a mean."""
    champion = np.full(200, 10.0)
    challenger = np.where(np.arange(200) % 10 == 0, 30.0, 9.0)
    judged = guardrails.latency("fp32", Latencies(champion, challenger), 0.10, DRAWING)
    assert challenger.mean() < 1.15 * champion.mean()
    assert (judged.champion, judged.challenger, judged.verdict) == (10.0, 30.0, "FAIL")


def test_latencies_of_no_frame_prove_nothing() -> None:
    """A machine without the frames must not wave a slow model through."""
    none = np.zeros(0)
    judged = guardrails.latency("fp32", Latencies(none, none), 0.10, DRAWING)
    assert (judged.verdict, judged.harm.observed) == ("NOT PROVEN", None)


@pytest.mark.parametrize(("bytes_", "expected"), [(110, "PASS"), (111, "FAIL"), (50, "PASS")])
def test_what_ships_may_grow_by_its_share_of_bytes(bytes_: int, expected: str) -> None:
    """Bytes are counted, not sampled: the limit itself passes."""
    judged = guardrails.size(100, bytes_, 0.10 + 1e-12)
    assert judged.verdict == expected
    assert judged.harm.confidence is None


def test_a_variant_without_a_successor_keeps_the_champion() -> None:
    """A device that runs INT8 would be left without a model."""
    judged = guardrails.variants(["fp32", "int8"], ["fp32"])
    assert judged.verdict == "FAIL"
    assert "no int8" in judged.sentence
    assert guardrails.variants(["fp32"], ["fp32", "int8"]).verdict == "PASS"


def test_one_violated_case_fails_whatever_the_champion_does() -> None:
    """The case is about the model that would go live; that the old one errs too excuses nothing."""
    judged = guardrails.cases("fp32", ["frame a.jpg: the pallet was missed"], champion_violations=1, n=3)
    assert judged.verdict == "FAIL"
    assert "a.jpg" in judged.sentence
    assert guardrails.cases("fp32", [], 0, 3).verdict == "PASS"
    assert guardrails.cases("fp32", [], 0, 0).verdict == "PASS"


def test_a_recall_that_may_have_fallen_beyond_its_limit_is_not_proven() -> None:
    """Observed within, bound beyond: the challenger needs more frames, not more trust."""
    judged = guardrails.worst_condition(
        "fp32", "lighting (dusk)", Gap(0.81, 0.80, -0.01, -0.04, 0.02, 0.95, 90, 9), 0.02, 120
    )
    assert (judged.harm.observed, judged.harm.lower, judged.harm.upper) == (0.01, -0.02, 0.04)
    assert judged.verdict == "NOT PROVEN"


def test_a_recall_that_surely_fell_fails_and_one_that_rose_passes() -> None:
    """The sign is the easiest thing to get wrong: recall harms by falling, calibration error by rising."""
    fell = Gap(0.81, 0.71, -0.10, -0.14, -0.06, 0.95, 90, 9)
    rose = Gap(0.71, 0.81, 0.10, 0.06, 0.14, 0.95, 90, 9)
    assert guardrails.worst_condition("fp32", "lighting", fell, 0.02, 120).verdict == "FAIL"
    assert guardrails.worst_condition("fp32", "lighting", rose, 0.02, 120).verdict == "PASS"
    assert guardrails.calibration("fp32", fell, 0.02, 120).verdict == "PASS"
    assert guardrails.calibration("fp32", rose, 0.02, 120).verdict == "FAIL"
