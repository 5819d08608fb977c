"""Lists of names as people write them."""

from __future__ import annotations

import pytest

from detection.rules.labels.intake.lists import beside, listed, unmatched

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


def test_one_name_in_two_unicode_forms_is_one_name() -> None:
    """A disk that takes letters apart, and a list typed on another system."""
    assert listed(["x/e\u0301.jpg"], ["\u00e9.jpg"]).tolist() == [True]
    assert unmatched(["x/\u00e9.jpg"], ["e\u0301"]) == []


def test_a_label_file_stands_beside_the_image_that_a_line_names() -> None:
    assert beside(["labels/a.txt", "b.xml", "c.json: task 3", ".x"], ["images/a.jpg", "b"]).tolist() == [
        True, True, False, False
    ]  # fmt: skip
