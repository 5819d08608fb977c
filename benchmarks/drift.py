"""Does the monitor call for nothing, and how soon does it call for something? Ours beside PSI alone.

    python -m benchmarks.drift [--bundle export/bundle] [--months 300] [--short] [--library FILE.npz]

Scenes of the practice world are rendered, measured by the bundle's detector and the device's own code, and put together
anew into months of telemetry (``benchmarks/field``): weather, traffic, nights, weekends and cameras differ, nothing
drifts. False alarms: camera-months with at least one alarm at the specification's settings; at most 1 % is allowed.
Detection: from a moment on other cameras see dusk exposure, a colour cast, blur, or crates for a week, at full strength
and at half; the delay is what passes until the alarm, and the frames of that camera in that time.

Five ways: ours against two weeks of accepted telemetry; ours against 60 scenes of a release, taken on one day with
parcels on the belt, as releases are; and PSI alone against the same two weeks, any signal: the rule of thumb of 0.25 on
every window of five minutes and on every day, and that of 0.1 on every day. The second shows why a camera is
commissioned: no reference of posed scenes holds its nights, its weekends and its empty belt. Ends with status 1 if the
first raises more than 1 % of camera-months. ``--short`` takes 20 camera-months and 4 cameras for each change.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scipy.stats import beta

from benchmarks.field.library import CHANGES, STABLE, Library, read, studio_of, write
from benchmarks.field.months import FRAMES, SLOT_S, SLOTS, START_S, Change, Site
from detection.edge.telemetry import signals
from detection.edge.trust.bundle import open_bundle
from detection.outside import documents, rehearsal
from detection.rules.field.watching.drift import Bounds, Findings, Tally, Yardsticks, watch, yardsticks
from detection.rules.field.watching.sheets import Layout, Sides, apart
from detection.rules.field.watching.tally import DAY_S
from detection.rules.field.watching.windows import bounds
from detection.rules.spec.spec import Spec

T = TypeVar("T")

LEARNT_DAYS, MONTH_DAYS = 14, 30
ONSET = SLOTS * (LEARNT_DAYS + 1) + 120
"""A Tuesday, ten o'clock."""
WATCHED_DAYS = 8
"""From the day before the change."""
RELEASE_SCENES = 60
FIRST_CAMERA, FIRST_CHANGED = 2000, 3000
"""Numbers of simulated cameras on which no setting was tuned."""
RULES_OF_THUMB = {
    "PSI > 0.25, 5 minutes": (SLOT_S, 0.25),
    "PSI > 0.25, day": (DAY_S, 0.25),
    "PSI > 0.1, day": (DAY_S, 0.1),
}
ALLOWED, SURE = 0.01, 0.95
WAYS = ("ours, learnt", "ours, release", *RULES_OF_THUMB)
STRENGTHS = (1.0, 0.5)


@dataclass(frozen=True, slots=True)
class Field:
    """What is simulated, and by which settings it is watched."""

    libraries: dict[str, Library]
    layout: Layout
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class Heard:
    """What one way made of one camera.

    Attributes:
        alarms: in the time before anything changed.
        loud: part of the windows of that time that were in alarm; NaN where that is no figure of the way.
        warnings: incidents that only warned, in the same time.
        delay_s: from the change to the first alarm that rose after it; none without one.
    """

    alarms: int
    loud: float
    warnings: int
    delay_s: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Commissioned:
    """One camera after its two weeks.

    Attributes:
        field: it stands in.
        site: what it will see.
        accepted: telemetry of the two weeks.
        sticks: for the first ways, in their order.
    """

    field: Field
    site: Site
    accepted: Tally
    sticks: tuple[Yardsticks, ...]

    @classmethod
    def of(cls, field: Field, number: int) -> Commissioned:
        """With what it accepted, and with its release alone."""
        site = Site(field.libraries["stable"], field.layout, number)
        accepted, release = site.days(0, LEARNT_DAYS), site.release(RELEASE_SCENES)
        sticks = (yardsticks(release, field.bounds, learnt, SLOT_S) for learnt in (accepted, None))
        return cls(field, site, accepted, tuple(sticks))

    def heard(self, sent: Tally, changed_s: float) -> dict[str, Heard]:
        """What every way makes of what it sent."""
        ours = [_ours(watch(sticks, sent), changed_s) for sticks in self.sticks]
        alone = []
        for length_s, bound in RULES_OF_THUMB.values():
            windows = sent.summed(length_s)
            psi = _furthest(self.field.layout, self.accepted, windows)
            alone.append(_psi_alone(psi > bound, windows.begins_s + length_s, changed_s))
        return dict(zip(WAYS, [*ours, *alone], strict=True))


def unchanged(field: Field, number: int) -> dict[str, Heard]:
    """One camera through a month in which nothing changes."""
    camera = Commissioned.of(field, number)
    return camera.heard(camera.site.days(LEARNT_DAYS, MONTH_DAYS), float("inf"))


def changed(field: Field, number: int) -> dict[str, dict[str, Heard]]:
    """One camera through a week of every change at every strength."""
    camera, stable, heard = Commissioned.of(field, number), field.libraries["stable"], {}
    for change in CHANGES:
        for strength in STRENGTHS:
            world = Change(stable.mixed(field.libraries[change], strength), ONSET)
            sent = camera.site.days(LEARNT_DAYS, WATCHED_DAYS, world)
            heard[f"{change}{'' if strength == 1 else ', half'}"] = camera.heard(sent, START_S + SLOT_S * ONSET)
    return heard


def _ours(findings: Findings, changed_s: float) -> Heard:
    before = [one for one in findings.incidents if one.opened_s <= changed_s]
    alarms = [one for one in before if one.alarmed_s is not None and one.alarmed_s <= changed_s]
    rose = [one.alarmed_s for one in findings.incidents if one.alarmed_s is not None and one.alarmed_s > changed_s]
    return Heard(len(alarms), float("nan"), len(before) - len(alarms), min(rose) - changed_s if rose else None)


def _furthest(layout: Layout, accepted: Tally, sent: Tally) -> NDArray[np.float32]:
    """Largest PSI of every window, over its signals."""
    before = np.concatenate([table.sum(axis=0) for table in accepted.counts.values()])[None].astype(np.float32)
    after = np.concatenate(list(sent.counts.values()), axis=1).astype(np.float32)
    psi, _ = apart(Sides.of(before, layout), Sides.of(after, layout), layout)
    furthest: NDArray[np.float32] = np.nan_to_num(psi).max(axis=1)
    return furthest


def _psi_alone(over: NDArray[np.bool_], ends_s: NDArray[np.int64], changed_s: float) -> Heard:
    """Every window by itself: an alarm begins where the window before was none."""
    fresh, before_it = over & ~np.concatenate([[False], over[:-1]]), ends_s <= changed_s
    rose = ends_s[over & ~before_it]
    delay_s = float(rose[0]) - changed_s if len(rose) else None
    return Heard(int((fresh & before_it).sum()), float(over[before_it].mean()), 0, delay_s)


def each(asked: Callable[[int], T], numbers: Sequence[int], words: str) -> list[T]:
    """Every camera of one question, two at a time."""
    with ProcessPoolExecutor(2) as pool:
        return list(track(pool.map(asked, numbers, chunksize=2), description=words, total=len(numbers)))


def quiet(heard: Sequence[dict[str, Heard]], console: Console) -> bool:
    """Print the false alarms; whether ours are few enough."""
    rows = Table(title=f"{len(heard)} camera-months in which nothing changes", title_justify="left")
    for name in ("", "with an alarm", "of all", "surely below", "alarms a month", "windows in alarm", "only a warning"):
        rows.add_column(name, justify="right" if name else "left")
    shares = {}
    for way in WAYS:
        mine = [one[way] for one in heard]
        loud_months = sum(one.alarms > 0 for one in mine)
        shares[way] = loud_months / len(mine)
        surely = 1.0 if loud_months == len(mine) else float(beta.ppf(SURE, loud_months + 1, len(mine) - loud_months))
        warned = sum(one.alarms == 0 and one.warnings > 0 for one in mine) / len(mine)
        monthly = sum(one.alarms for one in mine) / len(mine)
        loud = float(np.mean([one.loud for one in mine]))
        counted = (f"{loud_months} of {len(mine)}", f"{shares[way]:.1%}", f"{surely:.1%}", f"{monthly:.2f}")
        rows.add_row(way, *counted, *(("–", f"{warned:.1%}") if np.isnan(loud) else (f"{loud:.1%}", "–")))
    console.print(rows)
    return shares[WAYS[0]] <= ALLOWED


def sooner(heard: Mapping[str, Sequence[dict[str, Heard]]], console: Console) -> None:
    """Print the delays."""
    rows = Table(title="from the change to the alarm", title_justify="left")
    for name in (
        "change",
        "way",
        "found",
        "median hours",
        "90 % within",
        "median frames",
        "false alarms the day before",
    ):
        rows.add_column(name, justify="left" if name in {"change", "way"} else "right")
    for change, cameras in heard.items():
        for way in WAYS:
            rows.add_row(change, way, *_delays([one[way] for one in cameras]))
    console.print(rows)


def _delays(heard: Sequence[Heard]) -> tuple[str, ...]:
    delays = np.array([np.inf if one.delay_s is None else one.delay_s for one in heard])
    found = np.isfinite(delays)
    middle, most = np.quantile(delays, [0.5, 0.9], method="higher")
    hours = tuple(f"{value / 3600:.1f}" if np.isfinite(value) else "–" for value in (middle, most))
    frames = f"{middle * FRAMES / SLOT_S:,.0f}" if np.isfinite(middle) else "–"
    before = sum(one.alarms > 0 for one in heard) / len(heard)
    return f"{found.mean():.0%}", *hours, frames, f"{before:.0%} of cameras"


def main() -> int:
    """Render, simulate, print."""
    asked = _asked()
    console = Console()
    field = _field(asked)
    months, cameras = (20, 4) if asked.short else (asked.months, 30)
    began = time.perf_counter()
    kept = quiet(each(partial(unchanged, field), range(FIRST_CAMERA, FIRST_CAMERA + months), "stable"), console)
    heard = each(partial(changed, field), range(FIRST_CHANGED, FIRST_CHANGED + cameras), "changed")
    sooner({change: [one[change] for one in heard] for change in heard[0]}, console)
    console.print(f"simulated and watched in {time.perf_counter() - began:.0f} s")
    return 0 if kept else 1


def _field(asked: argparse.Namespace) -> Field:
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    bundle = open_bundle(asked.bundle)
    kinds = {name: np.array(edges) for name, edges in spec.monitoring.edges.model_dump().items()}
    edges = signals.edges_for(kinds, bundle.manifest.classes)
    none = {name: np.zeros((0, len(one) + 2), np.int64) for name, one in edges.items()}
    layout = Layout.of(Tally(np.zeros(0, object), np.zeros(0, np.int64), np.zeros(0, np.int64), none))
    if asked.library is not None and asked.library.exists():
        libraries = read(asked.library)
    else:
        cameras, scenes = (2, 24) if asked.short else (4, 60)
        studio = studio_of(bundle, rehearsal.world_of(Path()), (cameras, scenes), edges)
        views = studio.views()
        libraries = {name: studio.library(name, one, views) for name, one in {"stable": STABLE, **CHANGES}.items()}
    if asked.library is not None:
        write(asked.library, libraries)
    return Field(libraries, layout, bounds(spec.monitoring))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="False alarms and delays of the monitor.")
    parser.add_argument("--bundle", type=Path, default=Path("export/bundle"))
    parser.add_argument("--months", type=int, default=300)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--library", type=Path, help="keep what was rendered here, and take it from here again")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
