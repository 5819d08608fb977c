"""The sheet finds the nearest advice there is."""

from __future__ import annotations

import pytest

from detection.rules.judging.errors.sheet import Advice, ErrorRow, ErrorSheet

ROW = ErrorRow("fp32", "test", "tube", "lighting=dusk,crowding=sparse", "missed", 9, 7, 0.1, 0.05, 0.2)


def advice(label: str, part: str, kind: str = "missed") -> Advice:
    """Named by where it is given."""
    return Advice("fp32", "test", kind, label, part, "data", f"{label} {part}", "")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        pytest.param([("tube", "all"), ("tube", "lighting=dusk,crowding=sparse")], 1, id="its own slice"),
        pytest.param([("tube", "all"), ("tube", "crowding=sparse"), ("tube", "lighting=dusk")], 2, id="a condition"),
        pytest.param([("every", "lighting=dusk"), ("tube", "all")], 1, id="its class before its slice"),
        pytest.param([("every", "all"), ("every", "crowding=sparse")], 1, id="all classes in its slice"),
    ],
)
def test_the_nearest_advice_is_given(given: list[tuple[str, str]], found: int) -> None:
    sheet = ErrorSheet((ROW,), tuple(advice(*place) for place in given), 0.5, 0.1)
    assert sheet.advised(ROW) == advice(*given[found])


def test_advice_on_another_kind_or_class_is_none() -> None:
    sheet = ErrorSheet((ROW,), (advice("tube", "all", "duplicate"), advice("box", "all")), 0.5, 0.1)
    assert sheet.advised(ROW) is None


def test_a_kind_that_is_not_shown_is_never_the_worst() -> None:
    hidden = ErrorRow("fp32", "test", "tube", "all", "duplicate", 90, 0, 0.5, 0.2, 0.0)
    assert ErrorSheet((hidden,), (), 0.5, 0.1).worst("fp32", "test", "tube") is None
