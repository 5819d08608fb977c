"""Processes beside this one: one thread each, behind it if asked, and gone when it is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import pytest

from detection.outside import processes

PARENT = """
import os, time
from detection.outside import processes

if __name__ == "__main__":
    with processes.pool(1) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        pool.submit(time.sleep, 600)
        time.sleep(600)
"""
PATIENCE_S = 60


def test_each_has_one_thread_and_lets_others_go_first() -> None:
    with processes.pool(1, nice=3) as pool:
        assert pool.submit(cv2.getNumThreads).result() == 1
        assert pool.submit(os.nice, 0).result() == min(19, os.nice(0) + 3)


def test_work_that_nobody_has_begun_is_left() -> None:
    with processes.pool(1) as pool:
        later = [pool.submit(time.sleep, 0.1) for _ in range(50)]
    assert any(one.cancelled() for one in later)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel is asked as Linux is asked")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_none_outlives_its_parent(how: signal.Signals, tmp_path: Path) -> None:
    """Not even in the middle of its work, and when the parent cannot say goodbye."""
    program = tmp_path / "parent.py"
    program.write_text(PARENT)
    parent = subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert _runs(child)
    parent.send_signal(how)
    parent.communicate()
    until = time.monotonic() + PATIENCE_S
    while _runs(child):
        assert time.monotonic() < until, f"process {child} is still there"
        time.sleep(0.02)


def _runs(process: int) -> bool:
    """Whether it is there, and not only waiting to be counted among the dead."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
