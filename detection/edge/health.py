"""The health file: how a run of the device's program is doing, written about once a second for whoever watches it.

Standard library alone: an installer reads it with the system's Python. The file is replaced as a whole, never synced:
after a power cut there is no run that it could speak of.
"""

from __future__ import annotations

import dataclasses
import json
import os
from dataclasses import dataclass
from pathlib import Path

from detection.edge import checked
from detection.edge.trust.verify import plain_bytes
from detection.errors import BundleError, DetectionError

FORMAT = 1
STATES = ("ok", "waiting", "stalled", "ended")
"""What the source does: gives frames; owes none yet; is a camera that should give frames and does not; is read out."""

_MAXIMUM_BYTES = 65_536
_DIGEST = r"[0-9a-f]{64}"
_STATE = "|".join(STATES)
_COUNTS = ("frames", "failed", "unsound", "dropped", "over_budget", "reconnects", "undelivered")
_MAYBE = ("p50_ms", "p95_ms", "p99_ms", "last_frame_at")


@dataclass(frozen=True, slots=True)
class Health:
    """One heartbeat.

    Attributes:
        pid: of the process.
        started_at: seconds since 1970 (UTC), when the run began.
        beat_at: seconds since 1970 (UTC), when this was written.
        frames: frames so far, the failed ones too.
        failed: of them without a sound answer: unreadable, or the model's output was unsound.
        unsound: of the failed, those whose model output held values that are no detections.
        dropped: frames of a live source that nobody looked at, because a newer one had come.
        over_budget: frames that took longer than ``--budget-ms``.
        reconnects: times that a camera was opened again.
        undelivered: answers that a sink had to give up.
        p50_ms: from decoded frame to detections, over the last frames; None before the first.
        p95_ms: likewise.
        p99_ms: likewise.
        last_frame_at: seconds since 1970 (UTC), when the last frame was looked at; None before the first.
        source: one of :data:`STATES`.
        bundle_digest: SHA-256 of the manifest that runs.
        variant: which model variant looks.
    """

    pid: int
    started_at: float
    beat_at: float
    frames: int
    failed: int
    unsound: int
    dropped: int
    over_budget: int
    reconnects: int
    undelivered: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    last_frame_at: float | None
    source: str
    bundle_digest: str
    variant: str


def write_health(path: Path, health: Health) -> None:
    """Replace the health file.

    Raises:
        OSError: the disk refuses; the old file stays.
    """
    text = json.dumps({"format": FORMAT, **dataclasses.asdict(health)}, sort_keys=True, allow_nan=False)
    temporary = path.with_name(path.name + ".part")
    try:
        _fill(temporary, (text + "\n").encode())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def read_health(path: Path) -> Health | None:
    """The last heartbeat; None if there is none, or if what lies there is none."""
    try:
        return _health(checked.parse(plain_bytes(path, _MAXIMUM_BYTES), str(path)), str(path))
    except (OSError, BundleError):
        return None


def require_place(path: Path) -> None:
    """Refuse a health file that cannot be written, before the run begins; an older run's file is removed.

    Raises:
        DetectionError: its folder is missing or refuses.
    """
    try:
        _fill(path.with_name(path.name + ".part"), b"")
        path.with_name(path.name + ".part").unlink()
        path.unlink(missing_ok=True)
    except OSError as error:
        raise DetectionError(f"{path}: cannot be written ({error.strerror or error}); name another file") from error


def _fill(path: Path, content: bytes) -> None:
    """Write a file; one that somebody linked elsewhere, in a folder that others may write to, is refused."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o644), "wb") as stream:
        stream.write(content)


def _health(value: object, where: str) -> Health:
    fields = checked.Fields(value, where, ("format", *(field.name for field in dataclasses.fields(Health))))
    fields.whole("format", FORMAT, FORMAT)
    counts = [fields.whole(name, 0, 2**53) for name in _COUNTS]
    times = [_maybe(fields, name) for name in _MAYBE]
    said = (fields.text("source", _STATE), fields.text("bundle_digest", _DIGEST), fields.text("variant"))
    begun, beaten = (fields.number(name, 0, 1e11) for name in ("started_at", "beat_at"))
    return Health(fields.whole("pid", 1, 2**31), begun, beaten, *counts, *times, *said)  # type: ignore[call-arg,arg-type]


def _maybe(fields: checked.Fields, name: str) -> float | None:
    return None if fields.any(name) is None else fields.number(name, 0, 1e11)
