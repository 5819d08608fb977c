"""A year played to a real bundle by its own runtime, small: alarm, queue, labels, challenger, and the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from detection.outside import documents, files, html, processes
from detection.outside.decisions import Ledger
from detection.outside.story import showing, summing
from detection.outside.story.album import album
from detection.outside.story.asking import Reviewed
from detection.outside.story.frames import Year
from detection.outside.story.living import Challenger, Life, Terms
from detection.outside.story.telling import Lived
from detection.rules.evidence import story as evidence
from detection.rules.field.retrain.records import replayed
from detection.rules.field.story.chronicle import Chronicle
from detection.rules.field.story.plan import Plan
from detection.rules.field.story.verdicts import verdicts
from detection.rules.spec.spec import Spec
from detection.scenes.warehouse import World
from tests.examples_field import write_watched_bundle

SPEC_FILE = Path("specs/spec.yaml")
SPEC = documents.read_document(Spec, SPEC_FILE)
FULL = documents.read_document(Plan, Path("specs/story.yaml"))
SHORT = FULL.model_copy(
    update={
        "cameras": [0, 1],
        "frames_per_day": 4,
        "first_day": date(2026, 7, 1),
        "days": 123,
        "crates_from": date(2026, 8, 20),
        "watch": FULL.watch.model_copy(update={"baseline_days": 44, "minimum_detections": 1}),
        "reviewing": FULL.reviewing.model_copy(update={"labels_wanted": 20}),
    }
)


@dataclass(frozen=True)
class Played:
    """Both lives, and what a challenger was made from."""

    lived: Lived
    given: list[Sequence[Reviewed]]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("story")
    first, second = (write_watched_bundle(folder / name) for name in ("first", "second"))
    terms = Terms(SHORT, SPEC, SPEC_FILE.resolve(), folder / "out", lambda words: None)
    given: list[Sequence[Reviewed]] = []

    def retrain(back: Sequence[Reviewed]) -> Challenger:
        given.append(back)
        return Challenger(second, "PROMOTE")

    world = World(7, 2, 96, 64)
    year = Life(terms, Year(world, (0, 1), 4, SHORT.crates_from), first, retrain)
    control = Life(terms, Year(world, (0, 1), 4, None), first, None)
    with processes.pool(1) as pool:
        shown = album(pool, [*year.months, *control.months])
        year.run(shown)
        control.run(shown)
        assert next(shown, None) is None
    told = summing.told(year), summing.told(control)
    figures = summing.figures(year, frozenset({"cam-00"}))
    held = verdicts(SHORT, 0.79, told, figures)
    return Played(Lived(Chronicle(0.79, *told, figures, held, {}), year, control), given)


@pytest.mark.slow
def test_what_the_light_does_is_noticed_looked_at_and_answered_by_a_challenger(played: Played) -> None:
    year = played.lived.chronicle.year
    for order in (("live", "baseline", "alarm", "agreed", "trained", "promoted"), ("queue", "labels", "trained")):
        days = [year.day_of(what) for what in order]
        assert None not in days
        assert days == sorted(days, key=lambda day: day or date.max)
    assert [sum(len(one.queue.items) for one in back) >= 20 for back in played.given] == [True]


@pytest.mark.slow
def test_nobody_knew_anything_before_its_time(played: Played) -> None:
    """Frames of the days after a decision are not looked at, though they lie on the disk already."""
    for reviewed in played.lived.year.reviewed:
        assert max(item.captured_at for item in reviewed.queue.items) < reviewed.queue.made_at
        assert reviewed.back > reviewed.queue.made_at.date()


@pytest.mark.slow
def test_every_frame_was_looked_at_by_one_release_and_none_is_lost(played: Played) -> None:
    life = played.lived.year
    days = [scene.take.name for ran in (*life.ran, *life.after) for scene in ran.scenes]
    assert len(days) == len(set(days)) == SHORT.days * 2 * 4
    assert life.live is not None
    assert min(scene.day for ran in life.after for scene in ran.scenes) == life.live


@pytest.mark.slow
def test_decisions_are_kept_and_come_out_the_same_again(played: Played) -> None:
    records = Ledger(played.lived.year.folder / "decisions").records()
    assert records
    assert all(replayed(record) == record.decision for record in records)


@pytest.mark.slow
def test_the_control_year_stays_quiet(played: Played) -> None:
    assert played.lived.chronicle.control.day_of("alarm") is None


@pytest.mark.slow
def test_the_page_shows_it(played: Played, tmp_path: Path) -> None:
    lived = played.lived
    files.write_text(tmp_path / "story.html", html.page(evidence.page(lived.chronicle, showing.show(lived))))
    documents.write_value(tmp_path / "story.json", lived.chronicle)
    assert documents.read_value(Chronicle, tmp_path / "story.json").year == lived.chronicle.year
    assert (tmp_path / "story.html").read_text().count("data:image/jpeg") >= 4
