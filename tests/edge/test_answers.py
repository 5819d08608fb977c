"""Lines of JSON, exact."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detection.edge.answers import Answer, Failure, detections_from_json, detections_to_json
from detection.edge.boxes import Detections, nothing

CLASSES = ("box", "tube")


@given(st.lists(st.tuples(*[st.floats(0, 1, width=32)] * 2, *[st.floats(-1e5, 1e5, width=32)] * 4), max_size=5))
def test_float32_survives_the_line_to_the_last_bit(rows: list[tuple[float, ...]]) -> None:
    table = np.array(rows, np.float32).reshape(-1, 6)
    found = Detections(table[:, 2:], np.arange(len(table)) % 2, table[:, 0], table[:, 1])
    again = detections_from_json(json.loads(json.dumps(detections_to_json(found, CLASSES))), "x", CLASSES)
    assert np.array_equal(again.boxes, found.boxes)
    assert np.array_equal(again.scores, found.scores)
    assert np.array_equal(again.raw, found.raw)
    assert np.array_equal(again.labels, found.labels)


def test_numbers_have_their_shortest_spelling() -> None:
    box = np.array([[0.1, 1, 2.5, 3]], np.float32)
    found = Detections(box, np.zeros(1, np.int64), np.array([0.7], np.float32), np.array([0.9], np.float32))
    spelled = {"label": "box", "score": 0.7, "raw": 0.9, "box": [0.1, 1.0, 2.5, 3.0]}
    assert detections_to_json(found, CLASSES) == [spelled]


def test_an_answer_is_one_line_with_its_time_in_utc() -> None:
    at = datetime(2026, 11, 21, 6, 0, 0, 123456, tzinfo=timezone.utc)
    line = Answer("a\nb.png", "cam-01", at, 8, 6, "fp32", 1.23456, nothing()).to_line(CLASSES)
    assert line.count("\n") == 1
    assert json.loads(line) == {
        "frame": "a\nb.png", "camera": "cam-01", "captured_at": "2026-11-21T06:00:00.123Z", "width": 8, "height": 6,
        "variant": "fp32", "latency_ms": 1.235, "flags": [], "detections": [],
    }  # fmt: skip


def test_a_failure_says_the_frame_and_the_reason() -> None:
    assert json.loads(Failure("a.png", "is empty").to_line(CLASSES)) == {"frame": "a.png", "error": "is empty"}
