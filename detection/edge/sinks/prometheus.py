"""The run's counts for Prometheus, on this machine alone: ``/metrics``, ``/healthz``, ``/readyz``.

The model's version stands in ``detection_info`` only; no frame and no address is ever a label.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer

from detection.edge.health import STATES
from detection.edge.pulse import LatencyCounts, Pulse
from detection.errors import DetectionError

HOST = "127.0.0.1"
CALLER_S = 2.0
"""A caller has so long to say what it wants; one is served after the other."""

BEAT_MAXIMUM_S = 10.0
"""A loop that did not come round for so long is not well."""


_MEANINGS = {
    "out_of_domain": "Frames outside the validated world.",
    "foreign_size": "Frames of a size that was not validated.",
    "frozen": "Frames while the camera gave the same picture again and again.",
    "covered": "Frames while something was before the lens.",
    "moved": "Frames while the camera pointed elsewhere.",
    "suppressed": "Frames whose detections were held back.",
    "sampled": "Frames kept for review.",
}


class _Server(TCPServer):
    """``HTTPServer`` would ask a name server for its own name, and print a traceback for each caller who left."""

    allow_reuse_address = True

    def handle_error(self, *told: object) -> None:
        """Say nothing: a caller left in the middle of an answer."""


class PrometheusPage:
    """Serves until it is closed."""

    def __init__(self, port: int, pulse: Pulse) -> None:
        """Begin to serve.

        Args:
            port: on 127.0.0.1; 0 takes a free one.
            pulse: what is told.

        Raises:
            DetectionError: the port is taken.
        """
        try:
            self._server = _Server((HOST, port), _handler_of(pulse))
        except OSError as error:
            raise DetectionError(f"--prometheus {port}: {error.strerror or error}; name another port") from error
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, name="prometheus", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=CALLER_S + 1)


def text_of(pulse: Pulse) -> str:
    """The metrics in Prometheus' text format, version 0.0.4."""
    health = pulse.health(time.time())
    said = [
        _metric("info", "gauge", "What runs.", [(_labels(bundle=health.bundle_digest, variant=health.variant), 1)]),
        _plain("frames_total", "counter", "Frames, the failed ones too.", health.frames),
        _plain("frames_failed_total", "counter", "Frames without a sound answer.", health.failed),
        _plain("frames_unsound_total", "counter", "Frames with unsound model output.", health.unsound),
        _plain("frames_dropped_total", "counter", "Frames that a newer one had overtaken.", health.dropped),
        _plain("frames_over_budget_total", "counter", "Frames that took too long.", health.over_budget),
        *(_plain(f"frames_{mark}_total", "counter", _MEANINGS[mark], count) for mark, count in pulse.marks.items()),
        _plain("source_reconnects_total", "counter", "Times that the camera was opened again.", health.reconnects),
        _plain("answers_undelivered_total", "counter", "Answers that a sink gave up.", health.undelivered),
        _metric(
            "source_state", "gauge", "1 for the state that the source is in.",
            [(_labels(state=state), int(health.source == state)) for state in STATES],
        ),
        _plain("start_timestamp_seconds", "gauge", "When the run began.", health.started_at),
        _histogram(pulse.latencies),
    ]  # fmt: skip
    if health.last_frame_at is not None:
        last = health.last_frame_at
        said.append(_plain("last_frame_timestamp_seconds", "gauge", "When a frame was last looked at.", last))
    return "".join(said)


def _plain(name: str, kind: str, meaning: str, value: float) -> str:
    return _metric(name, kind, meaning, [("", value)])


def _metric(name: str, kind: str, meaning: str, samples: Sequence[tuple[str, float]]) -> str:
    lines = [f"# HELP detection_{name} {meaning}\n", f"# TYPE detection_{name} {kind}\n"]
    return "".join([*lines, *(f"detection_{name}{labels} {value!r}\n" for labels, value in samples)])


def _histogram(latencies: LatencyCounts) -> str:
    name, running = "detection_latency_seconds", 0
    lines = [f"# HELP {name} From decoded frame to detections.\n", f"# TYPE {name} histogram\n"]
    for bound, count in zip((*latencies.bounds_ms, float("inf")), latencies.counts, strict=True):
        running += count
        spelled = "+Inf" if bound == float("inf") else repr(bound / 1000)
        lines.append(f'{name}_bucket{{le="{spelled}"}} {running}\n')
    return "".join([*lines, f"{name}_sum {latencies.sum_ms / 1000!r}\n", f"{name}_count {running}\n"])


def _labels(**labels: str) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _handler_of(pulse: Pulse) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = CALLER_S
        server_version = "detection"
        sys_version = ""

        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._say(200, text_of(pulse), "text/plain; version=0.0.4; charset=utf-8")
            elif self.path == "/healthz":
                well = time.monotonic() - pulse.beaten_s < BEAT_MAXIMUM_S
                self._say(200 if well else 503, "ok\n" if well else "the loop stands still\n", "text/plain")
            elif self.path == "/readyz":
                state = pulse.state
                self._say(200 if state == "ok" else 503, f"{state}\n", "text/plain")
            else:
                self._say(404, "there are /metrics, /healthz and /readyz\n", "text/plain")

        def log_message(self, *told: object) -> None:
            """Say nothing: standard error is for faults."""

        def _say(self, status: int, text: str, kind: str) -> None:
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler
