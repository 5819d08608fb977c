"""Lists of names as people write them."""

from __future__ import annotations

import pytest

from detection.rules.labels.intake.lists import listed, unmatched

NAMES = ["x/a.jpg", "x/b.mp4#t=1.jpg", "c.jpg"]


@pytest.mark.parametrize("line", ["x/b.mp4#t=1.jpg", "b.mp4#t=1.jpg", "b.mp4#t=1"])
def test_a_line_may_leave_out_folder_and_suffix(line: str) -> None:
    """VOC lists stems, others list files; a name may hold more dots."""
    assert listed(NAMES, [line]).tolist() == [False, True, False]


def test_lines_that_name_nothing_are_told_in_their_order() -> None:
    """A list for another data set must not pass for an empty wish."""
    assert unmatched(NAMES, ["z", "a", "x/c.jpg", "c"]) == ["z", "x/c.jpg"]
    assert listed([], ["a"]).tolist() == []
    assert listed(NAMES, []).tolist() == [False] * 3
