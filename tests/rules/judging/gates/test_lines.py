"""What a line says: proven, refuted, or neither; and what the whole verdict makes of it."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.judging.gates.lines import Outcome, Tally, judge, line, overall, parity_line
from detection.rules.judging.parity import Difference, ParityReport, ParityRow
from detection.rules.judging.scores.observations import Observations
from detection.rules.spec.judging import Criterion

GREEN = ParityReport(
    "PASS", (ParityRow("tensors", "trainer", "edge", "", 4, 0, (Difference("x", "", 0.0, 1.0),), "PASS"),), "ab"
)
RED = ParityReport(
    "FAIL", (ParityRow("detections", "edge", "runtime", "int8", 4, 9, (Difference("x", "", 2.0, 1.0),), "FAIL"),), "ab"
)


def criterion(**changes: object) -> Criterion:
    plain: dict[str, object] = {
        "set": "golden", "variant": "every", "label": "tube", "where": {}, "metric": "recall",
        "at_least": 0.75, "confidence": 0.95,
    }  # fmt: skip
    return Criterion.model_validate(plain | changes)


def seen(n: int, right: int, **columns: str) -> Observations:
    """``n`` like observations of which ``right`` are correct, in groups of ten."""
    plain = {"variant": "fp32", "set": "golden", "label": "tube", "kind": "object", "lighting": "dusk"} | columns
    full = {name: np.full(n, value, object) for name, value in plain.items()}
    lighting = full.pop("lighting")
    return Observations(
        **full, frame=np.full(n, "f", object), group=np.array([f"g{i // 10}" for i in range(n)], object),
        correct=np.arange(n) < right, score=np.zeros(n), corners=np.zeros((n, 4), np.float32),
        conditions={"lighting": lighting},
    )  # fmt: skip


def test_a_proven_line_passes_and_says_so() -> None:
    judged = line(criterion(), "fp32", Tally(197, 212, 5))
    assert judged.verdict == "PASS"
    assert judged.sentence == ("golden · fp32 · recall of tube 0.93, proven 0.89 (needs 0.75), n 212 in 5 groups: PASS")
    assert judged.needs_more is None


def test_a_refuted_line_fails() -> None:
    judged = line(criterion(), "fp32", Tally(60, 100, 5))
    assert judged.verdict == "FAIL"
    assert judged.sentence == (
        "golden · fp32 · recall of tube 0.60, at best 0.67 (needs 0.75), n 100 in 5 groups: FAIL"
    )


def test_an_open_line_says_how_many_more_it_needs() -> None:
    judged = line(criterion(where={"lighting": ["dusk"]}), "int8", Tally(16, 20, 1))
    assert judged.verdict == "NOT PROVEN"
    assert judged.needs_more == 183
    assert judged.sentence == (
        "golden at lighting=dusk · int8 · recall of tube 0.80, proven 0.62 (needs 0.75), n 20 in 1 group: NOT PROVEN; "
        "needs about 183 more objects of tube at lighting=dusk"
    )


def test_an_open_line_that_more_of_the_same_cannot_prove_says_that() -> None:
    judged = line(criterion(), "fp32", Tally(74, 100, 4))
    assert judged.verdict == "NOT PROVEN"
    assert judged.needs_more is None
    assert "the observed share must rise" in judged.sentence


def test_one_wrong_of_a_hundred_does_not_prove_a_high_bound() -> None:
    """A point gate would let it pass."""
    assert line(criterion(at_least=0.985), "fp32", Tally(99, 100, 4)).verdict == "NOT PROVEN"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({}, "there is no image of tube in golden", id="recall of a class"),
        pytest.param({"label": "every"}, "there is no object in golden", id="recall of all"),
        pytest.param({"metric": "precision"}, "nothing was detected as tube in golden", id="precision"),
        pytest.param(
            {"where": {"lighting": ["dim", "dusk"]}}, "there is no image of tube in golden at lighting=dim|dusk",
            id="a slice",
        ),
    ],
)  # fmt: skip
def test_a_set_without_the_class_a_gate_names_proves_nothing(changes: dict[str, object], said: str) -> None:
    judged = line(criterion(**changes), "fp32", Tally(0, 0, 0))
    assert judged.verdict == "NOT PROVEN"
    assert judged.observed is None
    assert said in judged.sentence


@pytest.mark.parametrize("lower", [0.7491, 0.7499, 0.75, 0.7501])
def test_a_shown_bound_never_contradicts_the_verdict(lower: float) -> None:
    """0.7499 is not shown as 0.75 beside NOT PROVEN."""
    n = 100_000
    right = next(k for k in range(int(lower * n), n) if line(criterion(), "x", Tally(k, n, 9)).lower >= lower)  # type: ignore[operator]
    judged = line(criterion(), "x", Tally(right, n, 9))
    assert ("proven 0.75" in judged.sentence) == (judged.verdict == "PASS")


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        pytest.param(["PASS", "PASS"], "PASS", id="all proven"),
        pytest.param(["PASS", "NOT PROVEN"], "NOT PROVEN", id="one open"),
        pytest.param(["NOT PROVEN", "FAIL", "PASS"], "FAIL", id="one refuted"),
        pytest.param([], "NOT PROVEN", id="nothing asked"),
    ],
)
def test_the_verdict_is_the_worst_line(outcomes: list[Outcome], expected: Outcome) -> None:
    assert overall(outcomes) == expected


def test_every_variant_is_judged_alone() -> None:
    both = _both(seen(200, 190), seen(200, 90, variant="int8"))
    verdict = judge([criterion()], both, GREEN, {"fp32": "a", "int8": "b"})
    assert [(one.variant, one.verdict) for one in verdict.lines] == [("fp32", "PASS"), ("int8", "FAIL"), ("", "PASS")]
    assert verdict.verdict == "FAIL"
    assert verdict.model_digests == {"fp32": "a", "int8": "b"}


def test_a_variant_that_was_not_judged_has_proven_nothing() -> None:
    verdict = judge([criterion(variant="int4")], seen(200, 200), GREEN, {"fp32": "a"})
    assert verdict.verdict == "NOT PROVEN"


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"set": "test"}, id="another set"),
        pytest.param({"label": "box"}, id="another class"),
        pytest.param({"kind": "detection"}, id="detections, where recall counts objects"),
        pytest.param({"lighting": "bright"}, id="another light"),
    ],
)
def test_only_what_the_criterion_speaks_of_is_counted(columns: dict[str, str]) -> None:
    both = _both(seen(30, 30), seen(50, 0, **columns))
    judged = judge([criterion(where={"lighting": ["dusk", "dim"]})], both, GREEN, {"fp32": "a"}).lines[0]
    assert (judged.n, judged.observed, judged.groups) == (30, 1.0, 3)


def test_a_red_certificate_fails_whatever_the_scores_say() -> None:
    verdict = judge([criterion()], seen(200, 200), RED, {"fp32": "a"})
    assert verdict.verdict == "FAIL"
    assert verdict.lines[-1].sentence == "parity · edge and runtime differ in detections int8: FAIL"


def test_a_certificate_without_comparisons_fails() -> None:
    assert parity_line(ParityReport("FAIL", (), "ab")).sentence == "parity · nothing was compared: FAIL"


def _both(a: Observations, b: Observations) -> Observations:
    left, right = a.to_columns(), b.to_columns()
    return Observations.from_columns({name: np.concatenate((left[name], right[name])) for name in left})
