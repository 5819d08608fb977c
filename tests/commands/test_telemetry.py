"""``detection telemetry``: keys, bundles, what has arrived, and who may listen beyond this machine."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from detection.cli import call
from detection.errors import DetectionError
from detection.outside.telemetry import device_keys
from detection.outside.telemetry.stored.compaction import compact
from detection.outside.telemetry.stored.store import Store
from tests.examples_field import write_watched_bundle
from tests.examples_telemetry import KNOWN, Sent, numbered, record, remember


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_key_is_printed_once_or_written_for_its_owner(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(["telemetry", "key", "add", "line-1"])
    key = capsys.readouterr().out.strip()
    call(["telemetry", "key", "add", "line-2", "--out", "line-2.key"])
    keys = device_keys.read(here / "telemetry-keys.json")
    assert keys.device_of(key) == "line-1"
    assert keys.device_of((here / "line-2.key").read_text().strip()) == "line-2"
    assert stat.S_IMODE((here / "line-2.key").stat().st_mode) == 0o600
    capsys.readouterr()
    call(["telemetry", "key", "remove", "line-1"])
    call(["telemetry", "key", "list"])
    assert capsys.readouterr().out.splitlines()[1:] == ["line-2"]


def test_a_key_is_not_written_over_another_file(here: Path) -> None:
    (here / "line-1.key").write_text("mine")
    with pytest.raises(DetectionError, match="never written over"):
        call(["telemetry", "key", "add", "line-1", "--out", "line-1.key"])
    assert not (here / "telemetry-keys.json").exists()


def test_what_has_arrived_is_told_by_device(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    remember(here / "telemetry-store")
    store = Store(here / "telemetry-store")
    store.add(numbered([record(Sent(n, camera=f"cam-{n % 2}")) for n in range(4)]))
    compact(store)
    store.add(numbered([record(Sent(0, device="line-2"))]))
    call(["telemetry", "list"])
    said = " ".join(capsys.readouterr().out.split())
    for part in (f"{KNOWN.name} {KNOWN.counter}", "line-1 │ 2 │ 4 │ 2026-06-01 08:00 │", "5 records, 1 of them"):
        assert part in said


def test_a_bundle_is_known_once_it_is_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = write_watched_bundle(here / "bundle", scenes=1)
    call(["telemetry", "know", "bundle", "--store", "s"])
    assert bundle.digest[:12] in capsys.readouterr().out
    known = Store(here / "s").recall(bundle.digest)
    assert known is not None
    assert list(known.edges) == list(bundle.reference().edges)


def test_no_store_is_said(here: Path) -> None:
    with pytest.raises(DetectionError, match="is no store"):
        call(["telemetry", "list", "--store", "nowhere"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["--host", "0.0.0.0"], "in the open", id="beyond this machine without https"),
        pytest.param(["--host", "example"], "in the open", id="a name may be anywhere"),
        pytest.param(["--certificate", "a.pem"], "go together", id="half of a certificate"),
        pytest.param(["--certificate", "a.pem", "--private-key", "b.pem"], "no such file", id="no such certificate"),
        pytest.param([], "key add", id="no keys"),
        pytest.param(["--bundle", "nothing"], "nothing", id="no such bundle"),
    ],
)
def test_a_receiver_that_cannot_be_trusted_does_not_start(here: Path, options: list[str], said: str) -> None:
    with pytest.raises(DetectionError, match=said):
        call(["telemetry", "receive", *options])
