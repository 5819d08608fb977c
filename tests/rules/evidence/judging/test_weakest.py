"""Where it loses most: found by mistakes beyond the rest's rate, so that no slice misleads by its size."""

from __future__ import annotations

from dataclasses import replace

from detection.rules.evidence.judging import weakest
from detection.rules.evidence.judging.weakest import Weak
from detection.rules.evidence.tone import Tone
from detection.rules.judging.errors.sheet import ErrorSheet
from detection.rules.judging.scores.rows import ALL, EVERY, Intervals, ScoreRow, ScoreSheet
from tests import examples_results as example
from tests.examples_results import Place

NAMES = {"box": "Cardboard box", "polybag": "Polybag", "tube": "Tube"}
NO_ERRORS = ErrorSheet((), (), 0.5, 0.1)


def sheet(*places: tuple[str, str, int, float]) -> ScoreSheet:
    """Class, slice, objects, recall; of one variant on the set test."""
    return ScoreSheet(tuple(example.score(Place("fp32", "test", *place)) for place in places), 100, 0)


def found(made: ScoreSheet) -> list[tuple[str, str]]:
    return [(weak.row.label, weak.row.slice) for weak in weakest.weakest(made, "fp32")]


def test_a_class_is_named_with_the_slice_in_which_it_is_worst() -> None:
    made = sheet(
        (EVERY, ALL, 400, 0.9), ("tube", ALL, 200, 0.8), ("tube", "lighting=bright", 150, 0.9),
        ("tube", "lighting=dusk", 50, 0.5), ("box", ALL, 200, 0.98), ("box", "lighting=dusk", 50, 0.98),
    )  # fmt: skip
    assert found(made) == [("tube", "lighting=dusk")]


def test_a_slice_that_chance_may_have_made_worst_is_not_named() -> None:
    """Of a class that loses something, some slice always is the worst."""
    made = sheet((EVERY, ALL, 400, 0.9), ("tube", ALL, 200, 0.8), ("tube", "lighting=dusk", 50, 0.76))
    assert found(made) == [("tube", ALL)]


def test_a_class_that_is_bad_everywhere_alike_is_named_without_a_slice() -> None:
    made = sheet((EVERY, ALL, 400, 0.9), ("tube", ALL, 200, 0.8), ("tube", "lighting=dusk", 50, 0.8))
    assert found(made) == [("tube", ALL)]


def test_three_boxes_with_bad_luck_do_not_come_before_a_hundred_that_are_bad() -> None:
    made = sheet(
        (EVERY, ALL, 400, 0.9), ("box", ALL, 200, 0.89), ("box", "lighting=dusk", 3, 0.0),
        ("tube", ALL, 200, 0.85), ("tube", "crowding=crowded", 100, 0.65),
    )  # fmt: skip
    assert found(made) == [("tube", "crowding=crowded"), ("box", ALL)]


def test_each_class_comes_once_before_any_comes_again() -> None:
    made = sheet(
        (EVERY, ALL, 900, 0.9), ("tube", ALL, 300, 0.7), ("tube", "lighting=dusk", 100, 0.4),
        ("tube", "crowding=crowded", 100, 0.5), ("box", ALL, 300, 0.85), ("box", "lighting=dusk", 100, 0.65),
    )  # fmt: skip
    assert found(made) == [("tube", "lighting=dusk"), ("box", "lighting=dusk"), ("tube", "crowding=crowded")]


def test_slices_of_one_condition_are_not_told_twice() -> None:
    """Tubes at dusk, and tubes at dusk in a crowd, are one finding."""
    made = sheet(
        (EVERY, ALL, 900, 0.9), ("tube", ALL, 300, 0.7), ("tube", "lighting=dusk", 100, 0.4),
        ("tube", "lighting=dusk,crowding=crowded", 60, 0.3), ("tube", "lighting=dim", 60, 0.5),
    )  # fmt: skip
    assert found(made) == [("tube", "lighting=dusk")]


def test_a_detector_that_is_even_has_no_weakest_part() -> None:
    made = sheet((EVERY, ALL, 400, 0.9), ("tube", ALL, 200, 0.9), ("tube", "lighting=dusk", 50, 0.9))
    shown = weakest.findings(made, NO_ERRORS, "fp32", NAMES)
    assert shown.findings == ()
    assert "No class stands out" in shown.note


def test_nothing_judged_is_said() -> None:
    assert weakest.findings(ScoreSheet((), 100, 0), NO_ERRORS, "fp32", NAMES).note == "Nothing was judged."


def test_without_a_test_set_the_golden_one_is_looked_at() -> None:
    rows = tuple(replace(row, set="golden") for row in sheet((EVERY, ALL, 90, 0.9), ("tube", ALL, 50, 0.5)).rows)
    [weak] = weakest.weakest(ScoreSheet(rows, 100, 0), "fp32")
    assert isinstance(weak, Weak)
    assert weak.row.set == "golden"


def test_a_finding_tells_figure_costliest_kind_evidence_and_what_to_do() -> None:
    first = weakest.findings(example.score_sheet(), example.error_sheet(), "fp32", NAMES).findings[0]
    told = " ".join(first.told)
    assert first.title == "Tube, lighting dusk"
    assert "objects that nothing found" in told
    assert "Tube on all frames" in told
    assert "61 of 1,203 tubes" in told
    assert first.action.startswith("Bring labelled frames of tubes at dusk")


def test_a_slice_is_red_only_if_its_whole_band_lies_below_the_rest() -> None:
    made = sheet((EVERY, ALL, 400, 0.9), ("tube", ALL, 200, 0.6))
    assert _tone(made) is Tone.BAD
    unknown = tuple(replace(row, intervals=Intervals(*[None] * 7)) for row in made.rows)
    assert _tone(ScoreSheet(unknown, 100, 0)) is Tone.UNSURE


def test_a_slice_without_its_own_errors_is_explained_by_its_class() -> None:
    """Errors are not counted by size: small tubes are told what is known of tubes."""
    made = sheet((EVERY, ALL, 400, 0.9), ("tube", ALL, 200, 0.8), ("tube", "size=small", 60, 0.5))
    [finding] = weakest.findings(made, example.error_sheet(), "fp32", NAMES).findings
    assert finding.title == "Tube, small boxes"
    assert "(all frames)" in " ".join(finding.told)


def test_a_second_kind_that_costs_nearly_as_much_is_told_too() -> None:
    made = sheet((EVERY, ALL, 400, 0.9), ("tube", ALL, 200, 0.6))
    errors = example.error_sheet()
    assert "Next" not in " ".join(weakest.findings(made, errors, "fp32", NAMES).findings[0].told)
    rows = tuple(replace(row, df1=0.06) if row.kind == "background" else row for row in errors.rows)
    [finding] = weakest.findings(made, replace(errors, rows=rows), "fp32", NAMES).findings
    assert finding.told[-1] == "Next: 6 detections where nothing is, worth 0.060."


def _tone(made: ScoreSheet) -> Tone:
    return weakest.findings(made, NO_ERRORS, "fp32", NAMES).findings[0].tone


def test_a_row_without_a_figure_loses_nothing() -> None:
    made = sheet((EVERY, ALL, 400, 0.9), ("tube", ALL, 0, 0.0))
    rows: tuple[ScoreRow, ...] = tuple(replace(row, f1=None) if row.label == "tube" else row for row in made.rows)
    assert weakest.weakest(ScoreSheet(rows, 100, 0), "fp32") == ()
