"""What is rare is told with the number that makes it so."""

from __future__ import annotations

from detection.rules.labels.findings import balance
from detection.rules.labels.findings.coverage import ClassCount, ConditionCount, Coverage
from tests.examples_labels import SPEC


def _details(classes: dict[str, int], dims: dict[str, int] | None = None) -> list[str]:
    counted = tuple(ClassCount(name, n, n, n) for name, n in classes.items())
    conditions = tuple(ConditionCount("lighting", value, n, 0, 0) for value, n in (dims or {}).items())
    found = balance.check(Coverage(100, 100, 0, 0, conditions, counted), SPEC.labelling)
    assert {f.finding for f in found} <= {"imbalance"}
    return [f.detail for f in found]


def test_a_class_below_a_tenth_of_its_fair_share_is_told() -> None:
    """Of 300 objects of three classes, ten are fair; nine are not."""
    assert _details({"box": 145, "bag": 145, "tube": 10}) == []
    assert _details({"box": 145, "bag": 146, "tube": 9}) == [
        "class tube: 9 objects, 0.09 of its fair share of 100 among 3 classes (at least 0.1); collect more of it"
    ]


def test_a_value_of_a_condition_is_told_and_unknown_ones_do_not_count() -> None:
    [told] = _details({"box": 1}, {"bright": 500, "dim": 20, "": 9000})
    assert told.startswith("lighting dim: 20 frames, 0.08 of its fair share of 260 among 2 values of lighting")


def test_what_is_not_there_at_all_is_left_to_coverage() -> None:
    assert _details({"box": 100, "tube": 0}) == []
    assert _details({}) == []
