"""Labels that came back: closed review sessions beside what the device had answered, joined by frame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detection.outside import tables
from detection.outside.review import sessions
from detection.rules.field.accuracy.labelled import Boxes, FieldLabels, Reviewed, joined
from detection.rules.field.queue.items import Item
from detection.rules.labels.samples import Annotations

FRAMES, LABELS = "frames.parquet", "labels.parquet"


@dataclass(frozen=True, slots=True, eq=False)
class _Home:
    """What one session brought home."""

    items: tuple[Item, ...]
    marked: Annotations


def labels(folders: Sequence[Path], classes: Sequence[str], bundle: str) -> FieldLabels:
    """What people said of frames that were seen under a bundle, and what it had answered.

    Args:
        folders: of sessions; those that are still open are passed over. Of a frame in several, the first closed counts.
        classes: that the detector knows.
        bundle: SHA-256 of the manifest that was running.

    Raises:
        DocumentError: a session is damaged.
        LabelsError: a box is none, or lies on a frame that is not listed.
    """
    found = [(sessions.closed(folder), folder) for folder in folders]
    closed = [(done.closed_at, folder) for done, folder in found if done is not None and done.delivered]
    homes, seen = [], set[str]()
    for _, folder in sorted(closed, key=lambda one: one[0]):
        home = _home(folder, bundle, seen)
        seen |= {item.frame for item in home.items}
        homes.append(home)
    known = (*classes, *sorted({str(label) for home in homes for label in home.marked.label} - set(classes)))
    items = [item for home in homes for item in home.items]
    if not items:
        return _nothing(known)
    return joined(_reviewed(items), _marked(homes, known), _detected(items, known), known)


def _nothing(classes: tuple[str, ...]) -> FieldLabels:
    """No frame; the matcher, which is slow to load, is not asked."""
    column, table = np.zeros(0, np.int64), np.zeros((0, len(classes)), np.int64)
    return FieldLabels(classes, np.zeros(0, object), column, np.zeros(0, bool), table, table, table)


def _home(folder: Path, bundle: str, seen: set[str]) -> _Home:
    delivered = {str(frame) for frame in tables.read_frames(folder / FRAMES).id} - seen
    session = sessions.read(folder)
    items = tuple(item for item in session.items if item.frame in delivered and item.bundle == bundle)
    kept = {item.frame for item in items}
    marked = tables.read_annotations(folder / LABELS)
    return _Home(items, marked.take(np.array([frame in kept for frame in marked.frame], bool)))


def _reviewed(items: Sequence[Item]) -> Reviewed:
    return Reviewed(
        frame=np.array([item.frame for item in items], object),
        camera=np.array([item.camera for item in items], object),
        captured_s=np.array([int(item.captured_at.timestamp()) for item in items], np.int64),
        drawn=np.array([item.blind for item in items], bool),
    )


def _marked(homes: Iterable[_Home], classes: Sequence[str]) -> Boxes:
    marked = [home.marked for home in homes]
    labels = [classes.index(str(label)) for one in marked for label in one.label]
    corners = [np.zeros((0, 4), np.float32), *(one.corners for one in marked)]
    frames = np.array([str(frame) for one in marked for frame in one.frame], object)
    return Boxes(frames, np.array(labels, np.int64), np.ones(len(labels)), np.concatenate(corners))


def _detected(items: Sequence[Item], classes: Sequence[str]) -> Boxes:
    told = [(item.frame, one) for item in items for one in item.predictions if one.told]
    corners = np.array([(one.x1, one.y1, one.x2, one.y2) for _, one in told], np.float32).reshape(-1, 4)
    return Boxes(
        np.array([frame for frame, _ in told], object),
        np.array([classes.index(one.label) for _, one in told], np.int64),
        np.array([one.score for _, one in told], np.float64),
        corners,
    )
