"""An installation, a switch, a way back and a rollback, killed at each system call that changes the disk.

A kill between two such calls leaves the same disk as a kill at the later one, so these are all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.faults import devices, tracing
from benchmarks.faults.devices import EXPECTED, Scene
from benchmarks.faults.table import Fault
from benchmarks.faults.tracing import Point

KILL = "signal=SIGKILL"
_SAMPLED = 3
_WORKERS = 2


def faults(short: bool) -> Iterator[Fault]:
    """One for each call; a sample with ``short``."""
    with devices.workplace() as folder:
        yield from planted(folder, [KILL], short)


def planted(folder: Path, manners: list[str], short: bool) -> Iterator[Fault]:
    """Every scene, interrupted in these manners at each of its calls.

    Args:
        folder: to work in.
        manners: as ``strace`` spells what it injects.
        short: only some calls of each scene, spread over its length.
    """
    for scene in devices.scenes(folder):
        found = _points(scene, folder)
        step = max(1, len(found) // _SAMPLED) if short else 1
        jobs: list[Callable[[], Fault]] = []
        for manner in manners:
            jobs += [_job(scene, folder, point, manner) for point in found[::step]]
        with ThreadPoolExecutor(_WORKERS) as pool:
            yield from pool.map(lambda job: job(), jobs)


def _points(scene: Scene, folder: Path) -> list[Point]:
    """What the scene writes when nobody interrupts it; the first run also fills Python's caches."""
    for number in range(2):
        root = devices.copied(scene, folder / f"whole-{number}-{scene.name}")
        log = folder / "calls"
        done = devices.run(tracing.recording(scene.command(root.folder), log))
        if done.returncode not in (0, 2):
            raise RuntimeError(f"{scene.name}: does not work uninterrupted: {done.stderr}")
        seen = devices.after(scene, root)
        if seen != EXPECTED:
            raise RuntimeError(f"{scene.name}: {seen}")
        found = tracing.points(log, root.folder)
    return found


def _job(scene: Scene, folder: Path, point: Point, manner: str) -> Callable[[], Fault]:
    def plant() -> Fault:
        name = f"{scene.name}: {manner} at {point.call} {point.number} ({point.what})"
        root = devices.copied(scene, folder / f"at-{manner}-{point.call}-{point.number}-{scene.name}")
        done = devices.run(tracing.interrupted(scene.command(root.folder), point, manner))
        seen = "crashed: " + done.stderr[-300:] if "Traceback" in done.stderr else devices.after(scene, root)
        devices.gone(root)
        return Fault(name, EXPECTED, seen)

    return plant
