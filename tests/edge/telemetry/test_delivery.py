"""Delivery: a segment leaves the disk when the receiver has it, and never before."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from detection.edge.sinks.http import Place, place_of
from detection.edge.sources.backoff import Patience
from detection.edge.telemetry import delivery
from detection.edge.telemetry.delivery import Delivery, Destination
from detection.edge.telemetry.outbox import segment_name
from detection.errors import DetectionError

QUICK = Patience(first_s=0.01, longest_s=0.05)


class Receiver:
    """Answers with the next of some statuses, then 200 for ever; remembers what came."""

    def __init__(self, statuses: list[int]) -> None:
        self.bodies: list[bytes] = []
        self.keys: list[str] = []
        self.statuses = statuses

    def answer(self, body: bytes, key: str) -> int:
        self.bodies.append(body)
        self.keys.append(key)
        return self.statuses.pop(0) if self.statuses else 200


@contextmanager
def listening(statuses: list[int] | None = None) -> Iterator[tuple[Receiver, Place]]:
    receiver = Receiver(statuses or [])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(receiver.answer(body, self.headers["Authorization"]))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=lambda: server.serve_forever(0.01), daemon=True).start()
    try:
        yield receiver, Place(False, f"127.0.0.1:{server.server_port}", "/v1/records")
    finally:
        server.shutdown()
        server.server_close()


def segment(folder: Path, number: int, content: bytes = b'{"a": 1}\n') -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / segment_name("0123456789abcdef", number, content)
    path.write_bytes(content)
    return path


def until(true: Callable[[], bool]) -> None:
    for _ in range(2000):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it never came true")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "POLL_S", 0.01)


def test_what_was_acknowledged_leaves_the_disk_and_later_segments_follow(tmp_path: Path) -> None:
    with listening() as (receiver, place):
        segment(tmp_path, 0, b"first\n")
        going = Delivery(tmp_path, Destination(place, "secret"), QUICK)
        until(lambda: going.acknowledged == 1)
        segment(tmp_path, 1, b"second\n")
        until(lambda: going.acknowledged == 2)
        going.close()
    assert list(tmp_path.iterdir()) == []
    assert receiver.bodies == [b"first\n", b"second\n"]
    assert set(receiver.keys) == {"Bearer secret"}


@pytest.mark.parametrize("status", [401, 403, 404, 408, 425, 429, 500, 503, 507])
def test_what_may_be_better_next_time_is_tried_again(tmp_path: Path, status: int) -> None:
    with listening([status, status]) as (receiver, place):
        segment(tmp_path, 0)
        going = Delivery(tmp_path, Destination(place, "k"), QUICK)
        until(lambda: going.acknowledged == 1)
        going.close()
    assert len(receiver.bodies) == 3
    assert going.refused == 0


@pytest.mark.parametrize("status", [400, 409, 413, 415, 422])
def test_what_will_never_be_taken_is_set_aside_and_holds_up_nothing(tmp_path: Path, status: int) -> None:
    with listening([status]) as (_, place):
        bad = segment(tmp_path, 0, b"bad\n")
        time.sleep(0.01)
        segment(tmp_path, 1, b"good\n")
        going = Delivery(tmp_path, Destination(place, "k"), QUICK)
        until(lambda: going.acknowledged == 1)
        going.close()
    assert going.refused == 1
    assert [path.name for path in tmp_path.iterdir()] == [f"{bad.name}.refused"]


def test_a_damaged_segment_is_set_aside_without_a_request(tmp_path: Path) -> None:
    with listening() as (receiver, place):
        segment(tmp_path, 0).write_bytes(b"changed\n")
        going = Delivery(tmp_path, Destination(place, "k"), QUICK)
        until(lambda: going.refused == 1)
        going.close()
    assert receiver.bodies == []


def test_nobody_there_keeps_everything(tmp_path: Path) -> None:
    path = segment(tmp_path, 0)
    going = Delivery(tmp_path, Destination(Place(False, "127.0.0.1:9", "/"), "k"), QUICK)
    time.sleep(0.1)
    going.close()
    assert path.exists()
    assert (going.acknowledged, going.refused) == (0, 0)


def test_what_lies_there_at_the_end_is_sent_once_more(tmp_path: Path) -> None:
    """The last segment is written when the run ends."""
    with listening() as (receiver, place):
        going = Delivery(tmp_path, Destination(place, "k"), Patience(first_s=100, longest_s=100))
        segment(tmp_path, 0)
        going.close()
    assert len(receiver.bodies) == 1
    assert list(tmp_path.iterdir()) == []


def test_an_address_with_a_password_is_refused() -> None:
    with pytest.raises(DetectionError, match=r"--deliver: expected an address.*give --key FILE"):
        place_of("http://user:password@host/x", "--deliver", "--key FILE")
