"""The story is shown or it is not: by figures, not by words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from detection.errors import DocumentError
from detection.outside import documents
from detection.rules.field.accuracy.hits import Hits
from detection.rules.field.story.chronicle import ALL, Chronicle, Figure, Happening, Told, Week
from detection.rules.field.story.plan import Plan
from detection.rules.field.story.verdicts import fell_below, verdicts
from detection.rules.spec.spec import Spec

PLAN = documents.read_document(Plan, Path("specs/story.yaml"))
SPEC = documents.read_document(Spec, Path("specs/spec.yaml"))
GOOD, BAD = Hits(95, 100, 100), Hits(70, 100, 100)
BEGIN = date(2026, 8, 6)


def week(number: int, hits: Hits = GOOD) -> Week:
    return Week(BEGIN + timedelta(days=7 * number), 1, hits, 0, 0.1, 0.2, "cam-03 brightness", 0)


def year(*happened: Happening, bad_from: int = 10) -> Told:
    """Twelve weeks of which the last are bad."""
    return Told("year", tuple(week(n, GOOD if n < bad_from else BAD) for n in range(14)), happened)


def alarm(number: int) -> Happening:
    return Happening(BEGIN + timedelta(days=7 * number), "alarm", "cam-03 moved")


CONTROL = Told("control", tuple(week(n) for n in range(14)), ())
SAME = (Figure(ALL, GOOD, BAD, GOOD), Figure("crate", Hits(0, 0, 0), Hits(0, 0, 40), GOOD))


def held(told: Told, control: Told = CONTROL, figures: tuple[Figure, ...] = SAME) -> list[bool]:
    return [one.held for one in verdicts(PLAN, 0.79, (told, control), figures)]


def test_precision_has_fallen_when_four_weeks_together_lie_below() -> None:
    """(95 + 70 * 3) / 400 is 0.7625: three bad weeks are not enough for 0.74, four are."""
    low = fell_below(year().weeks, 0.74)
    assert low is not None
    assert low.day == BEGIN + timedelta(days=7 * 14)
    assert low.precision == pytest.approx(0.70)
    assert fell_below(CONTROL.weeks, 0.74) is None


def test_an_alarm_must_come_before_the_fall() -> None:
    promoted = Happening(BEGIN + timedelta(days=90), "promoted", "release 2")
    assert held(year(alarm(12), promoted)) == [True] * 4
    assert held(year(alarm(14), promoted))[0] is False
    assert held(year(promoted))[0] is False


def test_an_alarm_in_the_control_year_is_a_false_one() -> None:
    assert held(year(alarm(12)), replace(CONTROL, happenings=(alarm(3),)))[1] is False


@pytest.mark.parametrize(
    ("after", "word"),
    [
        pytest.param(Hits(92, 100, 97), "all: precision 0.920", id="precision"),
        pytest.param(Hits(92, 96, 100), "all: recall 0.920", id="recall"),
    ],
)
def test_a_slice_that_stays_behind_is_named(after: Hits, word: str) -> None:
    figures = (replace(SAME[0], after=after), SAME[1])
    told = verdicts(PLAN, 0.79, (year(alarm(12)), CONTROL), figures)[3]
    assert (told.held, word in told.words) == (False, True)


def test_a_new_kind_is_held_to_the_first_figures_of_all() -> None:
    figures = (SAME[0], replace(SAME[1], after=Hits(80, 100, 100)))
    assert "crate: precision 0.800 (first 0.950)" in verdicts(PLAN, 0.79, (year(), CONTROL), figures)[3].words


def test_a_story_without_a_challenger_has_not_recovered() -> None:
    nothing = tuple(replace(one, after=Hits(0, 0, 0)) for one in SAME)
    assert held(year(alarm(12)), figures=nothing)[2:] == [False, False]


def test_the_plan_takes_from_the_spec_what_it_does_not_say() -> None:
    monitoring = PLAN.monitoring(SPEC)
    assert [window.name for window in monitoring.windows] == ["week"]
    assert (monitoring.psi_alarm, monitoring.edges) == (SPEC.monitoring.psi_alarm, SPEC.monitoring.edges)
    asked = PLAN.review(SPEC, agreed=True).quotas
    assert [quota.frames for quota in asked] == [2 * quota.frames for quota in SPEC.review.quotas]
    assert [quota.reason for quota in PLAN.review(SPEC, agreed=False).quotas] == ["control"]
    assert PLAN.retraining(SPEC).cooldown_days == SPEC.retraining.cooldown_days
    assert [one.id for one in PLAN.classes(SPEC)] == ["box", "polybag", "tube", "crate"]


def test_crates_that_come_before_the_baseline_is_known_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(Path("specs/story.yaml").read_text().replace("2026-08-01", "2026-06-20"))
    with pytest.raises(DocumentError, match=r"crates_from.* must lie after the baseline"):
        documents.read_document(Plan, path)


def test_a_chronicle_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    told = year(alarm(12))
    chronicle = Chronicle(0.79, told, CONTROL, SAME, verdicts(PLAN, 0.79, (told, CONTROL), SAME), {"year": 1.5})
    documents.write_value(tmp_path / "story.json", chronicle)
    assert documents.read_value(Chronicle, tmp_path / "story.json") == chronicle
