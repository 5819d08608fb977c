"""The loop: a broken model's values never leave, quiet moments beat, late frames are counted."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from detection.edge import loop
from detection.edge.answers import Answer, Failure
from detection.edge.clock import WallClock
from detection.edge.guard.guard import Guard
from detection.edge.guard.watcher import Watched, Watcher
from detection.edge.loop import Eye, Sinks
from detection.edge.pulse import Pulse, Wanted
from detection.edge.sources.items import Frame, Item, Quiet, Unreadable
from detection.edge.telemetry.minutes import Running
from detection.edge.telemetry.optics import OpticalBench
from detection.edge.telemetry.records import Origin
from detection.edge.vision.detector import Detector
from tests.examples_bundles import DOMAIN, HALVED, SETTINGS, THRESHOLDS, colour_detector, picture
from tests.examples_models import CLASSES


class BrokenSession:
    """A model whose weights were lost: every second answer is broken."""

    def __init__(self, value: float) -> None:
        self.tensor = np.zeros((1, 3, 32, 32), np.uint8)
        self.classes = len(CLASSES)
        self._value = value
        self._runs = 0

    def run(self) -> np.typing.NDArray[np.float32]:
        self._runs += 1
        raw = np.zeros((1, 4 + self.classes, 8), np.float32)
        raw[0, :4] = 10.0
        raw[0, 4] = 0.9
        if self._runs % 2 == 0:
            raw[0, 4, 3] = self._value
        return raw


def eye(detector: Detector) -> Eye:
    return Eye(detector, THRESHOLDS, CLASSES, "fp32")


def pulse(budget_ms: float = math.inf) -> Pulse:
    return Pulse(Running("a" * 64, "fp32"), 0.0, Wanted(budget_ms=budget_ms))


def frames(number: int) -> Iterator[Item]:
    yield from (Frame(f"{i}", "cam", picture(i)) for i in range(number))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 7.0])
def test_values_that_no_sound_model_gives_never_leave(value: float) -> None:
    beat, detector = pulse(), Detector(BrokenSession(value), SETTINGS, HALVED)
    found = list(loop.answers(frames(6), eye(detector), WallClock(), Sinks(pulse=beat)))
    assert [type(one) for one in found] == [Answer, Failure] * 3
    for one in found:
        line = one.to_line(CLASSES)
        assert "NaN" not in line
        assert "Infinity" not in line
    assert (beat.frames, beat.failed, beat.unsound) == (6, 3, 3)


def test_quiet_moments_change_the_state_and_are_no_frames() -> None:
    beat, states = pulse(), []

    def items() -> Iterator[Item]:
        for item in (Quiet("waiting"), *frames(1), Quiet("stalled"), Unreadable("x", "cam", "is empty")):
            yield item
            states.append(beat.state)

    found = list(loop.answers(items(), eye(colour_detector()), WallClock(), Sinks(pulse=beat)))
    assert [type(one) for one in found] == [Answer, Failure]
    assert states == ["waiting", "ok", "stalled", "ok"]
    assert beat.state == "ended"
    assert (beat.frames, beat.failed) == (2, 1)


def test_late_frames_are_counted_against_the_budget_and_still_answered() -> None:
    strict, patient = pulse(budget_ms=1e-6), pulse(budget_ms=1e6)
    for beat in (strict, patient):
        assert len(list(loop.answers(frames(3), eye(colour_detector()), WallClock(), Sinks(pulse=beat)))) == 3
    assert (strict.over_budget, patient.over_budget) == (3, 0)


def test_what_the_guard_says_of_a_frame_is_counted_for_whoever_watches_the_run() -> None:
    bench, beat = OpticalBench({}), pulse()
    grey = Frame("grey", "cam", np.full((60, 80, 3), 250, np.uint8))
    watcher = Watcher(Watched(Origin("line-1", "a" * 64, "fp32", "0" * 16), bench, THRESHOLDS, Guard(DOMAIN, bench)))
    items = [*frames(1), grey]
    assert len(list(loop.answers(items, eye(colour_detector()), WallClock(), Sinks(watcher, None, beat)))) == 2
    assert {mark: count for mark, count in beat.marks.items() if count} == {"out_of_domain": 1, "covered": 1}


def test_the_time_of_a_live_frame_is_when_it_was_taken() -> None:
    at = WallClock().next("cam")
    (found,) = loop.answers([Frame("0", "cam", picture(0), at)], eye(colour_detector()), WallClock(), Sinks())
    assert isinstance(found, Answer)
    assert found.captured_at == at
