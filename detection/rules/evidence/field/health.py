"""Cameras and devices: frames that came to nothing, cameras frozen, covered or moved, and how long a frame took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detection.edge.telemetry.counters import Counters
from detection.edge.telemetry.latency import RELATIVE_ERROR, STEPS, Latencies, none, percentile_ms
from detection.rules.evidence.numerals import thousands
from detection.rules.evidence.page import Block, Folded, Note, Section
from detection.rules.evidence.tables import Cell, Column, Table, text
from detection.rules.evidence.tone import Tone
from detection.rules.field.retrain.evidence import Degraded

SHOWN = 10
PAGE = 100

FAULTS = ("failed", "dropped", "frozen", "covered", "moved", "foreign_size", "out_of_domain", "suppressed")
"""Counters of frames that were not as they should be."""
TIMES = ("reconnects", "starts")
"""Counters of things that happened to the device."""
HEADS = {
    "failed": "Failed", "dropped": "Overtaken", "frozen": "Frozen", "covered": "Covered", "moved": "Moved",
    "foreign_size": "Foreign size", "out_of_domain": "Outside the domain", "suppressed": "Suppressed",
    "reconnects": "Reconnects", "starts": "Starts",
}  # fmt: skip
STEP_NAMES = {
    "read": "read and decode", "prepare": "prepare the tensor", "infer": "the model", "finish": "boxes, calibration",
    "signals": "signals and guard", "total": "arrival to answer",
}  # fmt: skip
NOTICED = 0.01
"""Share of a camera's frames from which a fault is coloured; nothing is decided by it."""


@dataclass(frozen=True, slots=True, eq=False)
class CameraHealth:
    """One camera over the period.

    Attributes:
        camera: its name.
        counters: added up.
        latency: counts of each step, added up.
    """

    camera: str
    counters: Counters
    latency: Mapping[str, Latencies]

    @property
    def faulty(self) -> float:
        """Frames with a fault over all frames; one with two faults counts twice."""
        return sum(self.share(name) for name in FAULTS)

    def share(self, name: str) -> float:
        """One counter over the frames that arrived, those overtaken too; 0 without any."""
        arrived = self.counters.frames + self.counters.dropped
        return getattr(self.counters, name) / arrived if arrived else 0.0


def health_section(cameras: Sequence[CameraHealth], degraded: Sequence[Degraded] = ()) -> Section:
    """What happened to frames, cameras and devices; the worst camera first.

    Args:
        cameras: of the period.
        degraded: those that somebody has to mend.
    """
    lead = (
        "Counted on the device. Frozen: the same picture again and again. Covered: something is before the lens. "
        "Moved: the camera points elsewhere. Outside the domain: unlike every validated frame; what is answered then "
        "is the specification's failure mode."
    )
    if not cameras:
        return Section("health", "Camera health", lead, (Note("Nothing was sent."),))
    ordered = sorted(cameras, key=lambda one: (-one.faulty, -one.counters.starts, one.camera))
    blocks: list[Block] = [_mend(degraded)] if degraded else []
    blocks.append(_counters((added(cameras), *ordered[:SHOWN])))
    for begin in range(SHOWN, len(ordered), PAGE):
        part = ordered[begin : begin + PAGE]
        blocks.append(Folded(f"Cameras {begin + 1} to {begin + len(part)}", (_counters(part),)))
    return Section("health", "Camera health", lead, tuple(blocks))


def _mend(degraded: Sequence[Degraded]) -> Note:
    said = "At least half of their newest frames were no view of the world: their figures do not count until then."
    chips = tuple(f"{one.camera or '(no name)'}: {one.fault}" for one in degraded)
    return Note(said, "To mend", Tone.BAD, chips)


def latency_section(cameras: Sequence[CameraHealth], p95_limit_ms: float | None) -> Section:
    """Each step's percentiles over the fleet, and the slowest cameras.

    Args:
        cameras: of the period.
        p95_limit_ms: what the target allows from arrival to answer; none if no target is known.
    """
    lead = (
        f"Percentiles from the device's own histograms, off by at most {RELATIVE_ERROR:.1%} of themselves. How many "
        "frames were slower than the target allows is counted exactly."
    )
    whole = added(cameras)
    steps = tuple(_step(step, whole.latency.get(step, none()), p95_limit_ms) for step in STEPS)
    columns = (Column("Step"), *(Column(f"p{p} ms", number=True) for p in (50, 95, 99)), Column("Frames", number=True))
    over = whole.counters.over_limit / whole.counters.frames if whole.counters.frames else 0.0
    note = f"Slower than the target allows: {thousands(whole.counters.over_limit)} frames, {over:.2%}."
    slowest = sorted(cameras, key=lambda one: -p95_ms(one) if p95_ms(one) == p95_ms(one) else 1.0)[:SHOWN]
    rows = tuple(_slow(one, p95_limit_ms) for one in slowest)
    heads = (Column("Camera"), Column("p50 ms", number=True), Column("p95 ms", number=True), Column("p99 ms", True))
    tables = (
        Table(columns, steps, note=note),
        Table((*heads, Column("Over the limit", True)), rows, "Slowest cameras, arrival to answer"),
    )
    return Section("latency", "Latency", lead, tables)


def added(cameras: Sequence[CameraHealth]) -> CameraHealth:
    """All of them as one, without a name."""
    counters = sum((one.counters for one in cameras), Counters())
    steps = {step: none() for step in STEPS}
    for one in cameras:
        steps = {step: counts + one.latency.get(step, none()) for step, counts in steps.items()}
    return CameraHealth("", counters, steps)


def _counters(cameras: Sequence[CameraHealth]) -> Table:
    heads = tuple(Column(HEADS[name], number=True) for name in (*FAULTS, *TIMES))
    return Table((Column("Camera"), Column("Frames", number=True), *heads), tuple(_row(one) for one in cameras))


def _row(one: CameraHealth) -> tuple[Cell, ...]:
    faults = tuple(_fault(one, name) for name in FAULTS)
    times = tuple(text(thousands(getattr(one.counters, name))) for name in TIMES)
    return (text(one.camera or "all cameras"), text(thousands(one.counters.frames)), *faults, *times)


def _fault(one: CameraHealth, name: str) -> Cell:
    many, share = getattr(one.counters, name), one.share(name)
    if not many:
        return Cell("0", Tone.QUIET)
    return Cell(thousands(many), Tone.UNSURE if share >= NOTICED else Tone.PLAIN, note=f"{share:.1%}")


def _step(step: str, counts: Latencies, limit_ms: float | None) -> tuple[Cell, ...]:
    p50, p95, p99 = (percentile_ms(counts, share) for share in (0.5, 0.95, 0.99))
    limited = step == "total" and limit_ms is not None
    tone = Tone.PLAIN if not limited or p95 != p95 else Tone.BAD if p95 > (limit_ms or 0) else Tone.GOOD
    said = Cell(_ms(p95), tone, note=f"limit {limit_ms:g}" if limited else "")
    return (text(STEP_NAMES[step]), text(_ms(p50)), said, text(_ms(p99)), text(thousands(int(counts.sum()))))


def _slow(one: CameraHealth, limit_ms: float | None) -> tuple[Cell, ...]:
    counts = one.latency.get("total", none())
    p95 = p95_ms(one)
    late = limit_ms is not None and p95 > limit_ms
    return (
        text(one.camera or "(no name)"),
        text(_ms(percentile_ms(counts, 0.5))),
        text(_ms(p95), Tone.BAD if late else Tone.PLAIN),
        text(_ms(percentile_ms(counts, 0.99))),
        Cell(thousands(one.counters.over_limit), note=f"{one.share('over_limit'):.2%}"),
    )


def p95_ms(one: CameraHealth) -> float:
    """The 95th percentile of its frames, from arrival to answer; NaN without any."""
    return percentile_ms(one.latency.get("total", none()), 0.95)


def _ms(value: float) -> str:
    return "–" if value != value else f"{value:.2f}" if value < 10 else f"{value:.1f}"
