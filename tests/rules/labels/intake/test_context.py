"""Where and when a frame was taken: the first place that says something counts, and doubts are counted."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.rules.labels.intake.arrivals import Context
from detection.rules.labels.intake.context import DoubtError, Doubts, Told, context_of, moment_of, unknown_conditions
from detection.rules.labels.intake.mapping import Mapping, Moment

ZONES = {name: ZoneInfo(name) for name in ("Europe/Berlin", "America/Los_Angeles", "UTC")}
PLATES = {
    "camera": [{"name": r"([^/]+)\.mp4#"}], "scene": [{"name": r"([^/]+)\.mp4#"}],
    "captured_at": [{"name": r"#t=(\d+)\.", "format": "seconds"}],
}  # fmt: skip
BY_HOUR = {
    "captured_at": [{"exif": "DateTimeOriginal", "zone": "Europe/Berlin"}],
    "conditions": {"light": {"places": [{"field": "light"}], "zone": "Europe/Berlin",
                             "by_hour": [{"hours": [6, 19], "value": "day"}], "otherwise": "night"}},
}  # fmt: skip


def _told(name: str = "a.jpg", **values: dict[str, str]) -> Told:
    return Told(name, values.get("exif", {}), values.get("row", {}), values.get("fields", {}))


def _context(places: dict[str, Any], told: Told) -> Context:
    return context_of(told, Mapping.model_validate(places), ZONES)


def test_a_file_name_tells_camera_scene_and_second() -> None:
    """The public plates say it so."""
    made = _context(PLATES, _told("train/images/dayride_type1_001.mp4#t=1054.jpg"))
    assert (made.camera, made.scene, made.site) == ("dayride_type1_001", "dayride_type1_001", "")
    assert made.captured_at == datetime(1970, 1, 1, 0, 17, 34, tzinfo=UTC)


def test_what_is_not_told_is_unknown() -> None:
    """Nothing is guessed."""
    assert _context(PLATES, _told("a.jpg")) == Context("", "", "", None, {})
    assert _context({}, _told("a.jpg")) == Context("", "", "", None, {})
    assert _context(BY_HOUR, _told()).conditions == {"light": ""}


def test_the_first_place_that_is_not_empty_counts() -> None:
    """White space is empty; a pattern's group may be."""
    places = {
        "table": {"path": "t.csv", "key": "file"},
        "camera": [{"column": "cam"}, {"field": "location"}, {"name": "^(c?)"}, {"always": "yard"}],
    }
    assert _context(places, _told(row={"cam": " 7 "}, fields={"location": "38"})).camera == "7"
    assert _context(places, _told(row={"cam": " "}, fields={"location": "38"})).camera == "38"
    assert _context(places, _told()).camera == "yard"


@pytest.mark.parametrize(
    ("text", "moment", "expected"),
    [
        pytest.param("2013-08-09 16:02:14", {"zone": "UTC"}, "2013-08-09T16:02:14", id="iso in a zone"),
        pytest.param("2013-08-09T16:02:14+02:00", {}, "2013-08-09T14:02:14", id="iso with its offset"),
        pytest.param("2013-08-09T16:02:14Z", {"zone": "Europe/Berlin"}, "2013-08-09T16:02:14", id="offset before zone"),
        pytest.param("2021:05:03 10:11:12", {"zone": "Europe/Berlin"}, "2021-05-03T08:11:12", id="exif in summer"),
        pytest.param("2021:12:03 10:11:12", {"zone": "Europe/Berlin"}, "2021-12-03T09:11:12", id="exif in winter"),
        pytest.param(
            "3/5/2021 1:05 PM", {"format": "%d/%m/%Y %I:%M %p", "zone": "UTC"}, "2021-05-03T13:05:00", id="format"
        ),
        pytest.param("1e1", {"format": "seconds"}, "1970-01-01T00:00:10", id="seconds"),
    ],
)
def test_times_become_instants(text: str, moment: dict[str, str], expected: str) -> None:
    """Hand values."""
    made = moment_of(text, Moment.model_validate({"field": "time", **moment}), ZONES)
    assert made == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment", "kind"),
    [
        pytest.param("2013-08-09 16:02:14", {}, "clocks without time zone", id="no zone"),
        pytest.param("3/5/2021 1:05", {"zone": "UTC"}, "times that cannot be read", id="ambiguous"),
        pytest.param("2013-08-09", {"zone": "UTC"}, "times that cannot be read", id="a day alone is no time"),
        pytest.param("2013-13-09 16:02:14", {"zone": "UTC"}, "times that cannot be read", id="month 13"),
        pytest.param("inf", {"format": "seconds"}, "times that cannot be read", id="infinite"),
        pytest.param("1e999", {"format": "seconds"}, "times that cannot be read", id="huge"),
        pytest.param("nan", {"format": "seconds"}, "times that cannot be read", id="nan"),
        pytest.param("0001-01-01 00:00:00+14:00", {}, "times that cannot be read", id="before all years"),
    ],
)
def test_doubtful_times_are_told(text: str, moment: dict[str, str], kind: str) -> None:
    """With the text, so that it can be found."""
    with pytest.raises(DoubtError) as told:
        moment_of(text, Moment.model_validate({"field": "time", **moment}), ZONES)
    assert told.value.doubt.kind == kind
    assert repr(text) in told.value.doubt.example


def test_exif_may_bring_its_own_offset() -> None:
    """And a clock that was never set says nothing."""
    exif = {"DateTimeOriginal": "2021:05:03 10:11:12", "OffsetTimeOriginal": "-07:00"}
    assert _context(BY_HOUR, _told(exif=exif)).captured_at == datetime(2021, 5, 3, 17, 11, 12, tzinfo=UTC)
    assert _context(BY_HOUR, _told(exif={"DateTimeOriginal": "0000:00:00 00:00:00"})).captured_at is None


@pytest.mark.parametrize(
    ("hour", "light"), [("05:59:59", "night"), ("06:00:00", "day"), ("18:59:59", "day"), ("19:00:00", "night")]
)
def test_a_condition_by_the_hour_of_the_local_clock(hour: str, light: str) -> None:
    """The label's own word counts before the hour."""
    exif = {"DateTimeOriginal": f"2021:05:03 {hour}"}
    assert _context(BY_HOUR, _told(exif=exif)).conditions == {"light": light}
    assert _context(BY_HOUR, _told(exif=exif, fields={"light": "dusk"})).conditions == {"light": "dusk"}


def test_a_frame_may_have_its_own_last_day() -> None:
    """As an ISO date; anything else is a doubt."""
    places = {"retain_until": [{"field": "until"}]}
    assert _context(places, _told(fields={"until": "2030-12-31"})).retain_until == date(2030, 12, 31)
    assert _context(places, _told()).retain_until is None
    with pytest.raises(DoubtError, match=r"31\.12\.2030"):
        _context(places, _told(fields={"until": "31.12.2030"}))


def test_doubts_are_counted_with_an_example() -> None:
    """One line for a kind, however many frames."""
    doubts = Doubts()
    for name in ("a.jpg", "b.jpg"):
        try:
            _context({"captured_at": [{"field": "time"}]}, _told(name, fields={"time": "2013-08-09 16:02:14"}))
        except DoubtError as error:
            doubts.add(error.doubt)
    assert doubts.lines() == [
        "clocks without time zone: 2 frame(s), such as a.jpg: '2013-08-09 16:02:14'; "
        "give the entry of captured_at a zone, such as Europe/Berlin"
    ]


def test_conditions_that_the_spec_does_not_know_are_told() -> None:
    """Names and values alike."""
    made = Mapping.model_validate({"conditions": {"light": BY_HOUR["conditions"]["light"], "rain": {}}})  # type: ignore[index]
    assert unknown_conditions(made, {"light": ["day", "night"], "rain": []}) == []
    assert unknown_conditions(made, {"light": ["day", "dusk"]}) == [
        "condition 'light': value 'night' is none of day, dusk",
        "condition 'rain': the spec's are light; declare it there",
    ]


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=40), form=st.sampled_from([None, "seconds", "%Y-%m-%d %H:%M:%S", "%Y %j"]))
def test_any_text_is_an_instant_or_a_doubt(text: str, form: str | None) -> None:
    """Nothing else leaves."""
    with suppress(DoubtError):
        assert moment_of(text, Moment(field="time", format=form, zone="Europe/Berlin"), ZONES).tzinfo is UTC
