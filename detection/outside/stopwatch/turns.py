"""Times several models over the same pictures, frame by frame in turn: what else the machine does meets all alike."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detection.edge.settings import Settings
from detection.errors import ModelError
from detection.outside import files
from detection.outside.stopwatch import device
from detection.rules.judging.costs import Taken

BARE_ENGINE = "onnxruntime"
"""The one engine that the bare environment holds."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """One model to be timed.

    Attributes:
        name: what its variant is called.
        engine: that runs it.
        content: the model file's bytes.
        threads: that compute one frame.
    """

    name: str
    engine: str
    content: bytes
    threads: int


@dataclass(frozen=True, slots=True)
class Track:
    """On what all are timed.

    Attributes:
        runtime: bytes of the packed runtime.
        bare_python: interpreter of the bare environment.
        settings: of the detector.
        pictures: files' bytes; at least one.
        rounds: how often each picture is answered.
    """

    runtime: bytes
    bare_python: Path
    settings: Settings
    pictures: Sequence[bytes]
    rounds: int


def timed(entrants: Sequence[Entrant], track: Track, told: Callable[[int], None] = lambda _: None) -> list[Taken]:
    """Time all of them; ``told`` hears of every round that is over.

    Raises:
        ModelError: a model could not be loaded, or its process died; what it said is quoted.
        DiskError: the disk is full or refuses.
    """
    with tempfile.TemporaryDirectory(prefix="detection-stopwatch-") as place, ExitStack() as opened:
        folder = Path(place)
        files.write_bytes(folder / "runtime.pyz", track.runtime)
        for number, picture in enumerate(track.pictures):
            files.write_bytes(folder / "pictures" / f"{number:06d}", picture)
        started: list[_Process] = []
        load_s: list[float] = []
        for one in entrants:  # one after the other: loading, too, is timed
            started.append(opened.enter_context(_process(one, track, folder)))
            load_s.append(started[-1].said()[0])
        times_s = np.empty((len(started), track.rounds, len(track.pictures), 2))
        for turn in range(track.rounds):
            for asked in range(len(track.pictures)):
                for runner in np.roll(np.arange(len(started)), turn + asked).tolist():
                    times_s[runner, turn, asked] = started[runner].ask(asked)
            told(turn)
        memory_mb = [process.end() for process in started]
    return [
        Taken(
            one.name, one.engine, one.threads, 1000 * times_s[i, :, :, 0], 1000 * times_s[i, :, :, 1], 1000 * load_s[i],
            memory_mb[i], len(one.content), _bare(one),
        )
        for i, one in enumerate(entrants)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Process:
    """One model's process."""

    name: str
    process: subprocess.Popen[str]

    def ask(self, picture: int) -> list[float]:
        """Seconds for one picture: that went by, and that its processors computed."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(f"{picture}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise self._died() from None
        return self.said()

    def end(self) -> float:
        """No more pictures: its memory in megabytes."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.said()[0]

    def said(self) -> list[float]:
        """The next numbers that it says."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise self._died()
        return [float(word) for word in line.split()]

    def _died(self) -> ModelError:
        assert self.process.stderr is not None
        said = (self.process.stderr.read().strip().splitlines() or ["without a word"])[-1]
        return ModelError(f"{self.name}: its process ended while it was timed ({said}); run stage convert again")


@contextmanager
def _process(entrant: Entrant, track: Track, folder: Path) -> Iterator[_Process]:
    model = folder / f"{entrant.name}-{entrant.threads}"
    files.write_bytes(model, entrant.content)
    settings = track.settings
    said = {
        "runtime": folder / "runtime.pyz", "engine": entrant.engine, "model": model, "pictures": folder / "pictures",
        "threads": entrant.threads, "maximum-detections": settings.maximum_detections,
        "suppression-iou": settings.suppression_iou, "score-floor": settings.score_floor,
        "suppression-across-classes": int(settings.suppression_across_classes),
    }  # fmt: skip
    words = [f"--{name}={value}" for name, value in said.items()]
    python = track.bare_python if _bare(entrant) else Path(sys.executable)
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [python, "-I", device.__file__, *words], stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=folder
    )
    with process:
        try:
            yield _Process(entrant.name, process)
        finally:
            process.kill()


def _bare(entrant: Entrant) -> bool:
    return entrant.engine == BARE_ENGINE
