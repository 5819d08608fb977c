"""Frames that an expert has answered for, to be mixed into a session: drawn from what the stages left."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from detection.errors import SourceError
from detection.outside import shards, tables
from detection.rules.field.queue.items import Cause, Item, Measured, Queue
from detection.rules.field.review.session import Known, Truth
from detection.rules.labels.samples import Annotations, Frames

_KINDS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg", b"BM": "bmp"}


@dataclass(frozen=True, slots=True)
class Mixed:
    """Frames of an expert, disguised as blind frames of a queue.

    Attributes:
        items: ``n`` frames.
        known: ``n`` answers, in the same order.
        picture: bytes of a frame's file by its id.
    """

    items: tuple[Item, ...]
    known: tuple[Known, ...]
    picture: Callable[[str], bytes]


def nothing() -> Mixed:
    """No frame."""
    return Mixed((), (), lambda frame: b"")


def draw(root: Path, queue: Queue, annotator: str, count: int) -> Mixed:
    """Draw frames on which the expert found something; the same queue and annotator draw the same.

    Args:
        root: the folder ``data``.
        queue: into which they will be mixed; frames of it are not drawn.
        annotator: who will review.
        count: at most so many.

    Raises:
        SourceError: stage validate did not run there, or a shard is damaged.
        DocumentError: a table is damaged.
    """
    if not (root / "validate" / "frames.parquet").is_file():
        raise SourceError(f"{root}: holds no accepted frames; run `dvc repro validate`, or leave --verified out")
    frames = tables.read_frames(root / "validate" / "frames.parquet")
    boxes = tables.read_annotations(root / "validate" / "boxes.parquet")
    boxes = boxes.take(np.asarray(boxes.verified & ~boxes.crowd, bool))
    taken = {item.frame for item in queue.items}
    holding = set(boxes.frame.tolist()) - taken
    rows = [row for row, frame in enumerate(frames.id) if frame in holding and frames.length[row]]
    rows.sort(key=lambda row: hashlib.sha256(f"{queue.id}/{annotator}/{frames.id[row]}".encode()).digest())
    chosen = rows[:count]
    places = {str(frames.id[row]): row for row in chosen}

    def picture(frame: str) -> bytes:
        row = places[frame]
        shard = root / "collect" / "shards" / str(frames.shard[row])
        return shards.read_member(shard, int(frames.offset[row]), int(frames.length[row]), frame)

    items = tuple(_item(frames, row, queue, picture) for row in chosen)
    return Mixed(items, tuple(_known(item.frame, boxes) for item in items), picture)


def mixed(queue: Queue, extra: Sequence[Item]) -> tuple[Item, ...]:
    """The queue's items with the expert's among its blind ones, in an order that tells nothing."""
    blind = [*(item for item in queue.items if item.blind), *extra]
    blind.sort(key=lambda item: hashlib.sha256(item.frame.encode()).digest())
    return (*blind, *(item for item in queue.items if not item.blind))


def _item(frames: Frames, row: int, queue: Queue, picture: Callable[[str], bytes]) -> Item:
    """A blind item like the queue's own: due when they are."""
    frame = str(frames.id[row])
    content = picture(frame)
    kind = next((kind for start, kind in _KINDS.items() if content.startswith(start)), "jpg")
    due = max((item.due_at for item in queue.items if item.blind), default=queue.items[0].due_at)
    captured = frames.captured_at[row]
    moment = datetime(1970, 1, 1, tzinfo=UTC) if np.isnat(captured) else captured.astype(datetime).replace(tzinfo=UTC)
    return Item(
        frame, f"frames/{frame}.{kind}", str(frames.name[row]), str(frames.camera[row]), moment,
        int(frames.width[row]), int(frames.height[row]), "", "", (), (Cause("control", 0.0, ""),),
        queue.made_at, due, Measured(0.0, 0.0, 0.0, 0.0), "0" * 16, (),
    )  # fmt: skip


def _known(frame: str, boxes: Annotations) -> Known:
    own = boxes.take(np.asarray(boxes.frame == frame, bool))
    corners = own.corners.astype(np.float64).tolist()
    return Known(frame, tuple(Truth(str(label), *place) for label, place in zip(own.label, corners, strict=True)))
