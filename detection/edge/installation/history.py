"""``history.jsonl``: what happened to a device, one line each, only ever added to."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timezone

from detection.edge.installation import disk
from detection.edge.installation.slots import Root

EVENTS = ("switched", "kept", "went back", "rolled back", "failed")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Attributes:
        at: when, by the device's clock, which may have been wrong; ISO 8601, UTC.
        what: one of :data:`EVENTS`.
        counter: of the release it happened to.
        digest: SHA-256 of its manifest.
        said: why, in a sentence.
    """

    at: str
    what: str
    counter: int
    digest: str
    said: str


def now() -> str:
    """The time, to the second, UTC."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def record(root: Root, event: Event) -> bool:
    """Add a line and sync it. The state file is the truth, so a disk that refuses a line here stops nothing.

    Returns:
        Whether it was written.
    """
    line = json.dumps(asdict(event), sort_keys=True, ensure_ascii=True).encode() + b"\n"
    try:
        disk.append(root.history, (b"" if _ends_whole(root) else b"\n") + line)
    except OSError:
        return False
    return True


def read(root: Root) -> list[Event]:
    """All events, oldest first; a line that a power cut tore is left out."""
    try:
        lines = root.history.read_bytes().splitlines()
    except OSError:
        return []
    return [event for line in lines if (event := _event(line))]


def _event(line: bytes) -> Event | None:
    try:
        value = json.loads(line)
        event = Event(**value)
    except (ValueError, TypeError):
        return None
    return event if event.what in EVENTS else None


def _ends_whole(root: Root) -> bool:
    try:
        with root.history.open("rb") as stream:
            if stream.seek(0, 2) == 0:
                return True
            stream.seek(-1, 2)
            return stream.read(1) == b"\n"
    except OSError:
        return True
