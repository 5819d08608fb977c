"""A bounded queue and the thread that empties it: a slow sink must neither stop the detector nor eat the memory."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Parcel = TypeVar("Parcel")

WAKE_S = 0.5
"""A caller who is held comes up for breath this often."""


def rest() -> None:
    """Nothing else to do while held."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a sink is served.

    Attributes:
        depth: parcels that may wait.
        batch: parcels that are delivered at once.
        waits: a full queue holds the caller (a recording); otherwise the oldest parcel is given up (a camera).
        meanwhile: called each :data:`WAKE_S` while the caller is held: a loop that waits for a reader is alive.
    """

    depth: int
    batch: int
    waits: bool
    meanwhile: Callable[[], None] = rest


class Courier(Generic[Parcel]):
    """Delivers parcels in order, in a thread of its own."""

    def __init__(self, name: str, deliver: Callable[[list[Parcel]], bool], terms: Terms) -> None:
        """Start the thread.

        Args:
            name: of the thread.
            deliver: called in the thread with 1 to ``terms.batch`` parcels; False if they had to be given up. It comes
                back soon after :attr:`closing` is set.
            terms: how many, and what when full.
        """
        self.closing = threading.Event()
        self._deliver = deliver
        self._terms = terms
        self._queue: deque[Parcel] = deque()
        self._changed = threading.Condition()
        self._given_up = 0
        self._under_way = 0
        self._fault: Exception | None = None
        self._fault_said = False
        self._ended = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    @property
    def undelivered(self) -> int:
        """Parcels that were given up so far."""
        return self._given_up

    def put(self, parcel: Parcel) -> None:
        """Queue a parcel.

        Raises:
            Exception: whatever ended the thread, in the caller's.
        """
        with self._changed:
            while self._terms.waits and len(self._queue) >= self._terms.depth and self._fault is None:
                if not self._changed.wait(WAKE_S):
                    self._terms.meanwhile()
            self._raise_fault()
            if len(self._queue) >= self._terms.depth:
                self._queue.popleft()
                self._given_up += 1
            self._queue.append(parcel)
            self._changed.notify_all()

    def close(self, patience_s: float) -> None:
        """Deliver what waits, for so long at most; the rest is given up and counted.

        Raises:
            Exception: whatever ended the thread, in the caller's.
        """
        until = time.monotonic() + patience_s
        with self._changed:
            while (self._queue or self._under_way) and self._fault is None:
                left = until - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    break
            self._given_up += len(self._queue)
            self._queue.clear()
            self._ended = True
            self.closing.set()
            self._changed.notify_all()
        self._thread.join(timeout=patience_s)
        if not self._fault_said:
            self._raise_fault()

    def _work(self) -> None:
        while parcels := self._next():
            try:
                done = self._deliver(parcels)
            except Exception as error:  # carried to the caller's thread, where it may crash the run
                with self._changed:
                    self._fault, self._under_way = error, 0
                    self._given_up += len(parcels)
                    self._changed.notify_all()
                return
            with self._changed:
                self._under_way = 0
                self._given_up += 0 if done else len(parcels)
                self._changed.notify_all()

    def _next(self) -> list[Parcel]:
        with self._changed:
            while not self._queue and not self._ended:
                self._changed.wait()
            parcels = [self._queue.popleft() for _ in range(min(len(self._queue), self._terms.batch))]
            self._under_way = len(parcels)
            self._changed.notify_all()
            return parcels

    def _raise_fault(self) -> None:
        if self._fault is not None:
            self._fault_said = True
            raise self._fault
