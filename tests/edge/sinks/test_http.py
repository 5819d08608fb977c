"""Answers by HTTP: to a real server that is slow, refuses, or is away for a while."""

from __future__ import annotations

import socket
import time

import pytest

from detection.edge.sinks.http import HttpReceiver, Place, place_of
from detection.errors import DetectionError
from tests.examples_http import Server, serving


def receiver(server: Server, token: str = "") -> HttpReceiver:
    return HttpReceiver(place_of(server.address), token, "0" * 16, waits=True)


def test_every_line_arrives_in_order_and_many_share_a_request() -> None:
    with serving() as server:
        sender = receiver(server, "s3cret")
        for number in range(500):
            sender.put(f'{{"frame": "{number}"}}\n')
        sender.close()
    assert server.lines == [f'{{"frame": "{number}"}}' for number in range(500)]
    assert len(server.bodies) < 100
    assert {head["Content-Type"] for head in server.headers} == {"application/x-ndjson"}
    assert {head["Authorization"] for head in server.headers} == {"Bearer s3cret"}
    assert len({head["Idempotency-Key"] for head in server.headers}) == len(server.bodies)
    assert sender.undelivered == 0


def test_a_server_that_fails_is_tried_again_under_the_same_key() -> None:
    with serving(lambda request: 503 if request < 2 else 200) as server:
        sender = receiver(server)
        sender.put("a\n")
        sender.close()
    assert server.lines == ["a"]
    assert [head["Idempotency-Key"] for head in server.headers] == ["0" * 16 + "-00000000"] * 3


def test_what_the_server_will_never_take_is_given_up_and_counted() -> None:
    with serving(lambda request: 400 if request == 0 else 200) as server:
        sender = receiver(server)
        sender.put("a\n")
        while sender.undelivered == 0:
            time.sleep(0.01)
        sender.put("b\n")
        sender.close()
    assert server.lines == ["b"]
    assert sender.undelivered == 1


def test_a_server_that_comes_back_gets_what_waited() -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    sender = HttpReceiver(place_of(f"http://127.0.0.1:{port}/"), "", "0" * 16, waits=False)
    for number in range(5):
        sender.put(f"{number}\n")
    time.sleep(0.1)
    with serving(port=port) as server:
        sender.close()
    assert server.lines == ["0", "1", "2", "3", "4"]


def test_a_redirection_is_not_followed() -> None:
    """Answers go where they were told to go, and nowhere else."""
    with serving(lambda request: 302) as server:
        sender = receiver(server)
        sender.put("a\n")
        sender.close()
    assert sender.undelivered == 1
    assert len(server.headers) == 1


def test_addresses() -> None:
    assert place_of("https://host:8443/a/b?c=d") == Place(True, "host:8443", "/a/b?c=d")
    assert place_of("http://[::1]:80") == Place(False, "[::1]:80", "/")


@pytest.mark.parametrize(
    "address",
    ["ftp://h/x", "host/x", "http://", "http://me:pw@h/x", "http://h:99999/", "http://h/a b", "http://h/\r\nx"],
)
def test_other_addresses_are_refused_without_being_told(address: str) -> None:
    with pytest.raises(DetectionError) as told:
        place_of(address)
    assert "pw" not in str(told.value)
