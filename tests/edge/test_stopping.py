"""A wish to stop is heard between two items; a second one breaks off."""

from __future__ import annotations

import signal

import pytest

from detection.edge.stopping import Stop


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_item_that_is_under_way_is_finished(number: signal.Signals) -> None:
    done: list[int] = []
    with Stop() as stop:
        for item in stop.until(iter(range(10))):
            if item == 3:
                signal.raise_signal(number)
            done.append(item)
        assert stop.wanted
        assert signal.alarm(0) == 0
    assert done == [0, 1, 2, 3]


def test_a_second_wish_breaks_off() -> None:
    with Stop():
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)


def test_who_does_not_come_to_the_end_of_an_item_is_broken_off() -> None:
    with Stop():
        signal.raise_signal(signal.SIGTERM)
        assert 0 < signal.alarm(0) <= 5
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGALRM)


def test_afterwards_the_signals_are_heard_by_whom_they_were_before() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)]
    with Stop():
        assert signal.getsignal(signal.SIGTERM) != before[1]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)] == before
