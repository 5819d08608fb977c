"""The worst value against the mean of values."""

from __future__ import annotations

import pytest

from detection.rules.judging.gates.lines import Line
from detection.rules.judging.gates.luck import Dice
from detection.rules.judging.gates.subgroups import examine_subgroup
from detection.rules.spec.judging import Subgroup
from tests.examples_gates import Batch, evidence, groups

VALUES = ("bright", "dusk")


def demand(drop: float = 0.15) -> Subgroup:
    plain = {"set": "golden", "variant": "every", "label": "every", "metric": "recall", "by": "lighting"}
    return Subgroup.model_validate(plain | {"drop_maximum": drop, "confidence": 0.95})


def judged(*batches: Batch, drop: float = 0.15) -> Line:
    examined = examine_subgroup(demand(drop), "fp32", evidence(batches), VALUES, 0)
    return examined.luck(examined.at(0.95), Dice(100, 0))


def test_values_alike_pass_and_the_worst_is_named() -> None:
    line = judged(*groups(9, 30, 28), *groups(9, 30, 29, lighting="bright"))
    assert line.verdict == "PASS"
    assert line.where == {"lighting": ["dusk"]}
    assert line.observed == pytest.approx(1 / 60)
    assert "dusk is 0.017 below the mean of 2 values" in line.sentence


def test_a_value_far_behind_fails() -> None:
    line = judged(*groups(9, 30, 9), *groups(9, 30, 29, lighting="bright"))
    assert line.verdict == "FAIL"
    assert line.lower is not None
    assert line.lower > 0.15


def test_a_value_seen_in_one_group_is_not_known() -> None:
    assert judged(*groups(1, 30, 29), *groups(9, 30, 29, lighting="bright")).verdict == "NOT PROVEN"


def test_a_declared_value_without_objects_is_not_proven_and_named() -> None:
    line = judged(*groups(9, 30, 29))
    assert line.verdict == "NOT PROVEN"
    assert "nothing to count at bright" in line.sentence


def test_a_drop_at_the_limit_passes_seldom() -> None:
    line = judged(*groups(9, 30, 27), *groups(9, 30, 28, lighting="bright"))
    assert line.false_pass is not None
    assert line.false_pass <= 0.09  # 5 % and the noise of 100 worlds
