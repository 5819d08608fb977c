"""A device that tells: the runtime's own outbox and delivery, and made-up minutes.

    python -m benchmarks.faults.telemetry.device SEGMENTS PROMISED RUN RECORDS ADDRESS KEY

What the outbox says is on the disk is written down in PROMISED, one name a line; those records must arrive.
"""

from __future__ import annotations

import json
import os
import sys
import time
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
    segments, promised, run, records, address, key = words
    delivery.POLL_S = 0.05
    outbox = Outbox(Path(segments), f"{int(run):016x}")
    destination = Destination(place_of(address), Path(key).read_text().strip())
    sender = Delivery(Path(segments), destination, Patience(first_s=0.05, longest_s=0.5))
    with Path(promised).open("a") as told:
        _make(outbox, int(records), told.fileno())
    while any(Path(segments).glob("*.jsonl")):
        time.sleep(0.05)
    sender.close()


def _make(outbox: Outbox, records: int, told: int) -> None:
    templates = [record(Sent(number, boot=outbox.boot)) for number in range(_TEMPLATES)]
    for first in range(0, records, _TOGETHER):
        batch = [_numbered(templates, number) for number in range(first, min(first + _TOGETHER, records))]
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
