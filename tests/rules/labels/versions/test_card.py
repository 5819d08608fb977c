"""The card counts everything once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from detection.rules.labels.versions.card import Annotator, Right, card_of
from detection.rules.labels.versions.told import ClassTold, Measured, Told
from tests.examples_versions import strings, version

MADE = version({"a": [("box", 1, 1, 5, 5), ("box", 2, 2, 6, 6)], "b": [("tube", 1, 1, 2, 2)], "c": []})


def test_classes_frames_and_empty_frames_are_counted() -> None:
    card = card_of(MADE, Told())
    assert (card.frames.frames, card.frames.boxes, card.labelled, card.empty) == (3, 3, 3, 1)
    assert [(c.name, c.frames, c.boxes) for c in card.classes] == [("box", 1, 2), ("tube", 1, 1)]
    assert card.without_pixels == 3


def test_cameras_have_the_time_between_their_first_and_last_frame() -> None:
    times = np.array(["2026-03-01T10:00", "NaT", "2026-03-02T11:30"], "datetime64[us]")
    frames = replace(MADE.frames, captured_at=times, camera=strings(["x", "x", "y"]))
    x, y = card_of(replace(MADE, frames=frames), Told()).cameras
    assert (x.name, x.frames, x.boxes, x.first, x.last) == ("x", 2, 3, "2026-03-01T10:00:00", "2026-03-01T10:00:00")
    assert (y.frames, y.boxes, y.last) == (1, 0, "2026-03-02T11:30:00")


def test_frames_under_different_rights_are_told_apart() -> None:
    days = np.array(["2027-01-01", "NaT", "2027-01-01"], "datetime64[D]")
    card = card_of(replace(MADE, frames=replace(MADE.frames, retain_until=days)), Told())
    assert card.rights == (
        Right("yard", "CC0-1.0", "not-needed", "", 1),
        Right("yard", "CC0-1.0", "not-needed", "2027-01-01", 2),
    )


def test_annotators_are_those_before_labels_were_settled() -> None:
    answers = replace(
        MADE.labelled, annotator=strings(["ann", "bob", "ann"]), guideline=strings(["1", "2", "2"]),
        verified=np.array([False, True, False]),
    )  # fmt: skip
    card = card_of(MADE, Told(answers=answers))
    assert card.annotators == (Annotator("ann", "1", 1, 0), Annotator("ann", "2", 1, 0), Annotator("bob", "2", 1, 1))


def test_conditions_are_counted_value_by_value() -> None:
    column = strings(["day", "", "day"])
    card = card_of(replace(MADE, frames=replace(MADE.frames, conditions={"lighting": column})), Told())
    assert [(v.name, v.frames, v.boxes) for v in card.conditions[0].values] == [("", 1, 1), ("day", 2, 2)]


def test_nothing_has_a_card_too() -> None:
    card = card_of(version({}), Told())
    assert (card.frames.frames, card.labelled, card.classes, card.frames.first) == (0, 0, (), "")


def test_a_figure_of_an_older_document_is_a_bare_number() -> None:
    assert ClassTold("box", 0.9).figure() == Measured(0.9)
    assert ClassTold("box", Measured(0.9, 0.8, 0.95)).figure() == Measured(0.9, 0.8, 0.95)
    assert ClassTold("box").figure() is None
