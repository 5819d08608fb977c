"""What opens, joins and closes an incident: rows of answers whose outcome is known by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.rules.field.watching.findings import Incident
from detection.rules.field.watching.incidents import incidents_of, lasting
from detection.rules.field.watching.readings import Answer, Baseline, Readings, Severity
from detection.rules.field.watching.standings import standings_of
from detection.rules.spec.field import Duration, Witnesses

WINDOW = Duration(name="hour", length_s=3600, breaches=2, of=3, clear_after=2)
TWO = Witnesses(own=1, learnt=2)
DAY = Duration(name="day", length_s=86400, breaches=2, of=3, clear_after=2)
CODES = {"-": Answer.TOO_FEW, "q": Answer.QUIET, "w": Answer.WARNING, "b": Answer.BREACH}


def table(cameras: dict[str, tuple[str, ...]], duration: Duration = WINDOW) -> Readings:
    """Answers letter by letter: for each camera one word for each signal."""
    width = {len(words) for words in cameras.values()}.pop()
    lengths = [len(words[0]) for words in cameras.values()]
    codes = np.concatenate(
        [np.array([[CODES[c].code for c in word] for word in words]).T for words in cameras.values()]
    )
    shape = codes.shape
    return Readings(
        duration=duration,
        signals=("brightness", "score/box", "joint")[:width],
        camera=np.repeat(np.array(list(cameras), object), lengths),
        begins_s=np.concatenate([int(duration.length_s) * np.arange(n) for n in lengths]),
        frames=np.full(len(codes), 100),
        baseline=np.full(len(codes), Baseline.OWN, object),
        samples=np.full(shape, 100),
        distance=(0.2 * codes).astype(np.float32),
        noise=np.full(shape, 0.1, np.float32),
        js=np.zeros(shape, np.float32),
        js_noise=np.zeros(shape, np.float32),
        answer=codes.astype(np.int8),
    )


def incidents(*words: str) -> tuple[Incident, ...]:
    return incidents_of((table({"a": words}),), TWO, "b" * 64)


@pytest.mark.parametrize(
    ("word", "opened", "alarmed", "closed"),
    [
        pytest.param("qbb", [3], [3], [None], id="second breach in a row"),
        pytest.param("bqb", [3], [3], [None], id="two of three"),
        pytest.param("bqqb", [], [], [], id="two of four are too few"),
        pytest.param("b-b", [3], [3], [None], id="a window that says nothing is passed over"),
        pytest.param("ww", [2], [None], [None], id="a warning that lasts"),
        pytest.param("wwbb", [2], [4], [None], id="a warning that grows"),
        pytest.param("bbqq", [2], [2], [4], id="closes after two quiet ones"),
        pytest.param("bbqbq", [2], [2], [None], id="one quiet one closes nothing"),
        pytest.param("bbq-q", [2], [2], [5], id="closes across a silent one"),
        pytest.param("bbqqbb", [2, 6], [2, 6], [4, None], id="opens anew"),
        pytest.param("", [], [], [], id="nothing"),
    ],
)
def test_a_row_of_answers_opens_and_closes(
    word: str, opened: list[int], alarmed: list[int | None], closed: list[int | None]
) -> None:
    """Moments are ends of windows: when it could be known."""
    found = incidents(word)
    hours = [None if one is None else one * 3600 for one in (*alarmed, *closed)]
    assert [one.opened_s for one in found] == [3600 * hour for hour in opened]
    assert [one.alarmed_s for one in found] + [one.closed_s for one in found] == hours


def test_what_lasts_at_the_same_time_is_one_incident() -> None:
    """A camera that went dark is one thing to look at, not ten."""
    [found] = incidents("bbbbqq", "qqbbqq")
    assert [(part.signal, part.opened_s // 3600) for part in found.parts] == [("brightness", 2), ("score/box", 4)]
    assert (found.severity, found.closed_s) == (Severity.ALARM, 6 * 3600)


def test_what_came_after_it_closed_is_another() -> None:
    assert len(incidents("bbqqqqq", "qqqqqbb")) == 2


def test_each_camera_has_its_own() -> None:
    found = incidents_of((table({"a": ("bb",), "b": ("qb",), "c": ("bb",)}),), TWO, "")
    assert [one.camera for one in found] == ["a", "c"]
    assert len({one.id for one in found}) == 2


def test_against_a_learnt_baseline_one_witness_only_warns() -> None:
    """One signal alone, in one length of window, calls nobody; the second makes it an alarm, when it has lasted too."""
    rows = table({"a": ("bbbb", "qqqq"), "b": ("bbbb", "qqbb")})
    rows.baseline[:] = Baseline.LEARNT
    one, two = incidents_of((rows,), TWO, "")
    assert (one.severity, one.alarmed_s) == (Severity.WARNING, None)
    assert (two.severity, two.opened_s, two.alarmed_s) == (Severity.ALARM, 2 * 3600, 4 * 3600)


def learnt(words: tuple[str, ...], duration: Duration = WINDOW) -> Readings:
    """One camera that is held against accepted telemetry."""
    rows = table({"a": words}, duration)
    rows.baseline[:] = Baseline.LEARNT
    return rows


def test_the_same_signal_in_windows_of_another_length_is_no_second_witness() -> None:
    """Five minutes and the hour around them hold the same frames."""
    minutes = Duration(name="five-minutes", length_s=300, breaches=2, of=3, clear_after=2)
    both = (learnt(("b" * 36,), minutes), learnt(("bbb",)))
    [one] = incidents_of(both, TWO, "")
    assert ({part.window for part in one.parts}, one.severity) == ({"five-minutes", "hour"}, Severity.WARNING)
    assert incidents_of(both, Witnesses(own=1, learnt=1), "")[0].severity is Severity.ALARM


@pytest.mark.parametrize(
    ("word", "alarmed"),
    [
        pytest.param("bb", None, id="two of three days are one witness"),
        pytest.param("bbbb", 4, id="four are two"),
        pytest.param("bbqqbb", 6, id="four of six, though it had cleared in between"),
        pytest.param("bbqbqb", 6, id="four of six"),
        pytest.param("bbqbqwqbb", None, id="four of nine are too few"),
    ],
)
def test_one_signal_that_lasts_for_days_stands_for_two(word: str, alarmed: int | None) -> None:
    """Weather is over after a day; what goes on is no chance, though no other signal shows it: a new kind of parcel."""
    found = incidents_of((learnt((word,), DAY),), TWO, "")
    assert [one.alarmed_s for one in found if one.alarmed_s is not None] == [86400 * d for d in [alarmed] if d]


def test_one_signal_that_lasts_for_hours_does_not() -> None:
    """A long shower is not two showers."""
    [found] = incidents_of((learnt(("b" * 24,)),), TWO, "")
    assert found.severity is Severity.WARNING


def test_an_incident_keeps_its_name_when_more_minutes_arrive() -> None:
    """Decisions and queues refer to it."""
    assert incidents("bb")[0].id == incidents("bbbbqq")[0].id
    assert incidents("bb")[0].id != incidents_of((table({"a": ("bb",)}),), TWO, "c" * 64)[0].id


def test_a_long_window_joins_the_short_ones_incident() -> None:
    day = Duration(name="day", length_s=86400, breaches=1, of=1, clear_after=1)
    [found] = incidents_of((table({"a": ("bb" + 30 * "b",)}), table({"a": ("b",)}, day)), TWO, "")
    assert {part.window for part in found.parts} == {"hour", "day"}


@given(st.lists(st.booleans(), max_size=30), st.integers(1, 5), st.integers(0, 3))
def test_lasting_is_what_it_says(over: list[bool], needed: int, more: int) -> None:
    among = needed + more
    wanted = [one and sum(over[max(0, i + 1 - among) : i + 1]) >= needed for i, one in enumerate(over)]
    assert lasting(np.array(over, bool), needed, among).tolist() == wanted


def test_standings_count_and_name_the_worst_and_the_latest() -> None:
    tables = (table({"a": ("qwb-", "qqqq"), "b": ("----", "qbbq")}),)
    found = standings_of(tables, incidents_of(tables, TWO, ""))
    assert [(s.camera, s.signal, s.spoken, s.warnings, s.breaches) for s in found] == [
        ("a", "brightness", 3, 2, 1),
        ("a", "score/box", 4, 0, 0),
        ("b", "brightness", 0, 0, 0),
        ("b", "score/box", 4, 2, 2),
    ]
    first, _, silent, last = found
    assert (first.worst.begins_s, first.latest.begins_s, first.raised) == (7200, 7200, Severity.WARNING)
    assert (silent.latest.answer, silent.severity) == (Answer.TOO_FEW, None)
    assert (last.alarm, last.severity, last.raised_at_s) == (True, Severity.ALARM, 3 * 3600)
