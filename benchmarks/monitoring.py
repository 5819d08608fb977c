"""What watching a fleet costs: a day of 1,000 cameras and 10,000,000 detections, beside Evidently on the same question.

    python -m benchmarks.monitoring [--short] [--cluster] [--peers PYTHON]

The telemetry lies as the receiver left it: Parquet, a row for each camera and minute, and beside each file its sums by
camera and five minutes, which the receiver makes once for each file (timed apart). Ours is everything that
`detection monitor` does with it: read, add up into windows of 5 minutes, an hour and a day, compare every window of
every signal with its camera's own baseline by PSI and Jensen-Shannon, each against its band, and open incidents. (MMD
of all signals at once speaks where telemetry of days was accepted as baseline; here there are scenes of a release.) The
yardsticks (baselines and their bands) are made once for a release and are timed apart. Figure: at most 10 s.

Evidently asks less: PSI of three columns of every camera's raw detections and three of its frames, over one day, with
bins made anew on each call. ``PYTHON`` has it in an environment of its own. It runs for a sample of the cameras, one
report each, and its time is scaled to all; reading its input is not counted. Figure: ours at least 10 times faster.
``--cluster`` adds up the same files by Daft on a Ray cluster of two local nodes: the same numbers. ``--short`` takes a
tenth of the cameras.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from detection.edge.telemetry.counters import COUNTERS
from detection.edge.telemetry.latency import STEPS
from detection.edge.telemetry.signals import FRAME_SIGNALS
from detection.outside.daft import Engine
from detection.outside.telemetry import parquet
from detection.outside.telemetry.columns import TEXTS, Lists, Rows, bins_of
from detection.outside.telemetry.reading import telemetry_with
from detection.outside.telemetry.stored import places
from detection.outside.telemetry.stored.compaction import add_up
from detection.outside.telemetry.stored.known import Known
from detection.outside.telemetry.watched import compared
from detection.rules.field.watching.drift import yardsticks
from detection.rules.field.watching.tally import Tally
from detection.rules.field.watching.windows import bounds
from tests.examples_field import EDGES, MONITORING
from tests.examples_telemetry import remember

CAMERAS, MINUTES, FILE_MINUTES = 1_000, 1_440, 144
DETECTIONS_A_MINUTE = 10_000_000 / (CAMERAS * MINUTES)
FRAMES_A_MINUTE = 4
SCENES, SCENE_FRAMES = 30, 40
DAY_S = 1_781_000_000 // 86_400 * 86_400
BUNDLE = "c" * 64
MOST_S, LEAST_RATIO = 10.0, 10.0
PEER_CAMERAS = 20
SLOT_S = 300.0
BINS = bins_of(EDGES)

CLUSTER = """
import json, sys
from pathlib import Path
from ray.cluster_utils import Cluster
from detection.outside.daft import Engine
from detection.outside.telemetry.reading import telemetry_with
from benchmarks.monitoring import BUNDLE, EDGES, summary
cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
cluster.add_node(num_cpus=1)
told = telemetry_with(Path(sys.argv[1]), BUNDLE, EDGES).windows(300, Engine("ray", cluster.address))
print(summary(told))
"""

PEER = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import numpy as np, pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.metrics import ValueDrift
table = np.load(sys.argv[1])
names = ("score", "box_size", "box_aspect", "brightness", "contrast", "sharpness")
drawn = {name: table[name] for name in names}
begun, cpu = time.perf_counter(), time.process_time()
for camera in range(int(sys.argv[2])):
    for group in (names[:3], names[3:]):
        sides = []
        for side in (0, 1):
            frame = pd.DataFrame({name: drawn[name][side, camera] for name in group})
            sides.append(Dataset.from_pandas(frame, data_definition=DataDefinition(numerical_columns=list(group))))
        report = Report([ValueDrift(column=name, method="psi") for name in group])
        report.run(sides[1], sides[0]).dict()
print(json.dumps([time.perf_counter() - begun, time.process_time() - cpu]))
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds on the wall, and of all processors."""

    wall_s: float
    cpu_s: float


class Stopwatch:
    """Measures from its making."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def spent(self) -> Spent:
        """So far."""
        return Spent(time.perf_counter() - self._wall, time.process_time() - self._cpu)


def shapes(cameras: int, dice: np.random.Generator) -> dict[str, NDArray[np.float64]]:
    """How each camera's signals are distributed, ``(cameras, bins)``; NaN's bin is empty."""
    drawn = {}
    for signal, bins in BINS.items():
        middle = dice.uniform(2, bins - 4, (cameras, 1))
        weights = np.exp(-((np.arange(bins)[None, :] - middle) ** 2) / 4)
        weights[:, -1] = 0
        drawn[signal] = weights / weights.sum(axis=1, keepdims=True)
    return drawn


def counted(
    shape: NDArray[np.float64], signal: str, rows: int, scale: float, dice: np.random.Generator
) -> NDArray[np.int64]:
    """``(cameras * rows, bins)`` counts: a fixed number of frames, a chance number of detections."""
    cameras, bins = shape.shape
    if signal in FRAME_SIGNALS:
        many = np.full(cameras * rows, round(FRAMES_A_MINUTE * scale))
    else:
        classes = sum(name.startswith("score/") for name in BINS)
        mean = DETECTIONS_A_MINUTE * scale / (classes if signal.startswith("score/") else 1)
        many = dice.poisson(mean, cameras * rows)
    return dice.multinomial(many, np.repeat(shape, rows, axis=0)).reshape(-1, bins)


def write_store(store: Path, shape: dict[str, NDArray[np.float64]], dice: np.random.Generator) -> int:
    """A day as compaction leaves it; gives the number of detections."""
    cameras = len(shape["brightness"])
    remember(store, Known(BUNDLE, "fleet", 1, EDGES))
    detections = 0
    for part in range(MINUTES // FILE_MINUTES):
        counts = {s: counted(table, s, FILE_MINUTES, 1, dice).astype(np.int32) for s, table in shape.items()}
        detections += int(counts["box_size"].sum())
        path = store / BUNDLE / places.MINUTES / places.block_name(part * 1000 + 1, (part + 1) * 1000)
        parquet.write(path, rows_of(cameras, part, counts))
    return detections


def rows_of(cameras: int, part: int, counts: dict[str, NDArray[np.int32]]) -> Rows:
    """The rows of one file."""
    rows = cameras * FILE_MINUTES
    names = np.repeat(np.array([f"cam-{number:04d}" for number in range(cameras)], object), FILE_MINUTES)
    minute = DAY_S + 60 * (part * FILE_MINUTES + np.tile(np.arange(FILE_MINUTES), cameras))
    texts = dict.fromkeys(TEXTS, np.full(rows, "0123456789abcdef", object)) | {"camera": names, "device": names}
    counters = {name: np.zeros(rows, np.int32) for name in COUNTERS}
    counters["frames"] = np.full(rows, FRAMES_A_MINUTE, np.int32)
    met = Lists(np.tile(np.array([80, FRAMES_A_MINUTE], np.int32), rows), np.arange(0, 2 * rows + 1, 2, dtype=np.int32))
    sequence = np.arange(rows, dtype=np.int64) + part * rows
    return Rows(texts, sequence, sequence, minute.astype(np.int64), counters, counts, dict.fromkeys(STEPS, met))


def reference(shape: dict[str, NDArray[np.float64]], dice: np.random.Generator) -> Tally:
    """Scenes of every camera, spread over the day."""
    cameras = len(shape["brightness"])
    scale = SCENE_FRAMES / FRAMES_A_MINUTE
    counts = {signal: counted(table, signal, SCENES, scale, dice) for signal, table in shape.items()}
    names = np.repeat(np.array([f"cam-{number:04d}" for number in range(cameras)], object), SCENES)
    hours = np.tile(np.arange(SCENES) % 24 * 3600, cameras).astype(np.int64)
    return Tally(names, hours, np.full(cameras * SCENES, SCENE_FRAMES, np.int64), counts)


def summary(told: Tally) -> str:
    """All numbers of a tally in one line: rows, and weighted sums that no two different tallies share by chance."""
    weights = np.arange(1, len(told) + 1, dtype=np.uint64)
    sums = [int((table.astype(np.uint64).sum(axis=1) * weights).sum()) for table in told.counts.values()]
    columns = [int(table.sum()) for table in told.counts.values()]
    return json.dumps([len(told), sums, columns, int((told.begins_s.astype(np.uint64) * weights).sum())])


def main() -> int:
    """Make the day, watch it, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="a tenth of the cameras")
    parser.add_argument("--cluster", action="store_true", help="add up on two Ray nodes too")
    parser.add_argument("--peers", type=Path, help="interpreter that has evidently")
    asked = parser.parse_args()
    cameras = CAMERAS // 10 if asked.short else CAMERAS
    dice = np.random.default_rng(6)
    with tempfile.TemporaryDirectory() as folder:
        store, shape = Path(folder) / "store", shapes(cameras, dice)
        detections = write_store(store, shape, dice)
        watch = Stopwatch()
        add_up(store / BUNDLE)
        prepared = watch.spent()
        watch = Stopwatch()
        sticks = yardsticks(reference(shape, dice), bounds(MONITORING), slot_s=SLOT_S)
        once = watch.spent()
        told = telemetry_with(store, BUNDLE, EDGES)
        watch = Stopwatch()
        native = told.windows(SLOT_S, Engine())
        summed = watch.spent()
        watch = Stopwatch()
        _, findings = compared(telemetry_with(store, BUNDLE, EDGES), sticks)
        ours = watch.spent()
        same = not asked.cluster or _on_cluster(store) == summary(native)
        peer = None if asked.peers is None else _evidently(Path(folder), cameras, detections, asked.peers)
    windows = sum(len(table) for table in findings.readings)
    print(f"{cameras} cameras, {MINUTES} minutes, {detections} detections; {windows} windows of {len(BINS)} signals")
    print(f"in a world without change: {len(findings.alarms)} alarms, {len(findings.incidents)} incidents")
    table = Table("step", "wall s", "CPU s", "ratio to ours")
    rows = {"sums of 10 files, by the receiver": prepared, "yardsticks, once a release": once}
    rows |= {"read, add up, compare": ours, "of it, read and add up": summed}
    if peer is not None:
        rows["Evidently, scaled to all cameras"] = peer
    for name, spent in rows.items():
        table.add_row(name, f"{spent.wall_s:.2f}", f"{spent.cpu_s:.2f}", f"{spent.cpu_s / ours.cpu_s:.2f}")
    Console().print(table)
    if asked.cluster:
        print("a Ray cluster of two nodes gives the same numbers" if same else "the cluster's numbers DIFFER")
    slow = ours.wall_s > MOST_S or (peer is not None and peer.cpu_s < LEAST_RATIO * ours.cpu_s)
    return int(slow or not same)


def _on_cluster(store: Path) -> str:
    command = [sys.executable, "-c", CLUSTER, str(store)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=1800)
    if done.returncode:
        raise RuntimeError(f"the cluster ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout.splitlines()[-1]


def _evidently(folder: Path, cameras: int, detections: int, python: Path) -> Spent:
    """PSI of six columns of a sample of cameras, one day each; the time of all of them."""
    dice = np.random.default_rng(7)
    a_camera, frames = detections // cameras, FRAMES_A_MINUTE * MINUTES
    columns = {name: dice.beta(4, 2, (2, PEER_CAMERAS, a_camera)) for name in ("score", "box_size", "box_aspect")}
    columns |= {
        name: dice.normal(120, 20, (2, PEER_CAMERAS, frames)) for name in ("brightness", "contrast", "sharpness")
    }
    np.savez(folder / "raw.npz", **columns)  # type: ignore[arg-type]
    command = [str(python), "-c", PEER, str(folder / "raw.npz"), str(PEER_CAMERAS)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={"DO_NOT_TRACK": "1"})
    wall, cpu = json.loads(done.stdout.splitlines()[-1])
    return Spent(wall * cameras / PEER_CAMERAS, cpu * cameras / PEER_CAMERAS)


if __name__ == "__main__":
    sys.exit(main())
