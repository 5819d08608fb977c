"""The newest item wins: a slot between a thread that cannot wait and a loop that may be slow."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Newest(Generic[Item]):
    """One item lies here at most; a newer one takes its place, and the loss is counted.

    Items that were overtaken, and those that the loop gives back, serve the thread again: three of them are made at
    the most, however many frames come.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._changed = threading.Condition()
        self._item: Item | None = None
        self._spare: list[Item] = []

    def offer(self, item: Item) -> None:
        """Put the newest item here."""
        with self._changed:
            if self._item is not None:
                self.dropped += 1
                self._spare.append(self._item)
            self._item = item
            self._changed.notify()

    def take(self, seconds: float) -> Item | None:
        """Take the item; wait for one so long at most."""
        with self._changed:
            if self._item is None:
                self._changed.wait(seconds)
            item, self._item = self._item, None
            return item

    def give_back(self, item: Item) -> None:
        """An item that is no longer looked at."""
        with self._changed:
            self._spare.append(item)

    def spare(self) -> Item | None:
        """An item that may be written over."""
        with self._changed:
            return self._spare.pop() if self._spare else None
