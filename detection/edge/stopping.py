"""A wish to stop, from Ctrl-C or SIGTERM: heard between two frames, so that no line and no file is cut in half."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from types import FrameType, TracebackType
from typing import Any, TypeAlias, TypeVar

Item = TypeVar("Item")
_Handler: TypeAlias = Callable[[int, FrameType | None], Any] | int | signal.Handlers | None

PATIENCE_S = 5
"""A run that has not come to the end of its frame by then (a reader that does not read, a disk that hangs) is broken
off with KeyboardInterrupt."""


class Stop:
    """Hears the signals while it is entered. A second signal breaks off at once."""

    def __init__(self) -> None:
        self.wanted = False
        self._before: dict[int, _Handler] = {}

    def __enter__(self) -> Stop:
        """Listen from now on."""
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._hear)
        self._before[signal.SIGALRM] = signal.signal(signal.SIGALRM, _break_off)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Listen no more; who listened before does so again."""
        signal.alarm(0)
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def until(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items, until a stop is wanted."""
        for item in items:
            if self.wanted:
                signal.alarm(0)
                return
            yield item

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self.wanted:
            raise KeyboardInterrupt
        self.wanted = True
        signal.alarm(PATIENCE_S)


def _break_off(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
