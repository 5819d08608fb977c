"""Charts: real SVG and PNG, safe and the same twice."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np

from detection.outside import plots
from detection.rules.evidence.charts import Chart, Mark, Series, Stroke

ONES = np.linspace(0, 1, 5)
CHART = Chart(
    "Precision <b>$x^2$ & ]]>",
    "recall",
    "precision",
    (Series("</text><script>alert(1)</script>", ONES, ONES, 0), Series("int8", ONES, ONES**2, 9, Stroke.DASHED, True)),
    unit_x=True,
    unit_y=True,
    diagonal=True,
)


def test_a_chart_is_xml_whose_text_stays_text() -> None:
    root = ElementTree.fromstring(plots.svg(CHART))
    assert not [e for e in root.iter() if e.tag.endswith("script")]
    assert "</text><script>alert(1)</script>" in {e.text for e in root.iter() if e.tag.endswith("text")}


def test_formulas_are_not_read_from_names() -> None:
    """A price in a class name is no mathematics."""
    assert b"$x^2$" in plots.svg(CHART)


def test_a_chart_follows_the_readers_colour_scheme() -> None:
    drawing = plots.svg(CHART).decode()
    assert "prefers-color-scheme:dark" in drawing
    assert f": {plots.INK}" not in drawing


def test_the_same_values_give_the_same_bytes() -> None:
    assert plots.svg(CHART) == plots.svg(CHART)


def test_a_chosen_place_and_the_weight_of_points_are_drawn() -> None:
    weighted = Series("", ONES, ONES, weight=ONES)
    drawing = plots.svg(Chart("cuts", "cut", "recall", (weighted,), unit_x=True, marks=(Mark("ships: 0.41", 0.41, 1),)))
    assert "ships: 0.41" in {e.text for e in ElementTree.fromstring(drawing).iter() if e.tag.endswith("text")}
    assert len(drawing) > len(plots.svg(Chart("cuts", "cut", "recall", (Series("", ONES, ONES),), unit_x=True)))


def test_a_chart_without_any_series_is_still_one() -> None:
    assert ElementTree.fromstring(plots.svg(Chart("empty", "x", "y", ()))) is not None
