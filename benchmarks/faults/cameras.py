"""Cameras that stall, die, change their size, send garbage or freeze: found in time, and back when they are mended.

Each camera is a real RTSP server on this machine; what reads it is the runtime's own source with its own patience. The
last rows reconnect 1,000 times (50 in the short form) and hold threads, open files and memory against what they were.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.table import Fault
from detection.edge.sources.backoff import Patience
from detection.edge.sources.camera import Camera
from detection.edge.sources.captures import open_rtsp
from detection.edge.sources.items import Choice, Frame, Item, Quiet, Unreadable
from tests.examples_rtsp import Behaviour, RtspCamera

PIXEL_LIMIT = 100_000
_SHORT = Patience(stall_s=3.0, answer_s=1.5, first_s=0.05, longest_s=0.2)
_EAGER = Patience(stall_s=5.0, answer_s=2.0, first_s=0.001, longest_s=0.002)
_AT_ONCE = 4
_RECONNECTS, _SHORT_RECONNECTS = 1000, 50
_MEMORY_MAXIMUM_MB = 8.0
"""So much more after all reconnects than after the first ones; a leak of one frame each would be 18 MB."""


@dataclass(frozen=True, slots=True)
class _Case:
    name: str
    bad: Behaviour


_LOST = (
    _Case("stalls after 5 frames", Behaviour("stall")),
    _Case("stalls before its first frame", Behaviour("stall", frames=0)),
    _Case("dies before its first frame", Behaviour("die", frames=0)),
    _Case("freezes on one picture", Behaviour("freeze")),
    _Case("sends garbage after 5 frames", Behaviour("garbage")),
    _Case("sends garbage only", Behaviour("garbage", frames=0)),
    _Case("takes the call and says nothing", Behaviour("mute")),
    _Case("does not know the stream", Behaviour("missing")),
)


def faults(short: bool) -> Iterator[Fault]:
    """One row a camera, in the order of the list."""
    patience = _SHORT if short else Patience()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        waiting = [pool.submit(_lost, case, patience) for case in _LOST]
        waiting += [pool.submit(each, patience) for each in (_dies_often, _changes_size, _grows_too_large)]
        for one in waiting:
            yield one.result()
    yield from _reconnects(_SHORT_RECONNECTS if short else _RECONNECTS)


def _lost(case: _Case, patience: Patience) -> Fault:
    """From the last picture that was new to the moment when the loop is told; then back when it is mended."""
    mended = threading.Event()
    found_s = back_s = after_s = float("inf")
    fresh_s, last = 0.0, b""
    with RtspCamera(lambda number: Behaviour() if mended.is_set() else case.bad) as server:
        camera = _camera(server, patience)
        began = time.monotonic()
        for item in camera.items():
            now_s = time.monotonic() - began
            if isinstance(item, Quiet) and item.state == "stalled" and not mended.is_set():
                found_s, after_s = now_s, now_s - fresh_s
                mended.set()
            if isinstance(item, Frame) and item.image.tobytes() != last:
                fresh_s, last = now_s, item.image.tobytes()
            if isinstance(item, Frame) and mended.is_set() and now_s - found_s > patience.answer_s:
                back_s = now_s
                break
            if now_s > 12 * patience.stall_s:
                break
        camera.close()
    found = "found" if after_s <= 2 * patience.stall_s else f"not found in {2 * patience.stall_s:g} s"
    back = "back when mended" if back_s < float("inf") else "not back"
    return Fault(f"camera {case.name}", "found, back when mended", f"{found}, {back}")


def _dies_often(patience: Patience) -> Fault:
    with RtspCamera(lambda number: Behaviour("die")) as server:
        camera = _camera(server, patience)
        numbers = _until(camera, 5 * patience.stall_s, lambda item: camera.reconnects >= 3)
        camera.close()
    seen = "opened again each time" if camera.reconnects >= 3 and numbers else f"{camera.reconnects} times opened again"
    return Fault("camera dies after each 5 frames", "opened again each time", seen)


def _changes_size(patience: Patience) -> Fault:
    shapes = set()
    with RtspCamera(lambda number: Behaviour("resize")) as server:
        camera = _camera(server, patience)

        def both(item: Item) -> bool:
            if isinstance(item, Frame):
                shapes.add(item.image.shape[:2])
            return len(shapes) == 2

        _until(camera, 5 * patience.stall_s, both)
        camera.close()
    seen = "both sizes read" if shapes == {(64, 96), (96, 128)} else f"sizes {sorted(shapes)}"
    return Fault("camera changes its size", "both sizes read", seen)


def _grows_too_large(patience: Patience) -> Fault:
    reasons = list[str]()
    with RtspCamera(lambda number: Behaviour(width=640, height=480)) as server:
        camera = _camera(server, patience)

        def refused(item: Item) -> bool:
            reasons.extend([item.reason] if isinstance(item, Unreadable) else [])
            return bool(reasons) or isinstance(item, Frame)

        _until(camera, 5 * patience.stall_s, refused)
        camera.close()
    seen = "refused and said" if reasons else "not refused"
    return Fault("camera sends more pixels than allowed", "refused and said", seen)


def _reconnects(number: int) -> Iterator[Fault]:
    """One camera, lost so many times: what the process holds after a tenth, and at the end."""
    with RtspCamera(lambda _: Behaviour("die", frames=2), frames_per_s=500) as server:
        camera = Camera(lambda: open_rtsp(server.address, _EAGER.answer_s), Choice("gate", PIXEL_LIMIT), _EAGER)
        before = after = _held()
        for _ in camera.items():
            if camera.reconnects <= number // 10:
                before = _held()
            if camera.reconnects >= number:
                break
        camera.close()
        time.sleep(0.5)
        after = _held()
    expected = f"{number} times, nothing more held"
    for what, more, allowed in (
        ("threads", after.threads - before.threads, 0),
        ("open files", after.files - before.files, 0),
        ("memory", after.memory_mb - before.memory_mb, _MEMORY_MAXIMUM_MB),
    ):
        times = number if camera.reconnects >= number else camera.reconnects
        held = "nothing" if more <= allowed else f"{more:g}"
        yield Fault(f"camera is lost again and again: {what}", expected, f"{times} times, {held} more held")


@dataclass(frozen=True, slots=True)
class _Held:
    threads: int
    files: int
    memory_mb: float


def _held() -> _Held:
    status = Path("/proc/self/status").read_text()
    lines = dict(line.split(":", 1) for line in status.splitlines())
    files = len(list(Path("/proc/self/fd").iterdir()))
    return _Held(int(lines["Threads"]), files, int(lines["VmRSS"].split()[0]) / 1024)


def _camera(server: RtspCamera, patience: Patience) -> Camera:
    return Camera(lambda: open_rtsp(server.address, patience.answer_s), Choice("gate", PIXEL_LIMIT), patience)


def _until(camera: Camera, seconds: float, enough: Callable[[Item], bool]) -> int:
    """Frames that came until it was enough, or the time was over."""
    until_s, frames = time.monotonic() + seconds, 0
    for item in camera.items():
        frames += isinstance(item, Frame)
        if enough(item) or time.monotonic() > until_s:
            break
    return frames
