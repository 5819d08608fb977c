"""Telemetry on its way: device and receiver killed at random, the receiver away for months of records, disks full.

What the device's outbox has written is promised to arrive, once. The device is the runtime's own outbox and delivery,
the receiver the real one over HTTP, each a process of its own.
"""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.faults.devices import workplace
from benchmarks.faults.table import Fault
from benchmarks.faults.telemetry.line import EXPECTED, line, until

_KILLS, _AWAY, _FULL = 100, 100_000, 3_000
_ENDLESS, _LAST = 10_000_000, 200
"""Records of a device that will be killed, and of the last one."""
_AHEAD = 20
"""Segments that wait at most: without that a slow machine has a backlog of millions to drain at the end."""
_RESERVE_BYTES = 250_000


def faults(short: bool) -> Iterator[Fault]:
    """Kills, an absent receiver, a full disk on either side; fewer with ``short``."""
    with workplace() as folder:
        yield from _kills(folder, 6 if short else _KILLS)
    with workplace() as folder:
        yield _away(folder, 2_000 if short else _AWAY)
    if os.geteuid() != 0:
        print("telemetry: real file systems are made by root alone; full disks are left out")
        return
    with workplace() as folder:
        yield _full_device(folder)
    with workplace() as folder:
        yield _full_receiver(folder)


def _kills(folder: Path, kills: int) -> Iterator[Fault]:
    """Device or receiver, at random moments; all must have arrived at the end."""
    dice = random.Random(20261121)
    points = []
    with line(folder / "line", folder) as made:
        running = {"receiver": made.receiver(), "device": made.device(0, _ENDLESS, _AHEAD)}
        for kill in range(1, kills + 1):
            until(made.metrics, "the receiver")
            time.sleep(dice.uniform(0.0, 1.0))
            victim = dice.choice(sorted(running))
            running[victim].kill()
            running[victim].wait()
            running[victim] = made.device(kill, _ENDLESS, _AHEAD) if victim == "device" else made.receiver()
            points.append(f"kill {kill}: the {victim}")
        running["device"].kill()
        running["device"].wait()
        last = made.device(kills + 1, _LAST)
        until(lambda: last.poll() is not None, "the device to drain")
        said = made.verdict()
        print(f"telemetry: {len(made.promised())} records promised over {kills} kills")
    yield from (Fault(point, EXPECTED, said) for point in points)


def _away(folder: Path, records: int) -> Fault:
    """The receiver comes when the device has made all its records."""
    with line(folder / "line", folder) as made:
        device = made.device(0, records)
        until(lambda: len(made.promised()) == records, "the records")
        made.receiver()
        until(lambda: device.poll() is not None, "the device to drain")
        return Fault(f"the receiver away for {records} records", EXPECTED, made.verdict())


def _full_device(folder: Path) -> Fault:
    """The device's disk of 2 MB fills up while the receiver is away; it drains by being delivered, and goes on."""
    with _small_disk(folder / "disk") as disk, line(folder / "line", disk) as made:
        made.store = folder / "store"
        (disk / "store").rename(disk / "known")
        subprocess.run(["cp", "-r", str(disk / "known"), str(made.store)], check=True)
        device = made.device(0, _FULL)
        until((made.folder / "refused").exists, "a full disk")
        made.receiver()
        until(lambda: device.poll() is not None, "the device to drain")
        return Fault("a full disk of 2 MB at the device", EXPECTED, made.verdict())


def _full_receiver(folder: Path) -> Fault:
    """The receiver's disk of 2 MB fills up; it says so, and takes the rest when there is room."""
    with _small_disk(folder / "disk") as disk, line(folder / "line", disk, _RESERVE_BYTES) as made:
        made.segments = folder / "segments"
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(1_400_000))
        made.receiver()
        device = made.device(0, _FULL)
        until(lambda: 'status="5xx"} 0' not in (made.metrics() or 'status="5xx"} 0'), "a full disk")
        ballast.unlink()
        until(lambda: device.poll() is not None, "the device to drain")
        return Fault("a full disk of 2 MB at the receiver", EXPECTED, made.verdict())


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "faults", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
