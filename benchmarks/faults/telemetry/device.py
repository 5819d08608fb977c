"""A device that tells: the runtime's own outbox and delivery, and made-up minutes.

    python -m benchmarks.faults.telemetry.device SEGMENTS PROMISED RUN RECORDS ADDRESS KEY AHEAD

What the outbox says is on the disk is written down in PROMISED, one name a line; those records must arrive. While more
than AHEAD segments wait, no more are made.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from detection.edge.sinks.http import place_of
from detection.edge.sources.backoff import Patience
from detection.edge.telemetry import delivery
from detection.edge.telemetry.delivery import Delivery, Destination
from detection.edge.telemetry.outbox import Outbox
from detection.edge.telemetry.records import Record
from tests.examples_telemetry import START, Sent, record

_TEMPLATES = 32
_TOGETHER = 25


def main(words: list[str]) -> None:
    """Make records, then wait until all have gone."""
    segments, promised, run, records, address, key, ahead = words
    delivery.POLL_S = 0.05
    outbox = Outbox(Path(segments), f"{int(run):016x}")
    destination = Destination(place_of(address), Path(key).read_text().strip())
    sender = Delivery(Path(segments), destination, Patience(first_s=0.05, longest_s=0.5))
    with Path(promised).open("a") as told:
        for batch in _batches(outbox.boot, int(records)):
            while len(list(Path(segments).glob("*.jsonl"))) > int(ahead):
                time.sleep(0.02)
            _put(outbox, batch, told.fileno())
    while any(Path(segments).glob("*.jsonl")):
        time.sleep(0.05)
    sender.close()


def _batches(boot: str, records: int) -> Iterator[list[Record]]:
    templates = [record(Sent(number, boot=boot)) for number in range(_TEMPLATES)]
    for first in range(0, records, _TOGETHER):
        yield [_numbered(templates, number) for number in range(first, min(first + _TOGETHER, records))]


def _put(outbox: Outbox, batch: list[Record], told: int) -> None:
    """Have a batch on the disk, then promise it."""
    for one in batch:
        outbox.put(one)
    while not outbox.flush():
        Path("/proc/self/fd", str(told)).resolve().with_name("refused").touch()
        time.sleep(0.05)
    os.write(told, "".join(json.dumps([one.origin.boot, one.sequence]) + "\n" for one in batch).encode())


def _numbered(templates: list[Record], number: int) -> Record:
    minute = (START + timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M:00Z")
    return replace(templates[number % _TEMPLATES], sequence=number, minute=minute)


if __name__ == "__main__":
    main(sys.argv[1:])
