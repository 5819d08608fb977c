"""Telemetry read: the same sums from segments, from arrivals, from Parquet, by numpy, by Daft, and on a cluster."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from detection.edge.telemetry.outbox import Outbox
from detection.edge.telemetry.records import Record
from detection.errors import TelemetryError
from detection.outside.daft import Engine
from detection.outside.telemetry.reading import telemetry_with
from detection.outside.telemetry.stored.compaction import compact
from detection.outside.telemetry.stored.store import Store
from detection.rules.field.watching.tally import Tally
from tests.examples_telemetry import BOOT, BUNDLE, EDGES, START, Sent, numbered, record, remember

ROOT = Path(__file__).parents[3]
CLUSTER = """
import json, sys
from pathlib import Path
import numpy as np
from ray.cluster_utils import Cluster
from detection.outside.daft import Engine
from detection.outside.telemetry.reading import telemetry_with
from tests.examples_telemetry import BUNDLE, EDGES

cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
cluster.add_node(num_cpus=1)
told = telemetry_with(Path(sys.argv[1]), BUNDLE, EDGES).windows(300, Engine("ray", cluster.address))
import ray
print(json.dumps([
    len([node for node in ray.nodes() if node["Alive"]]), told.camera.tolist(), told.begins_s.tolist(),
    {name: column.tolist() for name, column in told.counters.items()},
    {name: table.tolist() for name, table in told.counts.items()},
]))
"""
"""Two nodes of one processor each. Daft takes one engine a process, so the cluster has its own."""


def sample() -> list[Record]:
    """Three cameras, forty minutes, a few minutes in two parts."""
    cameras = [f"cam-{n % 3}" for n in range(150)]
    minutes = [START + timedelta(minutes=n // 3 % 40) for n in range(150)]
    return [record(Sent(n, cameras[n], minutes[n], frames=1 + n % 9)) for n in range(150)]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Half of it as Parquet in two files, half as it arrived."""
    remember(tmp_path / "store")
    opened = Store(tmp_path / "store")
    records = numbered(sample())
    for first, last in ((0, 40), (40, 75)):
        opened.add(records[first:last])
        compact(opened)
    opened.add(records[75:])
    opened.close()
    return tmp_path / "store"


def equal(one: Tally, other: Tally) -> bool:
    """To the last count."""
    return (
        one.camera.tolist() == other.camera.tolist()
        and one.begins_s.tolist() == other.begins_s.tolist()
        and one.frames.tolist() == other.frames.tolist()
        and all(np.array_equal(one.counters[name], other.counters[name]) for name in one.counters)
        and all(np.array_equal(one.counts[name], other.counts[name]) for name in EDGES)
    )


def test_a_store_and_the_segments_of_a_device_say_the_same(store: Path, tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "segments", BOOT)
    for one in sample():
        outbox.put(one)
    assert outbox.flush()
    there, here = (telemetry_with(folder, BUNDLE, EDGES) for folder in (store, tmp_path / "segments"))
    assert (len(there.blocks), len(there.records), len(here.records)) == (2, 75, 150)
    assert equal(there.minutes(), here.minutes())
    assert len(there.minutes()) == 120
    assert equal(there.minutes(length_s=300), here.minutes().summed(300))
    assert (there.cameras, there.variants) == (here.cameras, here.variants) == (("cam-0", "cam-1", "cam-2"), ("fp32",))
    for camera, counts in there.latencies().items():
        assert np.array_equal(counts, here.latencies()[camera])


def test_cameras_can_be_read_a_part_at_a_time(store: Path) -> None:
    told = telemetry_with(store, BUNDLE, EDGES)
    whole = told.minutes()
    assert equal(told.minutes("cam-1", "cam-1"), whole.of("cam-1"))
    assert set(told.minutes("cam-1").camera) == {"cam-1", "cam-2"}


def test_daft_adds_up_as_numpy_does(store: Path) -> None:
    told = telemetry_with(store, BUNDLE, EDGES)
    for length_s in (60, 300, 86400):
        assert equal(told.windows(length_s, Engine()), told.minutes().summed(length_s))


def test_nothing_told_is_no_all_clear(store: Path, tmp_path: Path) -> None:
    with pytest.raises(TelemetryError, match="no device has told anything under this bundle"):
        telemetry_with(store, "f" * 64, EDGES)
    (tmp_path / "empty").mkdir()
    with pytest.raises(TelemetryError, match="holds no record"):
        telemetry_with(tmp_path / "empty", BUNDLE, EDGES)


@pytest.mark.slow
def test_a_cluster_of_two_nodes_gives_the_same_numbers(store: Path) -> None:
    command = [sys.executable, "-c", CLUSTER, str(store)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    nodes, camera, begins_s, counters, counts = json.loads(done.stdout.splitlines()[-1])
    here = telemetry_with(store, BUNDLE, EDGES).minutes(length_s=300)
    assert (nodes, camera, begins_s) == (2, here.camera.tolist(), here.begins_s.tolist())
    assert counters == {name: column.tolist() for name, column in here.counters.items()}
    assert counts == {name: table.tolist() for name, table in here.counts.items()}
