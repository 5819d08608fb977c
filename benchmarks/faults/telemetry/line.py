"""A device, a receiver and the folders between them: processes that can be killed."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.faults.devices import CHECKOUT
from detection.outside.telemetry import device_keys, parquet
from detection.outside.telemetry.stored import places
from tests.examples_telemetry import BUNDLE, remember

EXPECTED = "what was on the device's disk is in the store, each record once"
DEVICE = "line-1"
_PATIENCE_S = 1_800.0

Process = subprocess.Popen[bytes]


@dataclass(slots=True)
class Line:
    """One device and one receiver.

    Attributes:
        folder: keys, promises and the log, never on the disk that is tested.
        segments: where the device leaves its telemetry.
        store: the receiver's.
        reserve_bytes: that the receiver leaves free.
        port: of the receiver.
        processes: everything that was started.
    """

    folder: Path
    segments: Path
    store: Path
    reserve_bytes: int
    port: int
    processes: list[Process] = field(default_factory=list)

    def receiver(self) -> Process:
        """Start the receiver; it needs a moment."""
        words = [self.store, self.folder / "keys.json", self.port, self.reserve_bytes]
        return self._started("receiver", words)

    def device(self, run: int, records: int, ahead: int = 1_000_000) -> Process:
        """Start the device: it makes so many records, delivers what lies there, and ends when nothing does.

        Args:
            run: which start of it.
            records: how many it makes.
            ahead: segments that may wait; beyond them it makes no more until some have gone.
        """
        address = f"http://127.0.0.1:{self.port}/v1/records"
        words = [self.segments, self.folder / f"promised-{run}", run, records, address, self.folder / "device.key"]
        words += [ahead]
        return self._started("device", words)

    def metrics(self) -> str:
        """What the receiver counts; nothing while it is not there."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=2) as answer:
                return str(answer.read().decode())
        except OSError:
            return ""

    def drained(self) -> bool:
        """Whether nothing is left on the device."""
        return not any(self.segments.glob("*.jsonl"))

    def promised(self) -> set[tuple[str, int]]:
        """Boot and sequence of every record that was on the device's disk."""
        rows = [row for path in self.folder.glob("promised-*") for row in path.read_text().splitlines()]
        return {(str(boot), int(sequence)) for boot, sequence in map(json.loads, rows)}

    def stop(self) -> None:
        """End everything, at once."""
        for process in self.processes:
            process.kill()
            process.wait()

    def verdict(self) -> str:
        """:data:`EXPECTED`, or what is wrong; ends everything."""
        self.stop()
        promised, stored = self.promised(), Counter(self._stored())
        lost, twice = len(promised - stored.keys()), sum(many > 1 for many in stored.values())
        refused = len(list(self.segments.glob("*.refused")))
        if lost or twice or refused or not promised:
            return f"of {len(promised)}: lost {lost}, stored twice {twice}, segments set aside {refused}"
        return EXPECTED

    def _stored(self) -> Iterator[tuple[str, int]]:
        """Boot and sequence of every record that a reader would count, as often as it would."""
        contents = places.look(self.store / BUNDLE)
        for block in contents.blocks:
            found = parquet.identities(block.path)
            yield from zip(found.boot.tolist(), found.sequence.tolist(), strict=True)
        for arrival in contents.arrivals:
            for line in places.read_arrival(arrival.path):
                value = json.loads(line)
                yield value["boot"], value["sequence"]

    def _started(self, program: str, words: list[object]) -> Process:
        command = [sys.executable, "-m", f"benchmarks.faults.telemetry.{program}", *map(str, words)]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(command, cwd=CHECKOUT, stdout=log, stderr=log)
        self.processes.append(process)
        return process


@contextmanager
def line(folder: Path, tested: Path, reserve_bytes: int = 0) -> Iterator[Line]:
    """A device with a key and a receiver that knows the bundle; whatever was started is gone afterwards.

    Args:
        folder: for what is not tested.
        tested: the disk; segments and store lie in it.
        reserve_bytes: that the receiver leaves free.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "device.key").write_text(device_keys.add(folder / "keys.json", DEVICE) + "\n")
    remember(tested / "store")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Line(folder, tested / "segments", tested / "store", reserve_bytes, port)
    try:
        yield made
    finally:
        made.stop()


def until(happened: Callable[[], object], wanted: str) -> None:
    """Wait.

    Raises:
        TimeoutError: it does not come.
    """
    end = time.monotonic() + _PATIENCE_S
    while not happened():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {_PATIENCE_S:g} s for {wanted}")
        time.sleep(0.02)
