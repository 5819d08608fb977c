"""The real MLflow: a SQLite file, and a server that goes away in the middle."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from detection.outside.mlflow.client import TrackerError, connect
from detection.outside.mlflow.mirror import MlflowMirror
from detection.outside.mlflow.runs import RECORD, MlflowRuns
from detection.outside.tracking import runs
from detection.rules.evidence.lineage import Digest
from detection.rules.tracking.mirror import Mirrored, Tag, differences
from detection.rules.tracking.runs import Point, RunRecord, Setting

pytestmark = pytest.mark.slow

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A SQLite store that MLflow has made; making one takes seconds."""
    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    connect(f"sqlite:///{path}").search_experiments()
    return f"sqlite:///{path}"


@contextmanager
def serving(folder: Path, port: int) -> Iterator[str]:
    """MLflow's own server on loopback, as facts have it: one worker, no jobs."""
    environment = os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    words = ["--backend-store-uri", f"sqlite:///{folder}/server.db", "--artifacts-destination", str(folder / "kept")]
    words += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    with (folder / "server.log").open("a") as log:
        server = subprocess.Popen(
            [Path(sys.executable).parent / "mlflow", "server", *words],
            env=environment, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            _wait(f"http://127.0.0.1:{port}/health", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert server.poll() is None, "the server left"
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server never answered")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def record(number: int = 1) -> RunRecord:
    facts = (Setting("verdict", "PASS"), Setting("commit", "abcdef0123"), Setting("data", "d" * 64))
    points = (Point("int8/golden/recall", 0, 0.9), Point("train/loss", 1, 2.0), Point("train/loss", 2, 1.0))
    settings = tuple(Setting(f"train.p{at:03}", str(at)) for at in range(150))
    return RunRecord(f"parcels-{number}", settings, points, facts, (Digest("data/gate/verdict.json", EMPTY),))


def workspace(root: Path) -> Path:
    (root / "data/gate").mkdir(parents=True)
    (root / "data/gate/verdict.json").write_bytes(b"")
    return root


def mirrors(count: int) -> tuple[Mirrored, ...]:
    tags = [(Tag("digest", f"{at:064x}"), Tag("verdict", "PASS"), Tag("version", f"0.{at}.0")) for at in range(count)]
    aliases = [("line-1_prod",) if at == count - 1 else () for at in range(count)]
    return tuple(Mirrored("parcels", f"{at:064x}", tags[at], aliases[at]) for at in range(count))


def test_a_run_is_told_once_with_every_parameter_figure_curve_and_file(address: str, tmp_path: Path) -> None:
    root, client = workspace(tmp_path), connect(address)
    runs.put(record(), root)
    runs.put(record(), root)
    (told,) = runs.tell(MlflowRuns(client, address), root)
    assert not runs.waiting(root)
    run = client.get_run(told.run)
    assert len(run.data.params) == 150
    assert run.data.metrics == {"int8/golden/recall": 0.9, "train/loss": 1.0}
    assert [one.value for one in client.get_metric_history(told.run, "train/loss")] == [2.0, 1.0]
    assert run.data.tags["detection.data"] == "d" * 64
    assert [one.path for one in client.list_artifacts(told.run, "data/gate")] == ["data/gate/verdict.json"]
    runs.put(record(), root)
    (again,) = runs.tell(MlflowRuns(client, address), root)
    assert again.run == told.run


def test_what_an_interrupted_sending_left_is_replaced(address: str, tmp_path: Path) -> None:
    """A run that was cut in the middle is no run: it is told anew, whole, and stays one."""
    client, told = connect(address), record(2)
    experiment = client.create_experiment(told.experiment)
    half = client.create_run(experiment, tags={RECORD: told.digest}).info.run_id
    run = MlflowRuns(client, address).send(told, workspace(tmp_path))
    assert run != half
    found = client.search_runs([experiment])
    assert [one.info.run_id for one in found] == [run]


def test_what_was_changed_while_it_waited_is_not_told(address: str, tmp_path: Path) -> None:
    root = workspace(tmp_path)
    place = runs.put(record(3), root)
    (place / "data/gate/verdict.json").write_bytes(b"PASS!")
    with pytest.raises(Exception, match="was changed while it waited"):
        list(runs.tell(MlflowRuns(connect(address), address), root))
    assert runs.waiting(root) == [place]


def test_a_rebuilt_mirror_equals_the_truth(address: str) -> None:
    client = connect(address)
    mirror, wanted = MlflowMirror(client, address, "registry-a"), mirrors(3)
    assert mirror.write(wanted) == 3
    assert differences(wanted, mirror.read()) == ()
    assert mirror.write(wanted) == 0, "a mirror that is right is not touched"
    moved = (replace(wanted[0], aliases=("line-1_prod",)), wanted[1], replace(wanted[2], aliases=()))
    assert mirror.write(moved) == 2
    assert differences(moved, mirror.read()) == ()
    client.set_model_version_tag("parcels", "1", "detection.verdict", "FAIL")
    client.delete_registered_model_alias("parcels", "line-1_prod")
    assert differences(moved, mirror.read()), "an edited mirror is found"
    mirror.clear()
    assert mirror.write(moved) == 3
    assert differences(moved, mirror.read()) == ()
    assert mirror.write(moved[:1]) == 2, "what the registry does not have leaves the mirror"
    mirror.clear()


def test_a_model_that_is_not_our_mirror_is_left_alone(address: str) -> None:
    client = connect(address)
    client.create_registered_model("theirs")
    foreign = (replace(mirrors(1)[0], model="theirs"),)
    with pytest.raises(TrackerError, match="is no mirror of this registry"):
        MlflowMirror(client, address, "registry-b").write(foreign)
    assert client.get_registered_model("theirs").latest_versions == []


def test_a_server_that_goes_away_loses_nothing_and_is_told_later(tmp_path: Path) -> None:
    """Killed between two runs: the second waits, the mirror catches up when the server is back."""
    root, port = workspace(tmp_path), free_port()
    with serving(tmp_path, port) as address:
        runs.put(record(1), root)
        assert len(list(runs.tell(MlflowRuns(connect(address), address), root))) == 1
        mirror = MlflowMirror(connect(address), address, "registry-c")
        assert mirror.write(mirrors(1)) == 1
    runs.put(record(2), root)
    with pytest.raises(TrackerError, match="detection registry mirror"):
        list(runs.tell(MlflowRuns(connect(address), address), root))
    with pytest.raises(TrackerError, match="nothing is lost"):
        mirror.write(mirrors(2))
    assert len(runs.waiting(root)) == 1
    with serving(tmp_path, port):
        assert len(list(runs.tell(MlflowRuns(connect(address), address), root))) == 1
        assert mirror.write(mirrors(2)) == 2
        assert differences(mirrors(2), mirror.read()) == ()
    assert not runs.waiting(root)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        pytest.param("ftp://host/x", "expected sqlite", id="kind"),
        pytest.param("https://me:secret@host", "holds a password", id="password"),
        pytest.param("sqlite:////dev/null/mlflow.db", "the tracker failed", id="place"),
    ],
)
def test_an_address_that_is_none_is_one_clear_error(said: str, words: str) -> None:
    with pytest.raises(TrackerError, match=words) as refused:
        MlflowRuns(connect(said), said).find(record())
    assert "secret" not in str(refused.value)
