"""A model that passes every test and fails in the field: it goes back by itself within a minute, once."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import get_args

import numpy as np

from benchmarks.faults.devices import workplace
from benchmarks.faults.table import Fault
from detection.edge.installation import config, history, slots
from detection.edge.installation.config import Config
from detection.edge.installation.installing import Request, install
from detection.edge.installation.slots import Root
from detection.edge.installation.state import State
from detection.edge.trust.verify import verified
from tests.examples_bundles import picture, png
from tests.examples_devices import PYTHON, SMALL, write_release, write_trust
from tests.examples_sabotaged import Manner, sabotaged_model

LIMIT_S = 60.0
EXPECTED = "went back once, within 60 s of the switch; the old version runs on"
_WATCH = replace(SMALL, window_s=30, stall_s=3)
_P95_MS = 20
_WHITE, _PICTURES = 40, 40
_QUIET_S = 3.0
_WORKERS = 2


@dataclass(frozen=True, slots=True)
class Case:
    """One way to fail.

    Attributes:
        manner: what the model does where a frame is white.
        white: how many of the source's frames are.
        service: a supervisor runs already; otherwise the installer watches.
        killed: the supervisor is killed and started again while the version is on trial.
    """

    manner: Manner
    white: int = _WHITE
    service: bool = False
    killed: bool = False

    @property
    def name(self) -> str:
        """For the table."""
        watcher = "the supervisor, killed meanwhile" if self.killed else "the supervisor" if self.service else "install"
        return f"a model that {self.manner} on {self.white} of {_PICTURES} frames, watched by {watcher}"


def faults(short: bool) -> Iterator[Fault]:
    """One for each way to fail, and each watcher; with ``short`` two of them."""
    manners: tuple[Manner, ...] = get_args(Manner)
    cases = [Case("crashes"), Case("answers NaN")]
    if not short:
        cases += [Case("hangs"), Case("is slow")]
        cases += [Case(manner, service=True) for manner in manners]
        cases += [Case("crashes", white=1), Case("hangs", white=1), Case("answers NaN", white=_PICTURES // 2)]
        cases += [Case("crashes", service=True, killed=True), Case("hangs", service=True, killed=True)]
    with workplace() as folder, ThreadPoolExecutor(_WORKERS) as pool:
        trust = write_trust(folder / "trust")
        good = write_release(folder / "good", 1, _WATCH, p95_ms=_P95_MS).folder
        jobs = [_job(case, folder / f"case-{number}", good, trust) for number, case in enumerate(cases)]
        yield from pool.map(lambda job: job(), jobs)


def _job(case: Case, folder: Path, good: Path, trust: Path) -> Callable[[], Fault]:
    def plant() -> Fault:
        folder.mkdir()
        root = _device(folder, good, trust, case.white)
        changed = {"models/fp32.onnx": sabotaged_model(case.manner)}
        bad = write_release(folder / "bad", 2, _WATCH, changed, p95_ms=_P95_MS).folder
        seen = _supervised(case, root, bad) if case.service else _by_itself(root, bad)
        shutil.rmtree(folder, ignore_errors=True)
        return Fault(case.name, EXPECTED, seen)

    return plant


def _device(folder: Path, good: Path, trust: Path, white: int) -> Root:
    """A device on which the good version was kept, and that looks at some white frames."""
    source = folder / "source"
    source.mkdir()
    for number in range(_PICTURES):
        image = np.full((60, 80, 3), 255, np.uint8) if number >= _PICTURES - white else picture(number)
        (source / f"{number:03d}.png").write_bytes(png(image))
    root = Root(folder / "root")
    install(root, Request(good, trust, python=PYTHON), _quiet)
    slots.change(root, State.kept)
    config.write(root, Config(str(source), ("--output", str(folder / "answers.jsonl"))))
    return root


def _program(root: Root, verb: str, *words: object) -> list[str]:
    return [sys.executable, "-I", str(root.supervisor), verb, *map(str, words)]


def _by_itself(root: Root, bad: Path) -> str:
    words = _program(root, "install", bad, "--root", root.folder, "--environment", PYTHON)
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode != 2:
        return f"install ended with status {done.returncode}: {done.stderr[-300:]}"
    said = _settled(root)
    with _service(root):
        time.sleep(_QUIET_S)
    return said if said != EXPECTED else _settled(root)


def _supervised(case: Case, root: Root, bad: Path) -> str:
    words = _program(root, "install", bad, "--root", root.folder, "--environment", PYTHON)
    with _service(root) as service:
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as installer:
            if case.killed:
                while slots.read(root).trial is None:
                    time.sleep(0.05)
                time.sleep(1.0)
                service.send_signal(signal.SIGKILL)
                service.wait()
                with _service(root):
                    installer.wait(300)
            installer.wait(300)
        said = _settled(root)
        if said == EXPECTED:
            time.sleep(_QUIET_S)
            said = _settled(root)
    return said


@contextmanager
def _service(root: Root) -> Iterator[subprocess.Popen[bytes]]:
    """The device's supervisor as a service starts it."""
    words = _program(root, "supervise", root.folder)
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as service:
        try:
            while not slots.is_held(root, "supervisor") and service.poll() is None:
                time.sleep(0.05)
            yield service
        finally:
            service.terminate()
            service.wait(30)


def _settled(root: Root) -> str:
    found = slots.read(root)
    events = history.read(root)
    went = [datetime.fromisoformat(event.at) for event in events if event.what == "went back"]
    switched = [datetime.fromisoformat(event.at) for event in events if event.what == "switched"]
    if found.trial is not None or found.running is None:
        return f"not settled: {found}"
    if found.running.counter != 1 or verified(root.bundle(found.live or "a")).digest != found.running.digest:
        return f"counter {found.running.counter} is live"
    if len(went) != 1:
        return f"went back {len(went)} times"
    seconds = (went[0] - switched[-1]).total_seconds()
    return EXPECTED if seconds <= LIMIT_S else f"went back after {seconds:.0f} s"


def _quiet(line: str) -> None:
    """Nobody listens."""
