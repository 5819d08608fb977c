"""The monitor's page as values: the worst first, nothing hidden, nothing said of what nobody knows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detection.rules.evidence.drawings import Bars, Drawings, Tiles, Track
from detection.rules.evidence.field import cameras, fleet, health, incidents, objectives, samples, trust
from detection.rules.evidence.field.fleet import State
from detection.rules.evidence.field.incidents import Step, Trace
from detection.rules.evidence.field.page import Watched, page, sentence_of
from detection.rules.evidence.field.samples import Sample
from detection.rules.evidence.page import Block, Facts, Folded, Note, Pictures, Plain, Section
from detection.rules.evidence.tables import Table
from detection.rules.evidence.tone import Tone
from detection.rules.field.retrain.evidence import Degraded
from tests import examples_monitor as example

KINDS = (("quiet-1", "quiet"), ("warn-1", "warning"), ("over-1", "over"), ("bad-1", "alarm"), ("mute-1", "silent"))
NAMES = {"box": "Box"}


def flat(blocks: tuple[Block, ...]) -> list[Plain]:
    return [one for block in blocks for one in (block.blocks if isinstance(block, Folded) else (block,))]


def tables(section: Section) -> list[Table]:
    return [block for block in flat(section.blocks) if isinstance(block, Table)]


def words(section: Section) -> list[str]:
    return [cell.text for table in tables(section) for row in table.rows for cell in row]


def watched(*kinds: tuple[str, str]) -> Watched:
    return example.watched(kinds)


def test_every_camera_has_one_word_and_the_worst_stands_first() -> None:
    states = watched(*KINDS).states()
    assert [(one.camera, one.state) for one in states] == [
        ("bad-1", State.ALARM), ("warn-1", State.WARNING), ("over-1", State.OVER), ("quiet-1", State.QUIET),
        ("mute-1", State.UNWATCHED),
    ]  # fmt: skip


def test_a_camera_to_be_mended_is_not_called_quiet() -> None:
    """A frozen picture is as bright and as sharp as ever."""
    plain = replace(watched(*KINDS[:1]), degraded=(Degraded("i", "quiet-1", "frozen"),))
    made = page(plain)
    assert [one.state for one in plain.states()] == [State.DEGRADED]
    assert made.banner is not None
    assert made.banner.answer == "CAMERA TO MEND"
    assert any("quiet-1: frozen" in block.chips for block in flat(made.sections[5].blocks) if isinstance(block, Note))


def test_a_camera_that_only_sent_counters_is_listed() -> None:
    """No window was ever full: it must not vanish from the fleet."""
    plain = watched(*KINDS[:1])
    states = replace(plain, health=(*plain.health, example.health("new-1"))).states()
    assert ("new-1", State.UNWATCHED) in [(one.camera, one.state) for one in states]


@pytest.mark.parametrize(
    ("kinds", "answer", "said"),
    [
        pytest.param(KINDS, "ALARM", "bad-1 no longer looks like the validated world.", id="alarm"),
        pytest.param(KINDS[:2], "WARNING", "warn-1 differs from its baseline by more than chance.", id="warning"),
        pytest.param(KINDS[:1], "QUIET", "No camera is outside the world that was validated.", id="quiet"),
        pytest.param(KINDS[4:], "NOT ENOUGH DATA", "No camera has sent enough to be compared.", id="silent"),
        pytest.param((), "NOT ENOUGH DATA", "No camera has sent enough to be compared.", id="nobody"),
    ],
)
def test_the_banner_says_what_the_fleet_comes_to(kinds: tuple[tuple[str, str], ...], answer: str, said: str) -> None:
    made = page(watched(*kinds))
    assert made.banner is not None
    assert (made.banner.answer, made.banner.sentence) == (answer, said)


def test_many_alarms_are_counted_and_not_all_named() -> None:
    said = sentence_of(watched(*((f"c{number}", "alarm") for number in range(12))).states())
    assert said.count("c") < 12
    assert "and 9 more no longer look" in said


@pytest.mark.parametrize("kinds", [(), KINDS[:1], KINDS], ids=["none", "one", "many"])
def test_every_row_is_as_wide_as_its_head(kinds: tuple[tuple[str, str], ...]) -> None:
    found = [table for section in page(watched(*kinds)).sections for table in tables(section)]
    assert all(len(row) == len(table.columns) for table in found for row in table.rows)


def test_a_thousand_cameras_are_all_there_and_few_are_open() -> None:
    kinds = [(f"cam-{number:04d}", "alarm" if number % 90 == 7 else "quiet") for number in range(1000)]
    states = fleet.states(example.fleet(kinds), (), {})
    section = fleet.section(states, NAMES, {})
    assert isinstance(section.blocks[0], Tiles)
    assert len(section.blocks[0].tiles) == 1000
    assert {name for name, _ in kinds} <= set(words(section))
    opened = [block for block in section.blocks if isinstance(block, Table)]
    assert sum(len(table.rows) for table in opened) == fleet.SHOWN


def test_only_cameras_with_detail_have_a_link_to_it() -> None:
    made = page(watched(*KINDS))
    tiles = made.sections[0].blocks[0]
    assert isinstance(tiles, Tiles)
    links = {tile.anchor for tile in tiles.tiles if tile.anchor}
    details = {block.anchor for block in made.sections[4].blocks if isinstance(block, Folded)}
    assert links == details
    assert all(link.startswith("camera-") for link in links)


def test_an_incident_leads_to_the_data_version_in_one_row() -> None:
    found = example.fleet(KINDS[3:4]).incidents
    trace = Trace(
        found[0].id,
        Step("decision-1", "propose-retraining"),
        Step("queue-2"),
        Step("session-3"),
        Step("v4", "new data"),
    )
    [row] = tables(incidents.section(found, (trace,), NAMES, example.START_S))[0].rows
    shown = " ".join(f"{cell.text} {cell.note}" for cell in row)
    assert all(word in shown for word in (found[0].id, "decision-1", "queue-2", "session-3", "v4", "new data"))


def test_incidents_that_are_open_stand_before_those_that_are_over() -> None:
    table = tables(incidents.section(example.fleet(KINDS).incidents, (), NAMES, example.START_S))[0]
    assert [row[0].text for row in table.rows] == ["bad-1", "warn-1", "over-1"]
    assert [row[1].tone for row in table.rows] == [Tone.BAD, Tone.UNSURE, Tone.QUIET]


def test_no_incident_is_said() -> None:
    assert not tables(incidents.section((), (), NAMES, 0))


def test_the_detail_shows_the_histogram_that_moved_first() -> None:
    made = example.watched(KINDS)
    section = cameras.section(made.states()[:1], made.findings, made.counted, NAMES, {"bad-1": "camera-1"})
    drawn = [block for block in flat(section.blocks) if isinstance(block, Drawings)]
    bars, tracks = drawn[0].drawings, drawn[1].drawings
    assert isinstance(bars[0], Bars)
    assert (bars[0].title, bars[0].tone) == ("brightness", Tone.BAD)
    assert isinstance(tracks[0], Track)
    assert [event.name for event in tracks[0].events] == ["incident opened"]
    assert len(tracks) == len(example.SIGNALS)
    assert all(isinstance(track, Track) and len(track.band) == len(track.x) for track in tracks)


def test_lines_are_drawn_of_windows_that_say_something() -> None:
    """Five minutes of few frames say nothing: an hour does, and is drawn although it is coarser."""
    made = example.watched(KINDS[3:4])
    hours = made.findings.readings[0]
    silent = replace(
        hours,
        duration=hours.duration.model_copy(update={"name": "five-minutes", "length_s": 300}),
        answer=np.zeros_like(hours.answer),
    )
    both = replace(made.findings, readings=(silent, hours))
    section = cameras.section(made.states()[:1], both, made.counted, NAMES, {"bad-1": "camera-1"})
    drawn = [block.title for block in flat(section.blocks) if isinstance(block, Drawings)]
    assert drawn[1].endswith("windows: hour")


def test_a_histogram_names_one_bin_more_than_its_open_ends() -> None:
    """Bins are (lower, upper], the last is that of frames without a value."""
    assert cameras.bins(example.EDGES["brightness"])[0] == "≤ 0.1"
    assert cameras.bins(example.EDGES["brightness"])[-2:] == ("> 0.9", "none")
    assert len(cameras.bins(example.EDGES["brightness"])) == len(example.EDGES["brightness"]) + 2


def test_an_objective_shows_its_floor_and_the_day_of_its_breach() -> None:
    section = objectives.section((example.objective(below=4),), (), NAMES)
    [drawing] = [d for block in section.blocks if isinstance(block, Drawings) for d in block.drawings]
    assert isinstance(drawing, Track)
    assert drawing.limit == 0.79
    assert [event.name for event in drawing.events] == ["breached"]
    assert "on 2026-06-29" in words(section)


def test_an_objective_without_labels_is_not_called_met() -> None:
    standing = replace(example.objective(), days=(), breached_at_s=None)
    assert "not enough data" in words(objectives.section((standing,), (), NAMES))


def test_a_part_of_the_trust_score_that_is_not_known_is_said() -> None:
    said = words(trust.section((example.trust("", 0.7),)))
    assert "not enough data" in said
    assert {"accuracy", "drift", "domain", "camera"} <= set(said)


def test_the_least_trusted_camera_stands_first() -> None:
    scores = tuple(example.trust(f"cam-{number}", number / 20) for number in range(20, 0, -1))
    assert tables(trust.section(scores))[0].rows[0][0].text == "cam-1"


def test_the_worst_camera_of_the_fleet_stands_below_the_fleet_itself() -> None:
    ones = (example.health("good"), example.health("bad", frozen=400, failed=3))
    rows = tables(health.health_section(ones))[0].rows
    assert [row[0].text for row in rows] == ["all cameras", "bad", "good"]
    assert rows[0][1].text == "11,520"


def test_latency_is_told_beside_the_limit_of_its_target() -> None:
    ones = (example.health("a", over_limit=3),)
    late = tables(health.latency_section(ones, 5.0))[0].rows[-1][2]
    kept = tables(health.latency_section(ones, 500.0))[0].rows[-1][2]
    assert (late.tone, kept.tone) == (Tone.BAD, Tone.GOOD)
    assert kept.note == "limit 500"


def test_frames_of_the_blind_control_sample_are_counted_and_never_shown() -> None:
    """Whoever labels them must not have seen the predictions."""
    picture = "data:image/jpeg;base64,AA=="
    kept = [Sample(str(n), "c", "t", (reason,), (), picture) for n, reason in enumerate(("control", "low-margin"))]
    section = samples.section(kept)
    [shown] = [block for block in section.blocks if isinstance(block, Pictures)]
    assert len(shown.pictures) == 1
    assert "control" in words(section)


def test_nothing_at_all_is_a_page_too() -> None:
    made = page(watched())
    assert {section.id for section in made.sections} >= {"fleet", "incidents", "objectives", "trust", "cameras"}
    assert not any(isinstance(block, Facts) for block in flat(made.sections[4].blocks))
