"""What watching comes to, from reference to incidents, on small fields whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detection.rules.field.watching.drift import Tally, watch, yardsticks
from detection.rules.field.watching.readings import JOINT, Answer, Baseline, Severity
from detection.rules.field.watching.tally import DAY_S, HOUR_S, together
from detection.rules.spec.field import Duration
from tests.examples_drift import BOUNDS, MONDAY_S, minutes, reference

STICKS = yardsticks(reference(), BOUNDS)


def answers(field: Tally, signal: str = "brightness") -> list[Answer]:
    [table] = watch(STICKS, field).readings
    return [table.one(row, signal).answer for row in range(len(table))]


@pytest.mark.parametrize("seed", range(5))
def test_a_season_without_change_stays_quiet(seed: int) -> None:
    """Many windows of the very world that was validated: no incident, though frames of a scene hang together."""
    field = together([minutes(12, 0.0, 100 + seed, camera) for camera in ("a", "b")])
    sticks = yardsticks(reference(40, seed, ("a", "b")), BOUNDS)
    assert watch(sticks, field).incidents == ()


def test_a_world_that_has_moved_raises_an_alarm_once_it_lasts() -> None:
    """One breach is a bad hour; the second of three is an incident, known when its window ends."""
    field = together([minutes(2, 0.0, 11), minutes(3, 3.0, 9, first=2)])
    assert answers(field)[2:] == [Answer.BREACH] * 3
    [incident] = watch(STICKS, field, "b" * 64).alarms
    assert (incident.opened_s, incident.alarmed_s, incident.open) == (MONDAY_S + 4 * HOUR_S, incident.opened_s, True)
    assert {"brightness", "score/box"} <= set(incident.signals)


def test_one_breach_alone_raises_nothing() -> None:
    field = together([minutes(2, 0.0, 11), minutes(1, 3.0, 9, first=2)])
    assert answers(field)[-1] is Answer.BREACH
    assert watch(STICKS, field).incidents == ()


def test_a_small_window_says_so_and_breaks_no_row() -> None:
    """Too few frames are an answer of their own: neither a breach nor an all-clear."""
    moved = minutes(3, 3.0, 9)
    few = moved.take(np.flatnonzero((moved.begins_s < MONDAY_S + HOUR_S + 180) | (moved.begins_s >= MONDAY_S + 7200)))
    assert answers(few) == [Answer.BREACH, Answer.TOO_FEW, Answer.BREACH]
    [incident] = watch(STICKS, few).incidents
    assert incident.opened_s == MONDAY_S + 3 * HOUR_S


def test_few_detections_are_too_few_though_the_frames_suffice() -> None:
    """An empty belt is no evidence about scores."""
    field = minutes(2, 0.0, 1)
    empty = replace(
        field, counts={"brightness": field.counts["brightness"], "score/box": 0 * field.counts["score/box"]}
    )
    assert set(answers(empty, "score/box")) == {Answer.TOO_FEW}
    assert Answer.TOO_FEW not in answers(empty)


def test_a_camera_without_a_baseline_is_compared_with_the_fleet_and_only_warns() -> None:
    """A new camera differs from the others by nature: nobody is called at night for it."""
    [table] = watch(STICKS, minutes(4, 3.0, 9, "new")).readings
    assert set(table.baseline) == {Baseline.FLEET}
    assert {incident.severity for incident in watch(STICKS, minutes(4, 3.0, 9, "new")).incidents} == {Severity.WARNING}


def test_an_empty_reference_knows_nothing() -> None:
    """Without one scene to compare with, every window has too few samples."""
    found = watch(yardsticks(reference(0), BOUNDS), minutes(2, 0.0, 9))
    assert set(found.readings[0].answer.ravel()) == {Answer.TOO_FEW.code}
    assert {standing.spoken for standing in found.standings} == {0}


def test_nothing_from_the_field_is_no_finding() -> None:
    found = watch(STICKS, minutes(0, 0.0, 1))
    assert (found.incidents, found.standings, len(found.readings[0])) == ((), (), 0)


def test_one_camera_is_judged_the_same_alone_and_in_a_fleet() -> None:
    """Columns of many cameras are only faster."""
    sticks = yardsticks(reference(cameras=("a", "b")), BOUNDS)
    own, other = minutes(3, 0.5, 3), minutes(3, 2.0, 4, "b")
    [alone], [both] = watch(sticks, own).readings, watch(sticks, together([other, own])).readings
    assert np.array_equal(both.of("a").distance, alone.distance, equal_nan=True)


def test_minutes_in_any_order_give_the_same_findings() -> None:
    field = minutes(3, 1.0, 3)
    shuffled = field.take(np.random.default_rng(0).permutation(len(field)))
    [one], [other] = watch(STICKS, field).readings, watch(STICKS, shuffled).readings
    assert np.array_equal(one.distance, other.distance, equal_nan=True)


def test_the_same_seed_gives_the_same_findings() -> None:
    """A decision can be replayed."""
    again = yardsticks(reference(), BOUNDS)
    one, other = watch(STICKS, minutes(4, 3.0, 9), "b"), watch(again, minutes(4, 3.0, 9), "b")
    assert repr(one.incidents) == repr(other.incidents)


def test_accepted_telemetry_becomes_the_baseline() -> None:
    """A camera unknown at release, or one whose place was changed on purpose, gets a baseline of its own."""
    days = [minutes(6, 2.0, 40 + day, "new", first=24 * day) for day in range(6)]
    sticks = yardsticks(reference(), BOUNDS, learnt=together(days))
    same, moved = minutes(6, 2.0, 99, "new", first=24 * 8), minutes(6, -1.5, 98, "new", first=24 * 9)
    [table] = watch(sticks, same).readings
    assert set(table.baseline) == {Baseline.LEARNT}
    assert watch(sticks, same).incidents == ()
    assert [one.severity for one in watch(sticks, moved).incidents] == [Severity.ALARM]


def test_four_days_teach_nothing() -> None:
    """Fewer days cannot say how much days differ: the camera stays a stranger."""
    days = [minutes(6, 0.0, 40 + day, "new", first=24 * day) for day in range(4)]
    [table] = watch(yardsticks(reference(), BOUNDS, learnt=together(days)), minutes(2, 0.0, 9, "new")).readings
    assert set(table.baseline) == {Baseline.FLEET}


def test_a_window_says_nothing_before_it_is_over() -> None:
    """Three hours are no day, and an incident that opens in the future is none."""
    durations = tuple(replace_length(length) for length in (HOUR_S, DAY_S))
    found = watch(yardsticks(reference(), replace(BOUNDS, durations=durations)), minutes(3, -2.0, 8))
    hours, days = found.readings
    assert (days.answer == Answer.TOO_FEW.code).all()
    assert (hours.answer[:, :-1] > Answer.TOO_FEW.code).any()
    assert all(one.opened_s <= int(hours.begins_s.max()) + HOUR_S for one in found.incidents)


def test_a_night_is_compared_with_nights() -> None:
    """Hour-of-day context: what is usual at night would be a breach by day."""
    sticks = yardsticks(together([reference(30, 1, hour=2, centre=2.0), reference(60, 2, hour=12)]), BOUNDS)
    assert watch(sticks, minutes(2, -2.0, 8, first=2)).alarms == ()
    assert watch(sticks, minutes(2, -2.0, 8, first=12)).alarms != ()


def test_the_joint_reading_sees_what_no_signal_shows_alone() -> None:
    """Two signals that used to move together and now move against each other: each histogram stays as it was."""
    days = [minutes(8, 0.0, 60 + day, first=24 * day) for day in range(14)]
    learnt = together([replace(day, counts=dict.fromkeys(day.counts, day.counts["brightness"])) for day in days])
    sticks = yardsticks(reference(), BOUNDS, learnt=learnt)
    field = minutes(8, 0.0, 33, first=24 * 20)
    against = np.concatenate([field.counts["brightness"][:, 8::-1], field.counts["brightness"][:, 9:]], axis=1)
    [table] = watch(sticks, replace(field, counts={**field.counts, "score/box": against})).readings
    assert table.signals[-1] == JOINT
    assert (table.answer[:, -1] >= Answer.WARNING.code).all()
    assert (table.answer[:, :-1] == Answer.QUIET.code).all()


def test_windows_of_every_length_are_sums_of_the_same_minutes() -> None:
    """No frame is lost on the way to the day, and every length has its own table."""
    lengths = [HOUR_S // 12, HOUR_S, DAY_S]
    durations = tuple(replace_length(length) for length in lengths)
    found = watch(yardsticks(reference(), replace(BOUNDS, durations=durations)), minutes(30, 0.0, 3))
    assert [table.frames.sum() for table in found.readings] == [30 * 500] * 3
    assert [len(table) for table in found.readings] == [360, 30, 2]


def replace_length(length_s: int) -> Duration:
    return BOUNDS.durations[0].model_copy(update={"name": f"w{length_s}", "length_s": length_s})
