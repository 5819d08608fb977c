"""The mapping as it is written: what two people would read differently is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from detection.rules.labels.intake.mapping import ConditionPlaces, Hours, Mapping, Moment, Place


@pytest.mark.parametrize(
    ("place", "words"),
    [
        pytest.param({}, "gives no place", id="none"),
        pytest.param({"name": "(a)", "always": "x"}, "gives name, always", id="two"),
        pytest.param({"name": "("}, "no regular expression", id="broken pattern"),
        pytest.param({"name": "a"}, "has 0 groups", id="no group"),
        pytest.param({"nome": "(a)"}, "Extra inputs", id="unknown key"),
    ],
)
def test_a_place_is_one_place(place: dict[str, str], words: str) -> None:
    """Else the order in which they count would be a secret."""
    with pytest.raises(ValidationError, match=words):
        Place.model_validate(place)


@pytest.mark.parametrize(
    "form", ["%H:%M", "%d.%m. %H:%M", "%c", "%x %X", "%Y-%m %H", "%Y-%j %I:%M", "%G-%V-%u", "", "%s"]
)
def test_ambiguous_formats_are_refused(form: str) -> None:
    """No year, no day, no half of the day, or what depends on the machine."""
    with pytest.raises(ValidationError, match="ambiguous"):
        Moment.model_validate({"field": "time", "format": form})


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M:%S", "%d/%m/%y %I:%M %p", "%Y%j", "%d %b %Y %H%M%z", "seconds"])
def test_formats_with_one_reading_are_taken(form: str) -> None:
    """Whatever their order."""
    assert Moment.model_validate({"field": "time", "format": form}).format == form


@pytest.mark.parametrize(
    ("hours", "held"), [([6, 19], [6, 12, 18]), ([22, 5], [22, 23, 0, 4]), ([0, 24], [0, 23]), ([7, 7], [])]
)
def test_hours_hold_their_first_and_not_their_end(hours: list[int], held: list[int]) -> None:
    """Past midnight if the first is the larger."""
    made = Hours(hours=hours, value="night")
    assert [hour for hour in held if made.hold(hour)] == held
    assert not made.hold(hours[1] % 24) or hours == [0, 24]


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        pytest.param({"by_hour": [{"hours": [6, 19], "value": "day"}]}, "gives by_hour and no zone", id="no zone"),
        pytest.param({"otherwise": "night"}, "gives otherwise and no by_hour", id="no hours"),
        pytest.param(
            {"by_hour": [{"hours": [6, 25], "value": "day"}], "zone": "UTC"}, "less than or equal", id="hour 25"
        ),
        pytest.param({"by_hour": [{"hours": [6], "value": "day"}], "zone": "UTC"}, "at least 2", id="one hour"),
    ],
)
def test_hours_mean_something(condition: dict[str, Any], words: str) -> None:
    """Whose hours is said, not guessed."""
    with pytest.raises(ValidationError, match=words):
        ConditionPlaces.model_validate(condition)


def test_columns_and_zones_are_collected_over_all_values() -> None:
    """They are looked for before anything is read."""
    made = Mapping.model_validate(
        {
            "table": {"path": "frames.csv", "key": "file"},
            "camera": [{"column": "cam"}, {"name": "(c)"}],
            "captured_at": [{"column": "time", "zone": "Europe/Berlin"}],
            "conditions": {"light": {"places": [{"column": "lamp"}], "by_hour": [{"hours": [6, 19], "value": "day"}],
                                     "zone": "UTC"}},
        }
    )  # fmt: skip
    assert made.columns() == ["cam", "lamp", "time"]
    assert made.zones() == ["Europe/Berlin", "UTC"]
    with pytest.raises(ValidationError, match="names the column 'cam' and no table"):
        Mapping.model_validate({"camera": [{"column": "cam"}]})
