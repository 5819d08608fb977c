"""A disk that is full, or fails: at each system call that changes it, and for real on a small file system."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.faults import devices, installation
from benchmarks.faults.devices import EXPECTED, Scene
from benchmarks.faults.table import Fault
from detection.edge.installation.slots import Root

FULL, BROKEN = "error=ENOSPC", "error=EIO"
_SIZES_KB = range(4, 124, 4)


def faults(short: bool) -> Iterator[Fault]:
    """One for each call and kind of error, then one for each size of a file system; a sample with ``short``."""
    with devices.workplace() as folder:
        yield from installation.planted(folder, [FULL, BROKEN], short)
    if os.geteuid() == 0:
        with devices.workplace() as folder:
            yield from _really_full(folder, short)
    else:
        print("disk: real file systems are made by root alone; left out")


def _really_full(folder: Path, short: bool) -> Iterator[Fault]:
    scene = devices.scenes(folder)[1]
    for size_kb in list(_SIZES_KB)[:: 12 if short else 1]:
        with _device_with_room(scene, folder / "device", size_kb) as root:
            done = devices.run(scene.command(root.folder))
            seen = "crashed: " + done.stderr[-300:] if "Traceback" in done.stderr else ""
            (root.folder / "ballast").unlink()
            yield Fault(f"disk with {size_kb} kB left", EXPECTED, seen or devices.after(scene, root))


@contextmanager
def _device_with_room(scene: Scene, folder: Path, room_kb: int) -> Iterator[Root]:
    """A device on a file system of its own, filled up to so much room."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "faults", str(folder)], check=True)
    try:
        root = devices.copied(scene, folder / "root")
        free = os.statvfs(folder)
        ballast = free.f_bavail * free.f_frsize - room_kb * 1024
        (root.folder / "ballast").write_bytes(bytes(ballast))
        yield root
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()
