"""The worst frames: most errors first, one of a group, and what is wrong in words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from detection.rules.evidence.judging.worst_frames import Columns, WorstFrame, caption, worst_frames

DISPLAYS = {"box": "Box"}


def ledger(*rows: tuple[str, str, str, float, float]) -> Columns:
    """Kind, frame, group, score and side of an error each."""
    words = {name: [row[i] for row in rows] for i, name in enumerate(("kind", "frame", "group"))}
    words |= {"label": ["box"] * len(rows), "other": ["tube"] * len(rows)}
    words |= {"variant": ["fp32"] * len(rows), "set": ["test"] * len(rows)}
    columns: dict[str, np.ndarray[tuple[int], np.dtype[np.generic]]] = {
        name: np.array(column, object) for name, column in words.items()
    }
    side = np.array([row[4] for row in rows])
    columns |= {"score": np.array([row[3] for row in rows]), "x1": side * 0, "y1": side * 0, "x2": side, "y2": side}
    return columns


def found(columns: Columns, wanted: int = 5) -> Mapping[str, list[str]]:
    """Frames by kind."""
    result: dict[str, list[str]] = {}
    for one in worst_frames(columns, "fp32", "test", wanted):
        result.setdefault(one.kind, []).append(one.frame)
    return result


def test_the_frame_with_the_surest_false_detections_comes_first() -> None:
    columns = ledger(
        ("background", "a", "1", 0.9, 9), ("background", "b", "2", 0.6, 9), ("background", "b", "2", 0.5, 9)
    )
    assert found(columns) == {"background": ["b", "a"]}


def test_the_frame_with_the_largest_missed_objects_comes_first() -> None:
    nan = float("nan")
    columns = ledger(("missed", "a", "1", nan, 10), ("missed", "b", "2", nan, 30), ("missed", "c", "3", 0.2, 20))
    assert found(columns, wanted=2) == {"missed": ["b", "c"]}


def test_one_bad_scene_does_not_fill_the_page() -> None:
    columns = ledger(*(("duplicate", f"f{i}", "same", 0.9, 9) for i in range(4)), ("duplicate", "z", "other", 0.1, 9))
    assert found(columns) == {"duplicate": ["f0", "z"]}


def test_no_errors_are_no_frames() -> None:
    assert worst_frames(ledger(), "fp32", "test", 5) == ()
    assert worst_frames(ledger(("missed", "a", "1", 0.1, 9)), "int8", "test", 5) == ()


@pytest.mark.parametrize(
    ("kind", "score", "words"),
    [
        ("classification", 0.91, "Box 0.91: is tube"),
        ("duplicate", 0.5, "Box 0.50: found twice"),
        ("background", 0.5, "Box 0.50: nothing there"),
        ("missed", 0.2, "Box missed, seen with 0.20"),
        ("missed", float("nan"), "Box missed"),
    ],
)
def test_what_is_wrong_is_said_in_words(kind: str, score: float, words: str) -> None:
    assert caption(only(ledger((kind, "a", "1", score, 9))), DISPLAYS) == words


def test_of_many_errors_the_clearest_are_named() -> None:
    columns = ledger(*(("background", "a", "1", 0.9 - i / 10, 9) for i in range(4)))
    assert caption(only(columns), DISPLAYS) == "Box 0.90: nothing there\nBox 0.80: nothing there\n2 more"


def only(columns: Columns) -> WorstFrame:
    """The one frame found."""
    [one] = worst_frames(columns, "fp32", "test", 1)
    return one
