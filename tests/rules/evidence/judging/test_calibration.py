"""Calibration for people: judged where no map was fitted, and an effect that chance explains is not praised."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detection.rules.evidence.judging import calibration
from detection.rules.evidence.page import Facts, Folded, Pictures
from detection.rules.evidence.tables import Table
from detection.rules.evidence.tone import Tone
from tests import examples_results as example

NAMES = {"box": "Cardboard box", "polybag": "Polybag", "tube": "Tube"}
JUDGED = example.reliability_sheet("test", "golden")


@pytest.mark.parametrize(
    ("raw", "calibrated", "noise", "said", "tone"),
    [
        (0.10, 0.05, 0.01, "halved or better", Tone.GOOD),
        (0.03, 0.02, 0.025, "within noise", Tone.QUIET),
        (0.02, 0.03, 0.04, "within noise", Tone.QUIET),
        (0.10, 0.08, 0.02, "lower", Tone.GOOD),
        (0.05, 0.09, 0.02, "higher", Tone.BAD),
        (0.0581, 0.0579, 0.02, "unchanged", Tone.QUIET),
        (None, None, None, "nothing detected", Tone.QUIET),
    ],
    ids=["halved", "noise", "noise upwards", "lower", "higher", "same digits", "nothing"],
)
def test_an_effect_is_told_against_chance(
    raw: float | None, calibrated: float | None, noise: float | None, said: str, tone: Tone
) -> None:
    row = JUDGED.rows[0]
    row = replace(
        row,
        raw=replace(row.raw, error=raw, noise=noise),
        calibrated=replace(row.calibrated, error=calibrated, noise=noise),
    )
    cell = calibration.effect(row)
    assert (cell.text, cell.tone) == (said, tone)


def test_the_headline_is_the_error_on_test_with_its_interval_before_and_after() -> None:
    section = calibration.section(example.reliability_sheet("val"), JUDGED, NAMES, Pictures(()))
    facts = section.blocks[0]
    assert isinstance(facts, Facts)
    assert [fact.name for fact in facts.facts] == ["Error on test, fp32", "Error on test, int8"]
    assert facts.facts[0].note == "95%: 0.012–0.030, raw 0.110; halved or better"


def test_figures_of_the_frames_that_maps_were_fitted_on_are_folded_and_called_flattering() -> None:
    section = calibration.section(example.reliability_sheet("val"), JUDGED, NAMES, Pictures(()))
    fitted = section.blocks[-1]
    assert isinstance(fitted, Folded)
    [table] = fitted.blocks
    assert isinstance(table, Table)
    assert "Flattering" in table.note


def test_a_diagram_shows_raw_and_calibrated_scores_and_leaves_empty_bins_out() -> None:
    row = JUDGED.rows[0]
    empty = replace(row.raw.bins[3], n=0, mean_score=None, share_correct=None)
    holed = replace(row.raw, bins=(*row.raw.bins[:3], empty, *row.raw.bins[4:]))
    sheet = replace(JUDGED, rows=(replace(row, raw=holed), *JUDGED.rows[1:]))
    first = calibration.diagrams(sheet, NAMES)[0]
    assert [series.name for series in first.series] == ["raw", "calibrated"]
    assert [len(series.x) for series in first.series] == [9, 10]
    assert first.series[0].weight is not None
    assert float(np.max(first.series[0].weight)) == 1.0


def test_a_set_that_judges_is_shown_and_the_others_wait() -> None:
    only = replace(JUDGED, rows=tuple(row for row in JUDGED.rows if row.set == "golden"))
    section = calibration.section(example.reliability_sheet("val"), only, NAMES, Pictures(()))
    facts = section.blocks[0]
    assert isinstance(facts, Facts)
    assert facts.facts[0].name == "Error on golden, fp32"


def test_nothing_judged_is_no_fault() -> None:
    nothing = replace(JUDGED, rows=())
    assert calibration.section(nothing, nothing, NAMES, Pictures(())).blocks
    assert calibration.diagrams(nothing, NAMES) == ()
