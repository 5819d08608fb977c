"""Telemetry beside the bundle it was counted under: read, checked, and compared, a part of the fleet at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detection.edge.telemetry.latency import Latencies
from detection.edge.telemetry.reference import Reference
from detection.edge.trust.bundle import Bundle
from detection.errors import TelemetryError
from detection.outside import documents
from detection.outside.daft import Engine
from detection.outside.telemetry.reading import MINUTE_S, Telemetry, telemetry_of
from detection.rules.field.watching.drift import watch
from detection.rules.field.watching.findings import Findings
from detection.rules.field.watching.readings import Readings
from detection.rules.field.watching.tally import Tally, together
from detection.rules.field.watching.windows import bounds, scenes
from detection.rules.field.watching.yardsticks import Yardsticks, yardsticks
from detection.rules.spec.field import Monitoring
from detection.rules.spec.spec import Spec

CAMERAS_BY_MINUTE = 100
"""Of a larger fleet, slots as long as the shortest window take the place of minutes in what is asked of all signals at
once (MMD): a fifth of the rows, and a fleet of a thousand is compared in seconds."""
CAMERAS_AT_ONCE = 100
"""Each thread has the minutes of so many in memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """Telemetry, compared with what was validated.

    Attributes:
        told: what was read.
        spec: the specification that travelled in the bundle.
        monitoring: its settings.
        reference: the validated world, scene by scene.
        scenes: the same as rows.
        field: what the field sent, in stretches of the shortest window.
        findings: what the comparison says.
        latency: by camera, from a frame's arrival to its answer.
        variants: model variants that ran, sorted.
    """

    told: Telemetry
    spec: Spec
    monitoring: Monitoring
    reference: Reference
    scenes: Tally
    field: Tally
    findings: Findings
    latency: dict[str, Latencies]
    variants: tuple[str, ...]


def watch_folder(folder: Path, bundle: Bundle, learnt: Tally | None = None, seed: int = 0) -> Watched:
    """Read a folder of segments, or a receiver's store, and compare it with what was validated.

    Args:
        folder: that ``run --telemetry`` wrote to, or that `telemetry receive` writes to.
        bundle: that was running, verified.
        learnt: telemetry of some cameras that a person accepted as their baseline, in minutes.
        seed: of the draws behind the bounds.

    Raises:
        TelemetryError: no record at all, a damaged or foreign one, or an empty reference.
        BundleError: the bundle's reference is not one.
        DocumentError: the bundle's evidence lacks the specification.
    """
    spec = _spec_of(bundle)
    reference = bundle.reference()
    if not reference.blocks:
        raise TelemetryError(f"{bundle.folder}: its reference holds no scene; nothing can be compared; build it anew")
    told = telemetry_of(folder, bundle)
    before = scenes(reference)
    few = len(told.cameras) <= CAMERAS_BY_MINUTE
    slot_s = MINUTE_S if few else min(duration.length_s for duration in spec.monitoring.windows)
    sticks = yardsticks(before, bounds(spec.monitoring), learnt, slot_s, seed)
    field, findings = compared(told, sticks)
    return Watched(told, spec, spec.monitoring, reference, before, field, findings, told.latencies(), told.variants)


def monitoring_of(bundle: Bundle) -> Monitoring:
    """The monitoring settings of the specification that travels in the bundle.

    Raises:
        BundleError: the evidence lacks it, or it was changed.
        DocumentError: it is not a specification.
    """
    return _spec_of(bundle).monitoring


def compared(told: Telemetry, sticks: Yardsticks) -> tuple[Tally, Findings]:
    """Every camera compared with its yardstick.

    Minutes are read :data:`CAMERAS_AT_ONCE` cameras at a time; slots as long as the shortest window are few enough to
    be added up by Daft and compared in one go.

    Returns:
        The field in stretches of the shortest window, and the findings.
    """
    shortest_s = min(duration.length_s for duration in sticks.bounds.durations)
    if sticks.slot_s == shortest_s:
        field = told.windows(shortest_s, Engine())
        return field, watch(sticks, field, told.bundle)

    def part(cameras: Sequence[str]) -> tuple[Tally, Findings]:
        minutes = told.minutes(cameras[0], cameras[-1], sticks.slot_s)
        return minutes.summed(shortest_s), watch(sticks, minutes, told.bundle)

    with ThreadPoolExecutor(_threads()) as pool:
        done = list(pool.map(part, _parts(told.cameras)))
    return together([field for field, _ in done]), _joined([findings for _, findings in done])


def _parts(cameras: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(cameras), CAMERAS_AT_ONCE):
        yield cameras[start : start + CAMERAS_AT_ONCE]


def _spec_of(bundle: Bundle) -> Spec:
    bundle.read("evidence/spec.yaml")
    return documents.read_document(Spec, bundle.folder / "evidence" / "spec.yaml")


def _threads() -> int:
    """Reading and counting leave the interpreter alone; more than a few only take memory."""
    return min(os.cpu_count() or 1, 4)


def _joined(found: Sequence[Findings]) -> Findings:
    tables = tuple(_stacked(tables) for tables in zip(*(one.readings for one in found), strict=True))
    incidents = sorted((i for one in found for i in one.incidents), key=lambda i: (i.opened_s, i.camera))
    return Findings(tables, tuple(s for one in found for s in one.standings), tuple(incidents))


def _stacked(tables: Sequence[Readings]) -> Readings:
    columns = ("camera", "begins_s", "frames", "baseline", "samples", "distance", "noise", "js", "js_noise", "answer")
    stacked = {name: np.concatenate([getattr(table, name) for table in tables]) for name in columns}
    return Readings(tables[0].duration, tables[0].signals, **stacked)
