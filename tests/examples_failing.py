"""A field that fails: an hour of telemetry in which no frame is answered soundly, and a clock that runs ahead to it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from detection.edge.telemetry import latency, signals
from detection.edge.telemetry.counters import Counters
from detection.edge.telemetry.outbox import Outbox
from detection.edge.telemetry.records import Origin, Record
from detection.edge.trust.bundle import Bundle
from detection.outside.database.registry import open_registry
from detection.rules.registry.slots import Slot
from tests.examples_typed import PROD, URL

BOOT = "0123456789abcdef"
HOURS = 2
"""So long after a version went live it is looked at."""


class Later:
    """A clock that runs ahead: the field has told for two hours."""

    @staticmethod
    def time() -> float:
        """Seconds since 1970."""
        return time.time() + HOURS * 3600


def write_telemetry(bundle: Bundle, since: datetime) -> None:
    """An hour in which every frame of a camera fails, as the runtime of this bundle leaves it."""
    edges = bundle.reference().edges
    outbox = Outbox(Path("telemetry"), BOOT)
    none = {step: np.zeros(latency.BINS, np.int64) for step in latency.STEPS}
    for number in range(60):
        minute = (since + timedelta(minutes=61 + number)).strftime("%Y-%m-%dT%H:%M:00Z")
        origin = Origin("line-1", bundle.digest, "fp32", BOOT)
        happened = Counters(frames=10, failed=10)
        outbox.put(Record(origin, number, "cam-00", minute, happened, signals.nothing(edges), none))
    assert outbox.flush()


def went_live(slot: Slot = PROD) -> datetime:
    """When what is live went live."""
    with open_registry(URL) as registry:
        return registry.history(slot)[0].since
