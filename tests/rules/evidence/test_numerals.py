"""Numbers in words: no bound is shown better than it is."""

from __future__ import annotations

import pytest

from detection.rules.evidence.numerals import cut, digits, size


def test_a_bound_just_below_its_limit_is_not_rounded_up_to_it() -> None:
    """0.7999 that fails against 0.8 must not read 0.800."""
    assert (cut(0.7999), digits(0.7999)) == ("0.799", "0.800")
    assert cut(0.8) == "0.800"


@pytest.mark.parametrize(("count", "shown"), [(0, "0.0 kB"), (3_410_000, "3.4 MB"), (99_999, "100.0 kB")])
def test_sizes_are_told_in_the_unit_people_read(count: int, shown: str) -> None:
    assert size(count) == shown
