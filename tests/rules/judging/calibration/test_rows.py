"""Which detections each row of the sheet counts."""

from __future__ import annotations

import numpy as np

from detection.rules.judging.calibration.reliability import ReliabilitySheet
from detection.rules.judging.calibration.rows import ALL, EVERY, MapFacts, Scored, map_facts, reliability_rows
from detection.rules.judging.intervals import Resampling

RESAMPLING = Resampling(50, 0.95, 0)
MAPS = (
    MapFacts("fp32", "box", "isotonic", ""),
    MapFacts("fp32", "tube", "platt", "few"),
    MapFacts("int8", "box", "identity", "none"),
)


def scored() -> Scored:
    """Six detections of two classes in two groups, half of them at dusk; one frame's lighting is unknown."""
    return Scored(
        variant="fp32",
        set="test",
        group=np.array(["a", "a", "a", "b", "b", "b"], object),
        label=np.array(["box", "box", "tube", "box", "tube", "box"], object),
        raw=np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4]),
        score=np.array([0.8, 0.6, 0.7, 0.4, 0.5, 0.2]),
        correct=np.array([True, True, False, False, True, False]),
        slices={
            "lighting": np.array(["dusk", "dusk", "dusk", "bright", "bright", ""], object),
            "size": np.array(["small", "large", "small", "small", "large", "small"], object),
        },
    )


def test_every_class_stands_whole_and_in_each_slice_that_holds_it() -> None:
    rows = list(reliability_rows(scored(), MAPS, RESAMPLING))
    counted = {(row.label, row.slice): row.detections for row in rows}
    assert counted["every", "all"] == 6
    assert counted["box", "all"] == 4
    assert counted["box", "lighting=dusk"] == 2
    assert counted["tube", "size=large"] == 1
    assert counted["every", "lighting=bright"] == 2
    assert not any(name.endswith("=") for _, name in counted)
    assert {row.map for row in rows if row.label == "tube"} == {"platt"}
    assert {row.map for row in rows if row.label == EVERY} == {"platt"}


def test_a_class_without_detections_keeps_its_whole_row_and_has_no_slices() -> None:
    flags, names = np.zeros(0, np.bool_), np.zeros(0, object)
    nothing = Scored("fp32", "test", names, names, np.zeros(0), np.zeros(0), flags, {"lighting": names})
    rows = list(reliability_rows(nothing, MAPS, RESAMPLING))
    assert [(row.label, row.slice, row.detections) for row in rows] == [
        ("every", ALL, 0), ("box", ALL, 0), ("tube", ALL, 0),
    ]  # fmt: skip
    assert all(row.raw.error is None for row in rows)


def test_raw_and_calibrated_are_measured_apart() -> None:
    row = next(iter(reliability_rows(scored(), MAPS, RESAMPLING)))
    assert row.raw.brier is not None
    assert row.raw.brier != row.calibrated.brier


def test_the_facts_of_maps_come_back_from_the_sheet() -> None:
    sheet = ReliabilitySheet(tuple(reliability_rows(scored(), MAPS, RESAMPLING)), 0.5, 50, 0.95, 0)
    assert map_facts(sheet) == MAPS[:2]
