"""Telemetry by HTTP: who sends is known by a key, what is sent is checked, what is acknowledged is on the disk.

A request is a device's segment: JSON lines. Sound lines are stored even where others are refused; sending again what
was stored changes nothing. So a device may always send again, and must, until it has an answer.

    200  all of it is stored, or was                     remove the segment
    400, 409, 413, 415, 422  some lines are refused      set the segment aside: it will never be taken
    401, 403, 404, 408, 429, 5xx                         keep it, wait, send it again

404 is a bundle that nobody has named here yet, 403 a key used for another device's records (nothing is stored), 507 a
full disk.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from detection.errors import DetectionError, TelemetryError
from detection.outside.files import DiskError
from detection.outside.telemetry import device_keys, intake
from detection.outside.telemetry.device_keys import DeviceKeyError, DeviceKeys
from detection.outside.telemetry.intake import Kind, Refusal
from detection.outside.telemetry.record_schema import RECORDS
from detection.outside.telemetry.stored.compaction import compact
from detection.outside.telemetry.stored.store import Store

BODY_BYTES = 16_000_000
BODY_S = 20.0
"""A request's body has so long to arrive."""
REQUESTS = 64
"""So many at once; one more is told to come back."""
PATH = "/v1/records"

_LOG = logging.getLogger(__name__)
_STATUS = {Kind.FOREIGN: 403, Kind.UNKNOWN_BUNDLE: 404, Kind.CONFLICT: 409, Kind.MALFORMED: 422}
"""Of several refusals the first of these decides: a device must not give up what may be taken later."""
_ANSWERS = {
    200: "all records are on the disk",
    400: "the body did not arrive whole",
    401: "no key, or nobody's",
    403: "the key is another device's; nothing was stored",
    404: "a bundle is not known here yet; all other records were stored",
    408: "the body took too long",
    409: "another record is called so; all others were stored",
    413: "the body is too long",
    415: "the body is not JSON lines, or is packed",
    422: "records are refused; all others were stored",
    503: "too busy",
    507: "the disk is full",
}


def _now() -> datetime:
    return datetime.now(timezone.utc)


@dataclass(frozen=True, slots=True)
class Settings:
    """How a receiver is run.

    Attributes:
        keys: file of the devices' keys; read again when it changes.
        compact_s: arrivals become Parquet so often.
        now: the clock that finds devices whose own runs ahead.
    """

    keys: Path
    compact_s: float = 60.0
    now: Callable[[], datetime] = _now


@dataclass(slots=True)
class _Watch:
    """Counts for ``/metrics``; and the keys, as new as their file."""

    keys: Path
    counts: Counter[str] = field(default_factory=Counter)
    _read: DeviceKeys = field(default_factory=lambda: DeviceKeys({}))
    _stamp: tuple[int, int] = (0, 0)

    def device_of(self, header: str) -> str | None:
        """Whose key a request shows."""
        found = self.keys.stat()
        if (found.st_mtime_ns, found.st_ino) != self._stamp:
            self._read, self._stamp = device_keys.read(self.keys), (found.st_mtime_ns, found.st_ino)
        scheme, _, key = header.partition(" ")
        return self._read.device_of(key.strip()) if scheme.lower() == "bearer" else None


def application(store: Store, settings: Settings) -> FastAPI:
    """The receiver as an ASGI application over an open store.

    Raises:
        DeviceKeyError: the file of keys is missing, or none.
    """
    device_keys.read(settings.keys)
    watch = _Watch(settings.keys)
    app = FastAPI(
        title="telemetry receiver", docs_url=None, redoc_url=None, lifespan=_compacting(store, settings.compact_s)
    )

    @app.post(PATH, openapi_extra=_REQUEST, responses={code: {"description": said} for code, said in _ANSWERS.items()})
    async def receive(request: Request) -> Response:
        """Store a segment's records."""
        answer = await _receive(request, store, settings, watch)
        watch.counts[f"requests_{answer.status_code // 100}xx"] += 1
        return answer

    @app.get("/healthz", response_class=PlainTextResponse)
    def healthz() -> str:
        """The process lives."""
        return "ok\n"

    @app.get("/metrics", response_class=PlainTextResponse)
    def metrics() -> str:
        """Counts, as Prometheus reads them."""
        return _metrics(store, watch)

    return app


def serve(app: FastAPI, host: str, port: int, certificate: Path | None = None, private_key: Path | None = None) -> None:
    """Answer until the process is told to stop."""
    uvicorn.run(
        app, host=host, port=port, log_level="warning", access_log=False, server_header=False, timeout_keep_alive=75,
        timeout_graceful_shutdown=10, limit_concurrency=REQUESTS, h11_max_incomplete_event_size=16_384,
        ssl_certfile=certificate, ssl_keyfile=private_key,
    )  # fmt: skip


async def _receive(request: Request, store: Store, settings: Settings, watch: _Watch) -> Response:
    try:
        device = watch.device_of(request.headers.get("authorization", ""))
    except (OSError, DeviceKeyError) as error:
        _LOG.warning("%s", error)
        return _refused(503, "the receiver cannot read its keys now; send it again later")
    if device is None:
        return _refused(401, "show the device's key: Authorization: Bearer KEY")
    if request.headers.get("content-encoding", "identity") != "identity":
        return _refused(415, "the body is packed; send it as it is")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-ndjson":
        return _refused(415, "send a segment as it is, as application/x-ndjson")
    body = await _body(request)
    if isinstance(body, Response):
        return body
    return await run_in_threadpool(_take, body, device, store, settings.now(), watch)


async def _body(request: Request) -> bytes | Response:
    """The body, or the answer to one that is too long, too slow or torn."""
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > BODY_BYTES:
        return _refused(413, f"the body is announced with {length[:20]} bytes; expected at most {BODY_BYTES}")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > BODY_BYTES:
                    return _refused(413, f"the body is longer than {BODY_BYTES} bytes; send fewer lines at a time")
    except TimeoutError:
        return _refused(408, f"the body took more than {BODY_S:g} s; send it again")
    return bytes(body)


def _take(body: bytes, device: str, store: Store, now: datetime, watch: _Watch) -> Response:
    delivery = intake.check(body, device, store.recall, now)
    try:
        added = store.add(delivery.records)
    except DiskError as error:
        _LOG.error("%s", error)
        return _refused(507, "the receiver's disk is full or refuses; send it again later")
    except (OSError, TelemetryError) as error:
        _LOG.error("%s", error)
        return _refused(503, "the receiver cannot read its store; send it again later")
    refusals = (*delivery.refusals, *added.refusals)
    watch.counts["stored"] += added.stored
    watch.counts["known"] += added.known
    watch.counts["refused"] += len(refusals)
    kinds = {refusal.kind for refusal in refusals}
    status = next((status for kind, status in _STATUS.items() if kind in kinds), 200)
    return _answer(status, added.stored, added.known, refusals)


def _answer(status: int, stored: int, known: int, refusals: tuple[Refusal, ...]) -> Response:
    listed = [{"line": refusal.line, "kind": refusal.kind.value, "reason": refusal.reason} for refusal in refusals]
    return JSONResponse({"stored": stored, "known": known, "refused": listed}, status)


def _refused(status: int, reason: str) -> Response:
    return JSONResponse(
        {"stored": 0, "known": 0, "refused": [{"line": 0, "kind": "request", "reason": reason}]}, status
    )


def _compacting(store: Store, every_s: float) -> Callable[[FastAPI], Any]:
    """A thread that turns arrivals into Parquet while the application runs, and once more when it ends."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        over = threading.Event()
        thread = threading.Thread(target=_compact_until, args=(store, every_s, over), daemon=True)
        thread.start()
        yield
        over.set()
        await run_in_threadpool(thread.join)

    return lifespan


def _compact_until(store: Store, every_s: float, over: threading.Event) -> None:
    while not over.wait(every_s):
        try:
            compact(store)
        except (DetectionError, OSError) as error:
            _LOG.error("%s; telemetry is still taken in", error)


def _metrics(store: Store, watch: _Watch) -> str:
    lines = []
    for name in ("stored", "known", "refused"):
        lines += [
            f"# TYPE detection_telemetry_records_{name}_total counter",
            f"detection_telemetry_records_{name}_total {watch.counts[name]}",
        ]
    lines.append("# TYPE detection_telemetry_requests_total counter")
    for kind in ("2xx", "4xx", "5xx"):
        lines.append(f'detection_telemetry_requests_total{{status="{kind}"}} {watch.counts[f"requests_{kind}"]}')
    lines += ["# TYPE detection_telemetry_waiting gauge", f"detection_telemetry_waiting {store.waiting}"]
    return "\n".join(lines) + "\n"


_REQUEST: dict[str, Any] = {
    "security": [{"key": []}],
    "requestBody": {"required": True, "content": {"application/x-ndjson": {"schema": RECORDS}}},
}
