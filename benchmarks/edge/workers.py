"""The parent's side: starts a worker for each way and feeds them the same frames in turns."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, cast

import cv2
import numpy as np

from detection.errors import DetectionError
from detection.scenes.seasons import STABLE
from detection.scenes.warehouse import World, plan, render

ROOT = Path(__file__).resolve().parents[2]
_REST_S = 0.004
"""Between two workers: threads that still spin must not meet the next one's time."""
_WARM_UP = 3


@dataclass(frozen=True, slots=True)
class Start:
    """How a way is started.

    Attributes:
        label: how it is printed.
        way: of :data:`benchmarks.edge.ways.WAYS`.
        python: its interpreter.
        model: an ONNX file in the format that the way takes.
        threads: that compute one frame.
        archive: put before the checkout on the path; None runs the checkout itself.
    """

    label: str
    way: str
    python: Path
    model: Path
    threads: int
    archive: Path | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one frame, milliseconds, medians."""

    wall_ms: float
    cpu_ms: float


class Worker:
    """A running way."""

    def __init__(self, start: Start, frames: Path) -> None:
        self.start = start
        path = [str(start.archive), str(ROOT)] if start.archive else [str(ROOT)]
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(path), "OMP_NUM_THREADS": str(start.threads)}
        self._process = subprocess.Popen(
            [start.python, "-m", "benchmarks.edge.worker", start.way, start.model, str(start.threads), frames],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env,
            cwd=frames.parent,
        )  # fmt: skip
        self._put, self._got = cast(TextIO, self._process.stdin), cast(TextIO, self._process.stdout)

    def ask(self, line: str) -> dict[str, float | str]:
        """Say one line, wait for its answer.

        Raises:
            DetectionError: the worker died.
        """
        try:
            self._put.write(line + "\n")
            self._put.flush()
            answer: dict[str, float | str] = json.loads(self._got.readline())
        except (OSError, ValueError) as error:
            raise DetectionError(f"{self.start.label}: died; run `python -m benchmarks.edge.worker` by hand") from error
        return answer

    def close(self) -> None:
        """End it."""
        self._put.close()
        self._got.close()
        self._process.wait(30)


@contextmanager
def running(starts: Sequence[Start], frames: Path) -> Iterator[list[Worker]]:
    """All of them at once, warm."""
    with ExitStack() as held:
        workers = []
        for start in starts:
            worker = Worker(start, frames)
            held.callback(worker.close)
            workers.append(worker)
            for _ in range(_WARM_UP):
                worker.ask("0")
        yield workers


def costs(starts: Sequence[Start], frames: Path, count: int, rounds: int) -> dict[str, Cost]:
    """Every way over the same frames, in turns, each round beginning with another; medians by label."""
    spent: dict[str, list[Cost]] = {start.label: [] for start in starts}
    with running(starts, frames) as workers:
        for number in range(rounds):
            first = number % len(workers)
            for worker in workers[first:] + workers[:first]:
                time.sleep(_REST_S)
                answer = worker.ask(str(number % count))
                cost = Cost(float(answer["wall_s"]) * 1000, float(answer["cpu_s"]) * 1000)
                spent[worker.start.label].append(cost)
    return {
        label: Cost(statistics.median(c.wall_ms for c in each), statistics.median(c.cpu_ms for c in each))
        for label, each in spent.items()
    }


def memory_mb(start: Start, frames: Path, count: int, runs: int) -> float:
    """What a way holds after so many frames.

    Raises:
        DetectionError: a way that should run packed did not.
    """
    with running([start], frames) as (worker,):
        for number in range(runs):
            worker.ask(str(number % count))
        answer = worker.ask("memory")
    if start.archive and not str(answer["runs_from"]).startswith(str(start.archive)):
        raise DetectionError(f"{start.label}: ran from {answer['runs_from']}; expected {start.archive}; mend the path")
    return float(answer["memory_mb"])


def first_box_s(start: Start, frames: Path) -> float:
    """From starting the interpreter to the first frame's boxes."""
    begun = time.perf_counter()
    worker = Worker(start, frames)
    worker.ask("0")
    taken = time.perf_counter() - begun
    worker.close()
    return taken


def write_frames(path: Path, count: int) -> None:
    """1080p frames of the warehouse, one after the other, raw."""
    world = World(seed=7, cameras=12, width=640, height=360, season=STABLE)
    with path.open("wb") as stream:
        for shot in plan(world, count):
            large = cv2.resize(render(world, shot).pixels, (1920, 1080))
            stream.write(np.ascontiguousarray(large, np.uint8).tobytes())


def this_python() -> Path:
    """The workstation's interpreter."""
    return Path(sys.executable)
