"""A variant's loss is judged on a bound, over the same groups as the reference."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from detection.rules.judging.gates.lines import Line
from detection.rules.judging.gates.losses import examine_losses
from detection.rules.spec.detector import Variants
from tests.examples_gates import EFFORT, Batch, evidence

ALLOWED = Variants(ap50_95_loss_maximum=0.01, confidence=0.95)


def seen(variant: str, wrong: Sequence[int], name: str = "golden") -> list[Batch]:
    """40 objects and 40 detections in each group, so many of these wrong."""
    return [
        batch
        for number, bad in enumerate(wrong)
        for batch in (
            Batch(40, 40 - bad, "object", f"g{number}", set=name, variant=variant),
            Batch(40, 40 - bad, "detection", f"g{number}", set=name, variant=variant),
        )
    ]


def lines(batches: Sequence[Batch]) -> list[Line]:
    found = examine_losses(ALLOWED, ("fp32", "int8"), evidence(batches), EFFORT)
    return [one.at(one.confidence) for one in found]


def test_a_variant_that_answers_alike_loses_nothing() -> None:
    """Hard groups are hard for both: drawn apart, their spread would prove nothing of so small a loss."""
    uneven = [0, 12, 3, 20, 1, 7]
    [line] = lines([*seen("fp32", uneven), *seen("int8", uneven)])
    assert (line.verdict, line.observed, line.upper) == ("PASS", 0.0, 0.0)
    assert line.sentence.startswith("golden · int8 · AP50-95 against fp32: ")


def test_a_loss_beyond_the_limit_in_every_group_fails() -> None:
    [line] = lines([*seen("fp32", [2] * 6), *seen("int8", [8] * 6)])
    assert line.verdict == "FAIL"
    assert line.lower is not None
    assert line.lower > 0.01


def test_a_loss_that_only_some_groups_show_is_not_proven() -> None:
    """On average little is lost, but further groups may lose more than is allowed."""
    [line] = lines([*seen("fp32", [5] * 6), *seen("int8", [0, 10, 0, 10, 0, 10])])
    assert line.verdict == "NOT PROVEN"


def test_one_group_says_nothing_of_others() -> None:
    [line] = lines([*seen("fp32", [1]), *seen("int8", [1])])
    assert (line.verdict, line.upper) == ("NOT PROVEN", None)
    assert "no known limit" in line.sentence


@pytest.mark.parametrize(
    ("sets", "judged"),
    [
        pytest.param(("golden", "challenge", "test"), ["golden", "challenge"], id="both"),
        pytest.param(("test",), ["test"], id="neither"),
    ],
)
def test_it_is_judged_where_the_spec_says_or_else_on_test(sets: Sequence[str], judged: list[str]) -> None:
    batches = [one for name in sets for v in ("fp32", "int8") for one in seen(v, [1, 2], name)]
    assert [line.set for line in lines(batches)] == judged


def test_a_single_variant_has_nothing_to_lose_against() -> None:
    found = examine_losses(ALLOWED, ("fp32",), evidence(seen("fp32", [1, 2])), EFFORT)
    assert list(found) == []
