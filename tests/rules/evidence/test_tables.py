"""Cells of a table: a bar stays on its scale, and a link in the folder."""

from __future__ import annotations

import pytest

from detection.rules.evidence.tables import Span, linked


@pytest.mark.parametrize(("value", "place"), [(0.0, 0), (0.5, 0), (0.75, 50), (1.0, 100), (1.5, 100)])
def test_a_bar_never_leaves_its_scale(value: float, place: float) -> None:
    assert Span(value, value, value, start=0.5).at(value) == pytest.approx(place)


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "https://example.invalid/", "../x.html", "//x.html", "a.html?b", "x.HTML", "a b.html"],
)
def test_a_link_can_only_lead_to_a_page_of_ours(link: str) -> None:
    with pytest.raises(ValueError, match="no page of ours"):
        linked("x", link)
