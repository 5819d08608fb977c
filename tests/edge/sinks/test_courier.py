"""A slow sink holds a recording back, and loses and counts what a camera gives too fast."""

from __future__ import annotations

import threading

import pytest

from detection.edge.sinks.courier import Courier, Terms


def test_everything_arrives_in_order_in_batches() -> None:
    arrived: list[list[int]] = []

    def deliver(batch: list[int]) -> bool:
        arrived.append(batch)
        return True

    courier: Courier[int] = Courier("test", deliver, Terms(8, 3, waits=True))
    for number in range(100):
        courier.put(number)
    courier.close(5.0)
    assert [number for batch in arrived for number in batch] == list(range(100))
    assert max(map(len, arrived)) <= 3
    assert courier.undelivered == 0


def test_of_a_camera_the_oldest_are_given_up_and_counted() -> None:
    gate, arrived = threading.Event(), list[int]()

    def deliver(batch: list[int]) -> bool:
        gate.wait()
        arrived.extend(batch)
        return True

    courier: Courier[int] = Courier("test", deliver, Terms(4, 1, waits=False))
    for number in range(50):
        courier.put(number)
    gate.set()
    courier.close(5.0)
    assert arrived[-4:] == [46, 47, 48, 49]
    assert len(arrived) + courier.undelivered == 50


def test_a_recording_waits_for_its_reader() -> None:
    gate, put = threading.Event(), list[int]()
    courier: Courier[int] = Courier("test", lambda batch: gate.wait(), Terms(4, 1, waits=True))

    def fill() -> None:
        for number in range(20):
            courier.put(number)
            put.append(number)

    filling = threading.Thread(target=fill)
    filling.start()
    filling.join(0.2)
    assert 4 <= len(put) <= 5
    gate.set()
    filling.join(5)
    courier.close(5.0)
    assert (len(put), courier.undelivered) == (20, 0)


def test_what_was_refused_is_counted() -> None:
    courier: Courier[int] = Courier("test", lambda batch: batch[0] % 2 == 0, Terms(100, 1, waits=True))
    for number in range(10):
        courier.put(number)
    courier.close(5.0)
    assert courier.undelivered == 5


def test_closing_gives_up_what_does_not_arrive_in_time() -> None:
    started = threading.Event()
    courier: Courier[int]

    def deliver(batch: list[int]) -> bool:
        started.set()
        return not courier.closing.wait()

    courier = Courier("test", deliver, Terms(100, 1, waits=True))
    for number in range(10):
        courier.put(number)
    started.wait()
    courier.close(0.05)
    assert courier.undelivered == 10
    assert not courier._thread.is_alive()


@pytest.mark.parametrize("waits", [True, False])
def test_a_fault_of_the_thread_reaches_the_caller(waits: bool) -> None:
    def deliver(batch: list[int]) -> bool:
        raise OSError("the disk is full")

    courier: Courier[int] = Courier("test", deliver, Terms(2, 1, waits))
    courier.put(1)
    courier._thread.join(5)
    for _ in range(3):
        with pytest.raises(OSError, match="the disk is full"):
            courier.put(2)
    courier.close(60.0)
    assert courier.undelivered == 1


def test_a_caller_who_is_held_still_gives_signs_of_life() -> None:
    """Whoever watches the heartbeat must not take an absent receiver for a program that stands still."""
    gate, beats = threading.Event(), list[int]()

    def meanwhile() -> None:
        beats.append(1)
        gate.set()

    courier: Courier[int] = Courier("test", lambda batch: gate.wait(), Terms(1, 1, True, meanwhile))
    for number in range(3):
        courier.put(number)
    courier.close(5)
    assert beats
    assert courier.undelivered == 0
