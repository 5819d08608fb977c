"""Stores that keep their promises almost always: what the checker must find, so that its silence means something."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from zlib import crc32

from benchmarks.registry.linear import Act, Change

SLOT = "model/place/prod"


@dataclass
class Sound:
    """A store in memory that does keep them: one lock, one log."""

    log: list[Change] = field(default_factory=list)
    epoch: int = 0
    live: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def change(self, mark: str, epoch: int, live: str) -> bool:
        """Make something live, if the epoch is still that one."""
        with self.lock:
            if epoch != self.epoch:
                return False
            self._write(mark, live)
            return True

    def read(self) -> tuple[int, str]:
        """Epoch and digest."""
        with self.lock:
            return self.epoch, self.live

    def _write(self, mark: str, live: str) -> None:
        self.epoch, self.live = self.epoch + 1, live
        self.log.append(Change(len(self.log) + 1, mark, SLOT, self.epoch, live))


class WithoutCompare(Sound):
    """Looks at the epoch, and writes without looking again: two win."""

    def change(self, mark: str, epoch: int, live: str) -> bool:
        """As above, with a pause where another gets in."""
        if epoch != self.epoch:
            return False
        time.sleep(0.0005)
        self.epoch, self.live = epoch + 1, live
        self.log.append(Change(len(self.log) + 1, mark, SLOT, epoch + 1, live))
        return True


class Forgetful(Sound):
    """Acknowledges before it writes, and now and then does not."""

    def change(self, mark: str, epoch: int, live: str) -> bool:
        """As above, except every seventh time."""
        with self.lock:
            if epoch != self.epoch:
                return False
            if crc32(mark.encode()) % 7:
                self._write(mark, live)
            return True


class Cached(Sound):
    """Reads from a copy that is refreshed now and then, as a replica does."""

    copy: tuple[int, str] = (0, "")
    reads: int = 0

    def read(self) -> tuple[int, str]:
        """What was so a while ago."""
        self.reads += 1
        if self.reads % 5 == 0:
            self.copy = super().read()
        return self.copy


class Haunted(Sound):
    """Refuses, and writes nevertheless: a retry that its caller does not know of."""

    def change(self, mark: str, epoch: int, live: str) -> bool:
        """As above; of those who come too late some are written behind the caller's back."""
        if super().change(mark, epoch, live):
            return True
        if not crc32(mark.encode()) % 3:
            with self.lock:
                self._write(mark, live)
        return False


BROKEN: tuple[Callable[[], Sound], ...] = (WithoutCompare, Forgetful, Cached, Haunted)


def played(store: Sound, threads: int = 8, acts: int = 60) -> tuple[list[Act], list[Change]]:
    """Many threads, each reading and changing in turn."""
    done: list[Act] = []
    gate = threading.Barrier(threads)

    def play(thread: int) -> None:
        gate.wait()
        for number in range(acts):
            mark = f"{thread}-{number}"
            began = time.monotonic()
            epoch, live = store.read()
            done.append(Act("", began, time.monotonic(), True, SLOT, epoch, live))
            time.sleep(0.0002)
            began = time.monotonic()
            told = store.change(mark, epoch, mark)
            done.append(Act(mark, began, time.monotonic(), told))

    workers = [threading.Thread(target=play, args=(n,)) for n in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return done, list(store.log)
