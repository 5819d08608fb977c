"""Processes of our own beside this one: they end when it does, however it ends."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager

import cv2

_PARENT_DEATH = 1
"""PR_SET_PDEATHSIG of prctl."""


@contextmanager
def pool(count: int, nice: int = 0) -> Iterator[Executor]:
    """So many processes of one thread each; work that nobody has begun when this ends is left.

    Args:
        count: of processes.
        nice: by so much they let others go first, 0 to 19.
    """
    # A fork would inherit OpenCV's threads half-way through their work, and wait for them for ever.
    afresh = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(count, mp_context=afresh, initializer=_begins, initargs=(nice,))
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


def dies_with_parent() -> None:
    """Ask the kernel to end this process when its parent ends, however that happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGTERM)


def _begins(nice: int) -> None:
    """One thread; a stop from the keyboard is the parent's to handle, without a traceback from each process."""
    dies_with_parent()
    os.nice(nice)
    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
