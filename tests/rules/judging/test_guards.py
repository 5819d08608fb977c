"""Lines, rows and refusals in one form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detection.rules.judging import guards, parity
from detection.rules.judging.gates.lines import Line, Verdict
from detection.rules.judging.parity import Difference, ParityReport, ParityRow

LINE = Line(
    set="golden", variant="int8", label="tube", where={"lighting": ["dusk", "dim"]}, metric="recall", at_least=0.75,
    confidence=0.95, observed=0.7, lower=0.6, upper=0.74, n=120, groups=6, verdict="FAIL", needs_more=None,
    sentence="tube",
)  # fmt: skip


def row(*measures: tuple[float, float]) -> ParityRow:
    differences = tuple(Difference(f"measure {i}", "px", *measure) for i, measure in enumerate(measures))
    green = all(difference.verdict == "PASS" for difference in differences)
    return ParityRow("detections", "trainer", "edge", "fp32", 8, 20, differences, "PASS" if green else "FAIL")


def test_a_floor_is_held_against_what_is_proven() -> None:
    (check,) = guards.of_verdict(Verdict("FAIL", (LINE,), {}))
    assert check.name == "golden at lighting=dusk|dim · int8 · recall of tube"
    assert (check.observed, check.limit, check.verdict) == (0.6, 0.75, "FAIL")
    assert check.margin == pytest.approx(0.15)


def test_a_ceiling_is_held_against_what_cannot_be_excluded() -> None:
    line = replace(LINE, at_least=None, at_most=0.1, metric="false_per_background_frame", lower=0.2, upper=0.4)
    (check,) = guards.of_verdict(Verdict("FAIL", (line,), {}))
    assert check.observed == 0.4
    assert check.margin == pytest.approx(0.3)


def test_a_line_with_nothing_to_count_has_no_margin() -> None:
    line = replace(LINE, observed=None, lower=None, upper=None, verdict="NOT PROVEN")
    (check,) = guards.of_verdict(Verdict("NOT PROVEN", (line,), {}))
    assert check.margin is None


def test_names_stay_apart_where_the_spec_asks_twice() -> None:
    names = [check.name for check in guards.of_verdict(Verdict("FAIL", (LINE, LINE), {}))]
    assert names == [names[0], f"{names[0]} (2)"]


def test_parity_is_told_by_its_rows_and_not_by_the_gates_line() -> None:
    line = replace(LINE, kind="parity", metric="parity")
    assert guards.of_verdict(Verdict("FAIL", (line,), {})) == ()


def test_a_comparison_is_told_by_the_measure_farthest_beyond_its_limit() -> None:
    report = ParityReport("FAIL", (row((0.6, 0.5), (0.4, 0.01), (0.1, 0.2)),), "")
    (check,) = guards.of_parity(report)
    assert (check.observed, check.limit) == (0.4, 0.01)
    assert check.verdict == "FAIL"


def test_where_nothing_is_allowed_anything_is_beyond() -> None:
    (check,) = guards.of_parity(parity.report((row((0.0, 0.0), (1e-6, 0.0), (5.0, 0.5)),), ""))
    assert check.observed == 1e-6


def test_a_stage_keeps_its_name_whether_it_refuses_or_not() -> None:
    assert guards.goes_on("evaluate").name == guards.refused("evaluate", "no").name
    assert guards.refused("split", "two sides").guard == "certificate"
    assert guards.refused("evaluate", "another model's").guard == "digest"
