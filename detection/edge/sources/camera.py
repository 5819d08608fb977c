"""A camera that may be lost: opened again with growing waits, stalled when it gives no fresh picture.

Its own thread reads as fast as the camera gives; the loop always gets the newest picture, and those it was too slow for
are counted. No message names the address: it may hold a password.
"""

from __future__ import annotations

import logging
import random
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone

from detection.edge.sources.backoff import Backoff, Patience
from detection.edge.sources.captures import Capture, Picture
from detection.edge.sources.items import QUIET_S, Choice, Frame, Item, Quiet, Unreadable
from detection.edge.sources.newest import Newest
from detection.errors import FrameError

_LOG = logging.getLogger(__name__)
_SAMPLED_SIDE = 96
"""A picture is compared with the one before by about so many rows and columns of it."""


@dataclass(slots=True, eq=False)
class _Taken:
    """A picture as it lies in the slot; its memory is used again."""

    image: Picture
    number: int
    at: datetime


class Camera:
    """A live source."""

    live = True

    def __init__(self, open_camera: Callable[[], Capture | None], choice: Choice, patience: Patience) -> None:
        """Nothing is opened before the first item is asked for.

        Args:
            open_camera: opens it; None if it does not answer.
            choice: its name, and how large a picture may be.
            patience: when it counts as lost.
        """
        self.reconnects = 0
        self._open = open_camera
        self._choice = choice
        self._patience = patience
        self._newest: Newest[_Taken] = Newest()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="camera", daemon=True)
        self._fresh_s = time.monotonic()
        self._mark = 0
        self._number = 0
        self._too_large = ""
        self._stalled = False

    @property
    def dropped(self) -> int:
        """Pictures that a newer one had overtaken."""
        return self._newest.dropped

    def items(self) -> Iterator[Item]:
        """The newest picture whenever one is asked for; a quiet moment where there is none.

        Raises:
            FrameError: the reading thread ended, for a reason that it has told on standard error.
        """
        self._fresh_s = time.monotonic()
        self._thread.start()
        seen = False
        while not self._closing.is_set():
            taken = self._newest.take(QUIET_S)
            if taken is None and not self._thread.is_alive():
                raise FrameError(f"camera {self._choice.camera}: its reader ended; start the run again")
            if taken is not None:
                seen = True
                self._say(stalled=False)
                yield Frame(f"{self._choice.camera}#{taken.number:06d}", self._choice.camera, taken.image, taken.at)
                self._newest.give_back(taken)
                continue
            refused, self._too_large = self._too_large, ""
            if refused:
                yield Unreadable(f"{self._choice.camera}#{self._number:06d}", self._choice.camera, refused)
            else:
                yield self._quiet(seen)

    def close(self) -> None:
        """Let go of the camera; waits for the picture that is being read."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(timeout=self._patience.answer_s + 1)

    def _quiet(self, seen: bool) -> Quiet:
        if time.monotonic() - self._fresh_s > self._patience.stall_s:
            self._say(stalled=True)
            return Quiet("stalled")
        return Quiet("ok" if seen else "waiting")

    def _say(self, stalled: bool) -> None:
        if stalled != self._stalled:
            self._stalled = stalled
            words = "no fresh picture; opened again until one comes" if stalled else "gives pictures"
            _LOG.warning("camera %s: %s", self._choice.camera, words)

    def _work(self) -> None:
        backoff = Backoff(self._patience, random.Random())
        while not self._closing.is_set():
            opened_s = time.monotonic()
            capture = self._open()
            if capture is not None:
                try:
                    self._read_all(capture)
                finally:
                    capture.release()
                if time.monotonic() - opened_s > self._patience.stall_s + self._patience.answer_s:
                    backoff.reset()
            if self._closing.wait(backoff.next_s()):
                return
            self.reconnects += 1

    def _read_all(self, capture: Capture) -> None:
        """Read until the camera is lost, gives the same picture for too long, or one that is too large."""
        opened_s = time.monotonic()
        while not self._closing.is_set():
            taken = self._newest.spare()
            image = capture.read(None if taken is None else taken.image)
            if image is None:
                return
            self._number += 1
            if image.shape[0] * image.shape[1] > self._choice.pixel_limit:
                limit = self._choice.pixel_limit
                self._too_large = f"has {image.shape[1]} x {image.shape[0]} pixels; expected at most {limit} in all"
                return
            now_s = time.monotonic()
            if not self._changed(image, now_s) and now_s - max(self._fresh_s, opened_s) > self._patience.stall_s:
                return
            if now_s - self._fresh_s <= self._patience.stall_s:
                self._offer(taken, image)
            elif taken is not None:
                self._newest.give_back(taken)

    def _changed(self, image: Picture, now_s: float) -> bool:
        """Whether the picture differs from the one before: a sensor's noise never repeats, a frozen stream does."""
        step = max(1, min(image.shape[:2]) // _SAMPLED_SIDE)
        mark = zlib.crc32(image[::step, ::step].tobytes(), image.shape[0])
        fresh = mark != self._mark or self._patience.still
        self._mark = mark
        if fresh:
            self._fresh_s = now_s
        return fresh

    def _offer(self, taken: _Taken | None, image: Picture) -> None:
        at = datetime.now(timezone.utc)
        if taken is None:
            taken = _Taken(image, self._number, at)
        taken.image, taken.number, taken.at = image, self._number, at
        self._newest.offer(taken)
