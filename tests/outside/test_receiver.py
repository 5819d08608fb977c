"""The receiver over HTTP: every answer tells a device what to do with its segment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

from detection.outside import receiver
from detection.outside.receiver import PATH, Settings, application
from detection.outside.telemetry import device_keys
from detection.outside.telemetry.device_keys import DeviceKeyError
from detection.outside.telemetry.reading import telemetry_with
from detection.outside.telemetry.stored.store import Store
from tests.examples_telemetry import BUNDLE, EDGES, OTHER_BUNDLE, START, Sent, body, record, remember

CONTENT = "application/x-ndjson"


@dataclass(frozen=True, slots=True)
class Served:
    """A receiver with one device's key."""

    client: TestClient
    store: Store
    keys: Path
    key: str

    def post(self, content: bytes, **headers: str) -> tuple[int, dict[str, object]]:
        """Send as the device does; a header of "" is left out."""
        sent = {"Authorization": f"Bearer {self.key}", "Content-Type": CONTENT} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        answer = self.client.post(PATH, content=content, headers={name: v for name, v in sent.items() if v})
        return answer.status_code, answer.json()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    remember(tmp_path / "store")
    store = Store(tmp_path / "store")
    keys = tmp_path / "keys.json"
    key = device_keys.add(keys, "line-1")
    with TestClient(application(store, Settings(keys, now=lambda: START + timedelta(days=1)))) as client:
        yield Served(client, store, keys, key)
    store.close()


def test_what_is_new_is_stored_and_what_was_there_is_known(served: Served) -> None:
    records = [record(Sent(n)) for n in range(3)]
    assert served.post(body(records[:2])) == (200, {"stored": 2, "known": 0, "refused": []})
    assert served.post(body(records)) == (200, {"stored": 1, "known": 2, "refused": []})
    assert len(served.store) == 3


def test_records_that_come_in_any_order_and_again_count_once(served: Served) -> None:
    """A device that was away sends the newest first, and what nobody acknowledged a second time."""
    records = [record(Sent(number)) for number in range(12)]
    order = np.random.default_rng(3).permutation(24) % 12
    for sent in np.split(order, 6):
        assert served.post(body([records[number] for number in sent]))[0] == 200
    assert len(served.store) == 12
    told = telemetry_with(served.store.folder, BUNDLE, EDGES).minutes()
    assert told.frames.sum() == sum(one.tally.frames for one in records)


@pytest.mark.parametrize(
    ("lines", "status", "stored"),
    [
        pytest.param([Sent(1, bundle=OTHER_BUNDLE)], 404, 1, id="unknown bundle"),
        pytest.param([Sent(0, frames=3)], 409, 1, id="other content"),
        pytest.param([Sent(1, minute=START + timedelta(days=2))], 422, 1, id="clock ahead"),
        pytest.param([Sent(1, bundle=OTHER_BUNDLE), Sent(0, frames=3)], 404, 1, id="what may be taken later decides"),
        pytest.param([Sent(0, device="line-2")], 403, 0, id="another device"),
    ],
)
def test_what_is_refused_does_not_hold_up_the_rest(served: Served, lines: list[Sent], status: int, stored: int) -> None:
    served.post(body([record(Sent(0))]))
    code, said = served.post(body([*(record(sent) for sent in lines), record(Sent(9))]))
    assert (code, said["stored"]) == (status, stored)
    assert said["refused"]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic abc", "Bearer \x7f"])
def test_nobody_without_a_key_is_listened_to(served: Served, header: str) -> None:
    code, _ = served.post(body([record(Sent())]), Authorization=header)
    assert (code, len(served.store)) == (401, 0)


def test_keys_may_come_and_go_while_it_runs(served: Served) -> None:
    assert served.post(body([record(Sent())]))[0] == 200
    device_keys.remove(served.keys, "line-1")
    assert served.post(body([record(Sent())]))[0] == 401
    served.keys.unlink()
    assert served.post(body([record(Sent())]))[0] == 503


def test_a_bundle_may_be_named_while_it_runs(served: Served) -> None:
    one = body([record(Sent(bundle=OTHER_BUNDLE))])
    assert served.post(one)[0] == 404
    known = served.store.recall("a" * 64)
    assert known is not None
    remember(served.store.folder, type(known)(OTHER_BUNDLE, "parcels", 4, known.edges))
    assert served.post(one)[0] == 200


def test_a_body_has_a_limit_announced_or_not(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver, "BODY_BYTES", 1000)
    assert served.post(b"x" * 1001)[0] == 413

    def parts() -> Iterator[bytes]:
        for _ in range(4):
            yield b"x" * 400

    headers = {"Authorization": f"Bearer {served.key}", "Content-Type": CONTENT}
    assert served.client.post(PATH, content=parts(), headers=headers).status_code == 413


@pytest.mark.parametrize(
    "headers",
    [{"Content_Type": "application/json"}, {"Content_Type": ""}, {"Content_Encoding": "gzip"}],
    ids=["other type", "no type", "packed"],
)
def test_only_json_lines_are_read(served: Served, headers: dict[str, str]) -> None:
    assert served.post(body([record(Sent())]), **headers)[0] == 415


def test_a_full_disk_is_said_and_nothing_is_acknowledged(small_disk: Path, tmp_path: Path) -> None:
    remember(small_disk / "store")
    store = Store(small_disk / "store")
    keys = tmp_path / "keys.json"
    key = device_keys.add(keys, "line-1")
    (small_disk / "ballast").write_bytes(bytes(2_040_000))
    with TestClient(application(store, Settings(keys, now=lambda: START + timedelta(days=1)))) as client:
        served = Served(client, store, keys, key)
        many = body([record(Sent(n)) for n in range(100)])
        assert (served.post(many)[0], len(store)) == (507, 0)
        (small_disk / "ballast").unlink()
        assert (served.post(many)[0], len(store)) == (200, 100)
    store.close()


def test_a_receiver_without_keys_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(DeviceKeyError, match="key add"):
        application(Store(tmp_path / "store"), Settings(tmp_path / "keys.json"))


def test_counts_are_told_without_a_key_and_without_names(served: Served) -> None:
    served.post(body([record(Sent(0)), record(Sent(1))]))
    served.post(b"{}")
    said = served.client.get("/metrics").text
    assert "detection_telemetry_records_stored_total 2" in said
    assert 'detection_telemetry_requests_total{status="4xx"} 1' in said
    assert "line-1" not in said
    assert served.client.get("/healthz").text == "ok\n"
