"""A queue's folder: written whole or not at all, never changed, and checked whenever it is read."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from detection.errors import FaultsError
from detection.outside import files
from detection.outside.files import DiskError
from detection.rules.field.queue.items import FORMAT, Item, Queue
from detection.rules.field.retrain.records import digest_of

NAME = "queue.json"
_QUEUE = TypeAdapter(Queue)
_FILE = re.compile(r"frames/(?P<frame>[0-9a-f]{64})\.(jpg|png|bmp)")


class QueueError(FaultsError):
    """A review queue is missing, damaged or taken: make it anew, or name another folder."""


def identified(queue: Queue) -> Queue:
    """With the id that its content gives it."""
    return replace(queue, id=f"queue-{digest_of(replace(queue, id=''))[:16]}")


def write_queue(folder: Path, queue: Queue, pictures: Mapping[str, Path]) -> Queue:
    """Write a queue into a folder that is not there yet.

    Args:
        folder: its place.
        queue: what shall stand in it; its id is set.
        pictures: frame id to the file with its bytes.

    Raises:
        QueueError: the folder is there, or a picture is not the frame.
        DiskError: the disk refuses; nothing is left.
    """
    if folder.exists():
        raise QueueError(f"{folder}: is there already, and a queue never changes; name another folder with --out")
    named = identified(queue)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            _fill(temporary, named, pictures)
            temporary.chmod(0o755)
            temporary.replace(folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        raise DiskError(f"{folder}: cannot be written ({error.strerror or error}); free space, then rerun") from error
    return named


def read_queue(folder: Path) -> Queue:
    """Read a queue, and check that every picture is there and is its frame.

    Raises:
        QueueError: no queue, or damaged; every fault is named.
    """
    path = folder / NAME
    try:
        queue = _QUEUE.validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise QueueError(f"{path}: is not there; `detection review queue --out {folder}` makes one") from error
    except (OSError, ValidationError) as error:
        first = " ".join(str(error).split())[:160]
        raise QueueError(f"{path}: is no review queue ({first}); make it anew") from error
    faults = [*_faults(queue), *(fault for item in queue.items for fault in _picture_faults(folder, item))]
    if faults:
        raise QueueError(f"{path}: {len(faults)} fault(s); copy the folder again, or make it anew", faults[:50])
    return queue


def _fill(folder: Path, queue: Queue, pictures: Mapping[str, Path]) -> None:
    (folder / "frames").mkdir()
    for item in queue.items:
        content = pictures[item.frame].read_bytes()
        if hashlib.sha256(content).hexdigest() != item.frame:
            raise QueueError(f"{pictures[item.frame]}: changed while it was copied; run again")
        files.write_bytes(folder / item.file, content)
    files.write_bytes(folder / NAME, _QUEUE.dump_json(queue, indent=2) + b"\n")


def _faults(queue: Queue) -> Iterator[str]:
    if queue.format != FORMAT:
        yield f"format {queue.format}; expected {FORMAT}"
    elif queue.id != identified(queue).id:
        yield f"id is {queue.id}, its content has {identified(queue).id}: it was changed"
    frames = [item.frame for item in queue.items]
    yield from (f"frame {frame} stands twice" for frame in sorted({f for f in frames if frames.count(f) > 1}))


def _picture_faults(folder: Path, item: Item) -> Iterator[str]:
    found = _FILE.fullmatch(item.file)
    if found is None or found["frame"] != item.frame:
        yield f"{item.file!r}: is no name of frame {item.frame!r}"
        return
    path = folder / item.file
    try:
        if path.is_symlink() or files.sha256(path) != item.frame:
            yield f"{item.file}: is not the frame that it was"
    except OSError as error:
        yield f"{item.file}: cannot be read ({error.strerror or error})"
