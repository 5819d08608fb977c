"""Frames on standard input: JPEG or PNG files one after the other.

``ffmpeg -f image2pipe`` and ``rpicam-vid --codec mjpeg`` write such a stream.
"""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Iterator

from detection.edge.sources.items import QUIET_S, Choice, Frame, Item, Quiet, Unreadable
from detection.edge.sources.newest import Newest
from detection.edge.sources.splitting import Split, Splitter
from detection.edge.vision import frames
from detection.errors import FrameError

_CHUNK_BYTES = 1 << 18


class Piped:
    """A pipe that waits for its reader: every frame is looked at."""

    live = False
    reconnects = 0

    def __init__(self, descriptor: int, choice: Choice) -> None:
        self.dropped = 0
        self._descriptor = descriptor
        self._choice = choice
        self._number = 0

    def items(self) -> Iterator[Item]:
        """Every picture of the stream until its end."""
        for split in _splits(self._descriptor):
            yield Quiet("waiting") if split is None else self._item(split)

    def close(self) -> None:
        """The pipe is the caller's."""

    def _item(self, split: Split) -> Item:
        name, camera = f"{self._choice.camera}#{self._number:06d}", self._choice.camera
        self._number += 1
        if split.fault:
            return Unreadable(name, camera, split.fault)
        try:
            began = time.perf_counter()
            image = frames.read_image(split.content, self._choice.pixel_limit)
            return Frame(name, camera, image, None, split.content, (time.perf_counter() - began) * 1000)
        except FrameError as error:
            return Unreadable(name, camera, str(error))


class LivePiped(Piped):
    """A pipe that a camera fills: only the newest frame is decoded, the others are counted."""

    live = True

    def items(self) -> Iterator[Item]:
        """The newest picture whenever one is asked for, until the stream ends."""
        newest: Newest[Split] = Newest()
        ended = threading.Event()
        threading.Thread(target=_pour, args=(self._descriptor, newest, ended), name="pipe", daemon=True).start()
        while True:
            over = ended.is_set()
            split = newest.take(0 if over else QUIET_S)
            self.dropped = newest.dropped
            if split is not None:
                yield self._item(split)
            elif over:
                return
            else:
                yield Quiet("waiting")


def _pour(descriptor: int, newest: Newest[Split], ended: threading.Event) -> None:
    try:
        for split in _splits(descriptor):
            if split is not None:
                newest.offer(split)
                newest.spare()
    finally:
        ended.set()


def _splits(descriptor: int) -> Iterator[Split | None]:
    """What the stream holds; None where nothing came for a moment."""
    splitter = Splitter()
    while True:
        ready, _, _ = select.select([descriptor], [], [], QUIET_S)
        if not ready:
            yield None
            continue
        chunk = os.read(descriptor, _CHUNK_BYTES)
        yield from splitter.feed(chunk) if chunk else splitter.end()
        if not chunk:
            return
