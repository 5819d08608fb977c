"""Answers by HTTP POST: many lines a request while the receiver is slow, tried again while it is away.

A request that was sent twice, because its answer was lost, carries the same ``Idempotency-Key`` both times.
"""

from __future__ import annotations

import http.client
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from detection.edge.sinks.courier import Courier, Terms, rest
from detection.edge.sinks.receiver import CLOSING_S, DEPTH
from detection.edge.sources.backoff import Backoff, Patience
from detection.errors import DetectionError

BATCH = 64
ANSWER_S = 5.0
"""The receiver has so long for each step of a request."""

GIVE_UP_S = 60.0
"""A request that failed for so long is given up: newer answers wait behind it."""

_AGAIN = frozenset((408, 425, 429, *range(500, 600)))
"""Statuses that may be better next time; every other one but 2xx will not."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to post.

    Attributes:
        secure: https.
        host: with its port if it has one.
        path: with its query.
    """

    secure: bool
    host: str
    path: str


def place_of(address: str, option: str = "--http", beside: str = "--http-token FILE") -> Place:
    """Read an address.

    Args:
        address: as a person typed it.
        option: behind which.
        beside: the option for what must not stand in it.

    Raises:
        DetectionError: no address of http or https, or one with a user or password in it.
    """
    found = urlsplit(address)
    try:
        named = found.scheme in ("http", "https") and bool(found.hostname) and found.port != 0
    except ValueError:
        named = False
    if not named or "@" in found.netloc or not address.isascii() or any(sign <= " " for sign in address):
        raise DetectionError(
            f"{option}: expected an address like https://host/answers without user and password; give {beside}"
        )
    return Place(
        found.scheme == "https", found.netloc, (found.path or "/") + (f"?{found.query}" if found.query else "")
    )


class Channel:
    """A connection that is kept from one request to the next, and made anew when it broke."""

    def __init__(self, place: Place, answer_s: float) -> None:
        """Nothing is opened yet.

        Args:
            place: where to post.
            answer_s: the other side has so long for each step of a request.
        """
        self._place = place
        self._answer_s = answer_s
        self._connection: http.client.HTTPConnection | None = None

    def post(self, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of one request; 503 stands for a receiver that cannot be reached."""
        place = self._place
        try:
            if self._connection is None:
                kind = http.client.HTTPSConnection if place.secure else http.client.HTTPConnection
                self._connection = kind(place.host, timeout=self._answer_s)
            self._connection.request("POST", place.path, body, dict(headers))
            answer = self._connection.getresponse()
            if len(answer.read(65_536)) == 65_536:
                self.close()
            return answer.status
        except (OSError, http.client.HTTPException):
            self.close()
            return 503

    def close(self) -> None:
        """Hang up; the next request connects again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class HttpReceiver:
    """Posts JSON lines (``application/x-ndjson``)."""

    def __init__(self, place: Place, token: str, boot: str, waits: bool, meanwhile: Callable[[], None] = rest) -> None:
        """Start the sender.

        Args:
            place: where to.
            token: sent as ``Authorization: Bearer``; ``""`` sends none.
            boot: names this run; part of the idempotency key.
            waits: a full queue holds the caller.
            meanwhile: what a held caller does now and then.
        """
        self._channel = Channel(place, ANSWER_S)
        self._headers = {"Content-Type": "application/x-ndjson"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._boot = boot
        self._requests = 0
        self._courier: Courier[str] = Courier("http", self._deliver, Terms(DEPTH, BATCH, waits, meanwhile))

    @property
    def undelivered(self) -> int:
        """Answers that were given up."""
        return self._courier.undelivered

    def put(self, line: str) -> None:
        """One answer."""
        self._courier.put(line)

    def close(self) -> None:
        """Send what waits, as far as the receiver lets it."""
        self._courier.close(CLOSING_S)

    def _deliver(self, lines: list[str]) -> bool:
        key = f"{self._boot}-{self._requests:08d}"
        self._requests += 1
        body = "".join(lines).encode()
        backoff = Backoff(Patience(first_s=0.2, longest_s=10.0), random.Random())
        until = time.monotonic() + GIVE_UP_S
        while True:
            status = self._channel.post(body, {**self._headers, "Idempotency-Key": key})
            if status not in _AGAIN or time.monotonic() >= until:
                return 200 <= status < 300
            if self._courier.closing.wait(backoff.next_s()):
                return False
