"""Which records have arrived: runs of sequence numbers for each device and boot. A month of a fleet fits in memory."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Strings = NDArray[np.object_]


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """What a record is called, for good."""

    device: str
    boot: str
    sequence: int


@dataclass(frozen=True, slots=True, eq=False)
class Identities:
    """Names of ``n`` records and what their content comes to.

    Attributes:
        device: ``(n,)``.
        boot: ``(n,)``.
        sequence: ``(n,)``.
        digest: ``(n,)`` first 8 bytes of the SHA-256 of the record's line, as a signed number.
    """

    device: Strings
    boot: Strings
    sequence: Integers
    digest: Integers

    def __len__(self) -> int:
        return len(self.sequence)


@dataclass(slots=True)
class Runs:
    """Whole numbers as runs without a gap: ``firsts[i]`` to ``lasts[i]``, ascending."""

    firsts: list[int] = field(default_factory=list)
    lasts: list[int] = field(default_factory=list)

    def __contains__(self, number: int) -> bool:
        place = bisect_right(self.firsts, number) - 1
        return place >= 0 and number <= self.lasts[place]

    def add(self, first: int, last: int) -> None:
        """With all numbers from ``first`` to ``last``."""
        begin = bisect_right(self.lasts, first - 2)
        end = bisect_right(self.firsts, last + 1)
        if begin < end:
            first, last = min(first, self.firsts[begin]), max(last, self.lasts[end - 1])
        self.firsts[begin:end], self.lasts[begin:end] = [first], [last]


class Names:
    """All names that were ever stored."""

    def __init__(self) -> None:
        self._runs: dict[tuple[str, str], Runs] = {}
        self._many = 0

    def __len__(self) -> int:
        return self._many

    def __contains__(self, name: Name) -> bool:
        runs = self._runs.get((name.device, name.boot))
        return runs is not None and name.sequence in runs

    def add(self, names: Sequence[Name]) -> None:
        """With these, none of which is there."""
        for name in names:
            self._of(name.device, name.boot).add(name.sequence, name.sequence)
        self._many += len(names)

    def add_all(self, found: Identities) -> None:
        """With a file's worth, none of which is there."""
        order = np.lexsort((found.sequence, found.boot.astype(str), found.device.astype(str)))
        device, boot, sequence = found.device[order], found.boot[order], found.sequence[order]
        fresh = np.ones(len(order), bool)
        fresh[1:] = (device[1:] != device[:-1]) | (boot[1:] != boot[:-1]) | (np.diff(sequence) != 1)
        closing = np.ones(len(order), bool)
        closing[:-1] = fresh[1:]
        for begin, end in zip(np.flatnonzero(fresh).tolist(), np.flatnonzero(closing).tolist(), strict=True):
            self._of(str(device[begin]), str(boot[begin])).add(int(sequence[begin]), int(sequence[end]))
        self._many += len(order)

    def _of(self, device: str, boot: str) -> Runs:
        return self._runs.setdefault((device, boot), Runs())
