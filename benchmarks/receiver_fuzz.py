"""Requests that are almost right, by the thousand: how often does the receiver fail, instead of answering?

    python -m benchmarks.receiver_fuzz [--requests N]

Schemathesis reads the receiver's own description and makes requests that follow it and requests that break it; half
of all are sound records that were damaged in one place, so that every check behind the first is met too. All go to the
real application over a real store, with a device's key or without. Figure: no status of 500 and above, and no record in
the store but those that were sound, in 20,000 requests.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core import NotSet

from detection.outside.receiver import PATH, Settings, application
from detection.outside.telemetry import device_keys
from detection.outside.telemetry.stored.store import Store
from tests.examples_telemetry import BUNDLE, EDGES, OTHER_BUNDLE, Sent, record, remember

REQUESTS = 20_000
DAMAGED_SHARE = 0.5
CONTENT = "application/x-ndjson"
VALUES: tuple[object, ...] = (
    None, True, -1, 0, 1, 2**31, 2**53, 2**63, 2**70, 1.5, -0.0, 1e308, "", "x", "../..", "\x00", "\ud800",
    "2026-13-01", [], [[]], [-1], [0] * 5, [[0, 1]], [[165, 1]], [[166, 1]], {}, {"a": 1}, "<script>alert(1)</script>",
)  # fmt: skip


def lines(ctx: Any, value: Any) -> bytes:
    """A list is a line for each member; all else stands as it is."""
    rows = value if isinstance(value, list) else [value]
    return b"".join(json.dumps(row).encode("ascii", "replace") + b"\n" for row in rows)


schemathesis.serializer(CONTENT)(lines)


@dataclass(slots=True)
class Tried:
    """What the receiver said.

    Attributes:
        statuses: how often each.
        failures: requests that it failed at.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def note(self, status: int, body: bytes) -> None:
        """One answer."""
        self.statuses[status] += 1
        if status >= 500:
            self.failures.append(f"{status}: {body[:300]!r}")


def described(client: TestClient, key: str, requests: int) -> Tried:
    """Requests made from the description, those that follow it and those that do not."""
    tried = Tried()
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        operation = schemathesis.openapi.from_dict(_smaller(client.get("/openapi.json").json()))[PATH]["POST"]
        dice = random.Random(mode.value)

        def send(case: Any) -> None:
            body = b"" if isinstance(case.body, NotSet) else lines(None, case.body)
            headers = {"Content-Type": CONTENT if dice.random() < 0.97 else "text/plain"}  # noqa: B023
            if dice.random() < 0.97:  # noqa: B023
                headers["Authorization"] = f"Bearer {key}"
            tried.note(client.post(PATH, content=body, headers=headers).status_code, body)

        chosen = settings(
            max_examples=requests // 2, deadline=None, database=None, phases=[Phase.generate], derandomize=True,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        chosen(given(case=operation.as_strategy(generation_mode=mode))(send))()
    return tried


def _smaller(description: dict[str, Any]) -> dict[str, Any]:
    """The description with shorter lists, for making long ones takes the time, and with names that are known here."""
    body = description["paths"][PATH]["post"]["requestBody"]["content"][CONTENT]["schema"]
    body["maxItems"] = 2
    properties = body["items"]["properties"]
    properties["device"] = {"enum": ["line-1", "line-1", "line-2"]}
    properties["bundle"] = {"enum": [BUNDLE, OTHER_BUNDLE]}
    five = {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 3}, "minItems": 5, "maxItems": 5}
    counts = dict.fromkeys(EDGES, five)
    properties["counts"] |= {"properties": counts, "required": list(counts), "additionalProperties": False}
    for met in properties["latency"]["properties"].values():
        met["maxItems"] = 1
    return description


def damaged(dice: random.Random, number: int) -> bytes:
    """A sound record with one value put in another's place, or some bytes changed."""
    line = record(Sent(number % 50, boot=f"{number:016x}")).to_line().encode()
    if dice.random() < 0.3:
        content = bytearray(line)
        for _ in range(dice.randint(1, 4)):
            content[dice.randrange(len(content) - 1)] = dice.randrange(256)
        return bytes(content)
    value = json.loads(line)
    place = value
    while True:
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        key = dice.choice(list(keys))
        if not isinstance(place[key], dict | list) or not place[key] or dice.random() < 0.3:
            break
        place = place[key]
    if isinstance(place, dict) and dice.random() < 0.2:
        del place[key]
    else:
        place[key] = dice.choice(VALUES)
    return json.dumps(value).encode() + b"\n"


def main() -> int:
    """Try, count, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    requests = parser.parse_args().requests
    tried = fuzz(requests)
    for status, many in sorted(tried.statuses.items()):
        print(f"{status}: {many}")
    for failure in tried.failures[:20]:
        print(failure)
    print(f"{tried.statuses.total()} requests, {len(tried.failures)} server errors")
    return int(bool(tried.failures))


def fuzz(requests: int) -> Tried:
    """So many requests to a receiver of its own."""
    with tempfile.TemporaryDirectory() as folder:
        store_folder, keys = Path(folder) / "store", Path(folder) / "keys.json"
        remember(store_folder)
        store, key = Store(store_folder), device_keys.add(keys, "line-1")
        app = application(store, Settings(keys))
        with TestClient(app, raise_server_exceptions=False) as client:
            many = round(requests * DAMAGED_SHARE)
            tried = described(client, key, requests - many)
            for body in _damaged(many):
                headers = {"Content-Type": CONTENT, "Authorization": f"Bearer {key}"}
                tried.note(client.post(PATH, content=body, headers=headers).status_code, body)
            assert client.post(PATH, content=record(Sent(7)).to_line().encode(), headers=headers).status_code == 200
        store.close()
        Store(store_folder).close()
    return tried


def _damaged(many: int) -> Iterator[bytes]:
    dice = random.Random(6)
    for number in range(many):
        yield damaged(dice, number)


if __name__ == "__main__":
    sys.exit(main())
