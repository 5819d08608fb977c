"""How long to wait before a lost camera is tried again, and when it counts as lost."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """What a camera is allowed.

    Attributes:
        stall_s: without a fresh picture it counts as stalled, and is opened again.
        answer_s: for opening, and for each picture; below ``stall_s``, so that a stall ends in a new attempt.
        first_s: before the second attempt.
        longest_s: between attempts, at most.
        still: pictures may be equal for ever (a drawn or cleaned picture without a sensor's noise).
    """

    stall_s: float = 10.0
    answer_s: float = 5.0
    first_s: float = 0.5
    longest_s: float = 15.0
    still: bool = False


class Backoff:
    """Twice as long after each attempt that failed, by chance up to half of it less.

    Cameras of one site that lost their power together then do not all come back in one moment.
    """

    def __init__(self, patience: Patience, dice: random.Random) -> None:
        self._patience = patience
        self._dice = dice
        self._next_s = patience.first_s

    def next_s(self) -> float:
        """Seconds to wait now."""
        wait_s, self._next_s = self._next_s, min(self._next_s * 2, self._patience.longest_s)
        return wait_s * (1 - self._dice.random() / 2)

    def reset(self) -> None:
        """It worked for a while: begin with short waits again."""
        self._next_s = self._patience.first_s
