"""Two versions side by side: no more is claimed than their bounds allow, and the advice has its reasons."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from detection.rules.evidence.lineage import Digest, Package
from detection.rules.registry.registered import Metric, Number, Resources, Version
from detection.rules.registry.versions.comparing import Advice, Comparison, Says, compared
from tests.examples_registry import COMPARED, CONTRACT, LINEAGE, content, version


def measured(value: float | None, lower: float | None = None, upper: float | None = None) -> tuple[Metric, ...]:
    if value is None:
        return ()
    return (Metric("golden", "fp32", "every", "precision", value, lower, upper),)


def having(counter: int, **changes: Any) -> Version:
    return version(counter, content=content(counter, **changes))


def of(one: tuple[Metric, ...], other: tuple[Metric, ...]) -> Comparison:
    return compared(having(1, metrics=one), having(2, metrics=other), None)


@pytest.mark.parametrize(
    ("one", "other", "says", "advice"),
    [
        pytest.param((0.9, 0.88, 0.92), (0.95, 0.93, 0.97), "better", "COMPARE FIRST", id="bounds do not touch"),
        pytest.param((0.95, 0.93, 0.97), (0.9, 0.88, 0.92), "worse", "KEEP", id="worse beyond doubt"),
        pytest.param((0.9, 0.88, 0.92), (0.92, 0.9, 0.94), "within noise", "COMPARE FIRST", id="bounds overlap"),
        pytest.param((0.9,), (0.99,), "within noise", "COMPARE FIRST", id="no bounds, no claim"),
        pytest.param((0.9, 0.8, 0.95), (0.9, 0.85, 0.95), "same", "COMPARE FIRST", id="the same"),
        pytest.param((None,), (0.9, 0.8, 0.95), "unknown", "COMPARE FIRST", id="only the second was measured"),
    ],
)
def test_a_metric_is_better_only_beyond_its_bounds(one: Any, other: Any, says: Says, advice: Advice) -> None:
    found = of(measured(*one), measured(*other))
    assert [figure.says for figure in found.figures if figure.group == "metrics"] == [says]
    assert found.advice == advice


def test_nothing_is_promoted_without_a_comparison_on_the_same_frames() -> None:
    """However far figures lie apart: they may be of other frames."""
    found = of(measured(0.5, 0.4, 0.6), measured(0.99, 0.98, 1.0))
    assert found.advice == "COMPARE FIRST"
    assert "detection compare" in found.reasons[0]


@pytest.mark.parametrize("advice", ["PROMOTE", "KEEP"])
def test_a_comparison_on_the_same_frames_decides(advice: str) -> None:
    found = compared(version(1), version(2), replace(COMPARED, advice=advice))
    assert found.advice == advice
    assert COMPARED.headline in found.reasons[0]


def test_a_comparison_of_others_or_the_other_way_round_counts_for_nothing() -> None:
    assert compared(version(2), version(1), COMPARED).advice == "COMPARE FIRST"
    assert compared(version(1), version(3), COMPARED).advice == "COMPARE FIRST"


@pytest.mark.parametrize(
    ("after", "told"),
    [
        pytest.param(having(2, verdict="FAIL"), "did not pass", id="red"),
        pytest.param(having(2, parity=False), "parity", id="no certificate"),
        pytest.param(version(2, retired=True), "retired", id="retired"),
        pytest.param(version(2, deprecated="sees ghosts"), "sees ghosts", id="deprecated"),
        pytest.param(version(2, number=Number(2, 0, 0)), "another contract", id="another contract"),
    ],
)
def test_what_stands_against_a_version_weighs_more_than_its_figures(after: Version, told: str) -> None:
    found = compared(version(1), after, COMPARED)
    assert found.advice == "KEEP"
    assert told in found.reasons[0]


def test_costs_are_compared_by_variant_and_small_ones_are_noise() -> None:
    slow = (Resources("fp32", 12.5, 30.0, None, 12.2), Resources("int8", 6.0, 7.0, 120.0, 3.2))
    found = compared(version(1), having(2, resources=slow, bundle_mb=7.0), None)
    says = {(one.variant, one.name): one.says for one in found.figures if one.group != "metrics"}
    assert says == {
        ("fp32", "p50"): "within noise",
        ("fp32", "p95"): "worse",
        ("fp32", "resident"): "unknown",
        ("fp32", "model"): "same",
        ("int8", "p50"): "unknown",
        ("int8", "p95"): "unknown",
        ("int8", "resident"): "unknown",
        ("int8", "model"): "unknown",
        ("", "bundle"): "better",
    }
    assert "worse: fp32 p95 30 ms, was 15 ms" in found.reasons


def test_differences_are_second_minus_first() -> None:
    [figure] = [one for one in of(measured(0.9), measured(0.95)).figures if one.group == "metrics"]
    assert figure.difference == pytest.approx(0.05)
    [figure] = [one for one in of(measured(0.9), ()).figures if one.group == "metrics"]
    assert figure.difference is None


def test_versions_of_the_same_making_have_no_changes() -> None:
    assert compared(version(1), version(2), None).changes == ()


def test_what_was_changed_is_named_with_both_values() -> None:
    lineage = replace(
        LINEAGE, data=(*LINEAGE.data, Digest("data/review/labels.parquet", "f" * 64)), seed=8,
        packages=(Package("numpy", "2.4.0"), *LINEAGE.packages[1:]),
    )  # fmt: skip
    after = having(2, lineage=lineage, spec_digest="e" * 64, params_digest="e" * 64, targets=("cpu-x86",),
                   covers=("lighting=dusk",), contract=replace(CONTRACT, scores="raw"))  # fmt: skip
    found = {(one.kind, one.name): (one.before, one.after) for one in compared(version(1), after, None).changes}
    assert found == {
        ("contract", "scores are raw, were calibrated"): ("", ""),
        ("targets", "jetson"): ("jetson", ""),
        ("conditions", "lighting=dusk"): ("", "lighting=dusk"),
        ("data", "data/review/labels.parquet"): ("", "f" * 64),
        ("spec", "specs/spec.yaml"): ("5" * 64, "e" * 64),
        ("params", "params.yaml"): ("4" * 64, "e" * 64),
        ("environment", "numpy"): ("2.3.5", "2.4.0"),
        ("training", "seed"): ("7", "8"),
    }


def test_figures_of_other_data_or_by_another_spec_are_called_that() -> None:
    after = having(2, spec_digest="e" * 64, lineage=replace(LINEAGE, data=LINEAGE.data[:1]))
    reasons = compared(version(1), after, None).reasons
    assert any("specification differs" in one for one in reasons)
    assert any("data differ" in one for one in reasons)
