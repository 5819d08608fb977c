"""Sections of the page: figures stand under their heads, and what is missing is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detection.rules.evidence import learning, purpose
from detection.rules.evidence.judging import figures, scores, targets, variants
from detection.rules.evidence.labels import agreement as agreement_page
from detection.rules.evidence.labels import data as data_page
from detection.rules.evidence.labels import findings as findings_page
from detection.rules.evidence.labels import split as split_page
from detection.rules.evidence.page import Facts, Folded, Note, Pictures, Section
from detection.rules.evidence.tables import Table
from detection.rules.evidence.tone import Tone
from detection.rules.labels.agreement.sheet import Figure
from detection.rules.labels.splits.crossings import Crossing
from detection.rules.labels.splits.grouping import Tie
from detection.rules.spec.spec import declared_only
from tests import examples_report as example
from tests import examples_results as results
from tests.examples_verdict import SPEC, TARGETS, VARIANTS

NAMES = {c.id: c.display for c in SPEC.classes}


def tables(section: Section) -> list[Table]:
    blocks = [inner for block in section.blocks for inner in (block.blocks if isinstance(block, Folded) else (block,))]
    return [block for block in blocks if isinstance(block, Table)]


def test_every_row_of_the_page_is_as_wide_as_its_head() -> None:
    page = example.page("FAIL")
    assert page.banner is not None
    found = [page.banner.gate, *(table for section in page.sections for table in tables(section))]
    assert len(found) > 15
    assert all(len(row) == len(table.columns) for table in found for row in table.rows)


def test_section_ids_are_ours_and_unlike() -> None:
    ids = [section.id for section in example.page("PASS").sections]
    assert len(set(ids)) == len(ids)
    assert all(name.isalpha() for name in ids)


def test_sections_that_nothing_enforces_are_listed_as_such() -> None:
    section = purpose.section(SPEC.classes, SPEC.conditions, SPEC.output)
    [note] = [block for block in section.blocks if isinstance(block, Note)]
    assert note.chips == tuple(name.replace("_", " ") for name in declared_only())


def test_figures_of_a_practice_world_are_said_to_be_that() -> None:
    def titles(practice: bool) -> list[str]:
        return [b.title for b in purpose.limits(SPEC.conditions, practice).blocks if isinstance(b, Note)]

    assert "A practice world" in titles(practice=True)
    assert "A practice world" not in titles(practice=False)


def test_a_condition_with_too_few_frames_says_how_many_more() -> None:
    wanting = replace(example.coverage().conditions[3], frames=10, minimum=40, needs_more=30)
    coverage = replace(example.coverage(), conditions=(wanting,))
    table = tables(findings_page.coverage_section(coverage, example.certificate(), ()))[0]
    assert (table.rows[0][-1].text, table.rows[0][-1].tone) == ("needs 30 more", Tone.UNSURE)


def test_a_crossing_of_the_split_is_red_and_named() -> None:
    line = "camera 'cam-01' stands in train and val"
    leaking = replace(example.certificate(), crossings=1, found=(Crossing("camera", 1, 40, (line,)),))
    section = split_page.split_section(leaking)
    assert [b.facts[0].tone for b in section.blocks if isinstance(b, Facts)] == [Tone.BAD]
    [crossings] = [table for table in tables(section) if table.title == "Crossings found"]
    assert [cell.text for cell in crossings.rows[0]] == ["camera", line]


def test_a_class_below_the_floor_of_agreement_is_red() -> None:
    agreement = example.agreement()
    poor = replace(agreement.classes[0], f1=Figure(0.5, 0.4, 0.6))
    low = replace(agreement, classes=(poor, replace(agreement.classes[1], f1=None)))
    rows = tables(agreement_page.agreement_section(low, NAMES))[0].rows
    assert rows[0][1].span is not None
    assert rows[0][1].span.tone is Tone.BAD
    assert rows[1][1].text == "–"


def test_a_set_without_frames_is_said_and_not_scored() -> None:
    sheet = results.score_sheet()
    without = replace(sheet, rows=tuple(row for row in sheet.rows if row.set == "test"))
    section = scores.section(without, VARIANTS, NAMES, Pictures(()), example.certificate())
    assert [b.text for b in section.blocks if isinstance(b, Note)] == ["The sets golden and challenge hold no frame."]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({}, "cameras that training never saw", id="cameras"),
        pytest.param(
            {"ties": (Tie("camera", 0), Tie("scene", 0))}, "frames that training never saw", id="nothing-tied"
        ),
        pytest.param({"ties": (Tie("scene", 9),)}, "scenes that training never saw", id="scenes"),
        pytest.param({"crossings": 1}, "", id="leaking"),
    ],
)
def test_what_the_test_set_is_made_of_is_said_only_where_it_is_known(changes: dict[str, object], said: str) -> None:
    assert figures.unseen(replace(example.certificate(), **changes)) == said  # type: ignore[arg-type]


def test_frames_of_unknown_cameras_are_not_counted_as_one_camera() -> None:
    placed = example.placed()
    without = replace(placed, frames=replace(placed.frames, camera=np.full(len(placed.frames.camera), "", object)))
    rejected = data_page.Rejected("scenes", 0, {})
    section = data_page.data_section(example.coverage(), without, rejected, NAMES, Pictures(()))
    assert "Cameras" not in {table.title for table in tables(section)}
    assert "Cameras" not in {f.name for b in section.blocks if isinstance(b, Facts) for f in b.facts}


def test_variants_stand_side_by_side_with_what_is_decided_of_each() -> None:
    together, *_, cuts, _ = tables(variants.section(example.compared(), NAMES))
    assert [row[0].text for row in together.rows] == ["fp32", "int8", "rtx"]
    assert [row[-1].text for row in together.rows] == ["reference", "PASS", "built, not run"]
    assert together.rows[1][1].note == "loses at most 0.007"
    assert together.rows[1][-2].text == "keeps its accuracy; faster here"
    assert [[cell.text for cell in row] for row in cuts.rows][1] == ["int8", "0.390", "0.400", "0.370"]


def test_a_variant_that_is_slower_here_says_so_and_may_be_released() -> None:
    plain = example.compared()
    rows = tuple(replace(row, slower_than_reference=True, times_reference=1.2) for row in plain.costs.rows)
    together, *_ = tables(variants.section(replace(plain, costs=replace(plain.costs, rows=rows)), NAMES))
    assert together.rows[1][-1].text == "PASS"
    assert together.rows[1][-2].text.endswith("slower than the reference here")


def test_a_variant_that_loses_too_much_says_so() -> None:
    plain = example.compared()
    lines = tuple(
        replace(line, verdict="FAIL", lower=0.02, upper=0.05) if (line.kind, line.set) == ("loss", "golden") else line
        for line in plain.verdict.lines
    )
    together, *_ = tables(variants.section(replace(plain, verdict=replace(plain.verdict, lines=lines)), NAMES))
    assert (together.rows[1][-1].text, together.rows[1][-1].tone) == ("FAIL", Tone.BAD)
    assert together.rows[1][-2].text.startswith("loses more than the spec allows")


def test_a_target_that_is_not_here_is_shown_with_its_limits_and_no_figure() -> None:
    [table] = tables(targets.section(TARGETS, example.gate("PASS")))
    assert [(row[0].text, row[-1].text) for row in table.rows] == [
        ("cpu-plain", "PASS"),
        ("cpu-x86", "PASS"),
        ("jetson", "not measured here"),
    ]
    assert (table.rows[0][2].text, table.rows[0][2].note) == ("24.0", f"≤ {TARGETS[0].p95_ms:g}")
    assert table.rows[2][2].text == f"≤ {TARGETS[2].p95_ms:g}"


def test_a_target_whose_engine_was_only_built_says_so() -> None:
    card = TARGETS[0].model_copy(update={"id": "card", "engine": "tensorrt-rtx", "variant": "card"})
    [table] = tables(targets.section([card], example.gate("PASS")))
    assert table.rows[0][-1].text == "built, not run"


def test_cells_of_a_class_in_a_slice_are_red_only_where_that_is_sure() -> None:
    rows = [row for row in results.score_sheet().rows if (row.variant, row.set) == ("fp32", "test")]
    heat = scores.heat(rows, rows[0], NAMES)
    tones = {(row[0].text, c.name): cell.tone for row in heat.rows for c, cell in zip(heat.columns, row, strict=True)}
    assert tones["Tube", "lighting dusk"] is Tone.BAD
    assert tones["Tube", "lighting bright"] is Tone.PLAIN
    few = [replace(row, truths=9) for row in rows]
    assert {cell.tone for row in scores.heat(few, rows[0], NAMES).rows for cell in row[1:]} == {Tone.QUIET}


def test_of_eighty_classes_those_with_most_mistakes_are_shown_and_the_rest_is_folded() -> None:
    places = [results.Place("fp32", "test", f"c{i}", "all", 100, 0.99 - i / 100) for i in range(80)]
    rows = (*results.score_sheet().rows[:1], *map(results.score, places))
    section = scores.section(
        replace(results.score_sheet(), rows=rows), VARIANTS, {}, Pictures(()), example.certificate()
    )
    shown = [block for block in section.blocks if isinstance(block, Table)]
    assert [len(table.rows) for table in shown] == [13]
    assert shown[0].rows[-1][0].text == "c79"
    assert max(len(table.rows) for table in tables(section)) == 81


def test_boxes_are_counted_in_the_set_their_frame_stands_in() -> None:
    coverage, rejected = example.coverage(), data_page.Rejected("scenes", 0, {})
    section = data_page.data_section(coverage, example.placed(), rejected, NAMES, example.samples())
    counts = {row[0].text: [cell.text for cell in row[1:]] for row in tables(section)[0].rows}
    assert counts["train"][0] == "832"
    assert counts["train"][-1] == "3,328"


def test_accuracy_that_was_measured_once_is_not_drawn_as_a_curve() -> None:
    history = example.history()
    once = np.full(16, np.nan)
    once[-1] = 0.9
    assert len(learning.history_charts(replace(history, accuracy={"AP50": once}))) == 1
    assert len(learning.history_charts(history)) == 2
