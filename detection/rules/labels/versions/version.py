"""One version of the labelled frames, and the id that says which. Knows no files and no revisions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.rules.labels.samples import Annotations, Assignments, Frames

STORAGE = frozenset({"shard", "offset", "length"})
"""Where a frame's bytes stand; what they are is said by its id."""

Column = NDArray[np.generic]


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """The frames and their settled labels at one time.

    Attributes:
        name: revision, folder or ``workspace``, for people.
        frames: ``n`` frames, in any order.
        labels: one set of labels per labelled frame, in any order.
        labelled: one row per labelled frame; a frame without boxes may be among them.
    """

    name: str
    frames: Frames
    labels: Annotations
    labelled: Assignments


def version_id(version: Version) -> str:
    """SHA-256 over the content of the three tables, lower-case hex.

    Equal for equal content, in whatever order the rows stand, in whatever shards the images lie and under whatever
    name the version is known.
    """
    digest = hashlib.sha256()
    frames, labels, labelled = version.frames, version.labels, version.labelled
    plain = {name: getattr(frames, name) for name in Frames.__slots__ if name not in STORAGE | {"conditions"}}
    conditions = {f"condition.{name}": column for name, column in frames.conditions.items()}
    _add(digest, "frames", plain | conditions, np.argsort(frames.id, kind="stable"))
    x1, y1, x2, y2 = (labels.corners[:, place] for place in range(4))
    boxes = {name: getattr(labels, name) for name in Annotations.__slots__ if name != "corners"}
    order = np.lexsort((labels.annotator, y2, x2, y1, x1, labels.label, labels.frame))
    _add(digest, "labels", boxes | {"x1": x1, "y1": y1, "x2": x2, "y2": y2}, order)
    looked = {name: getattr(labelled, name) for name in Assignments.__slots__}
    _add(digest, "labelled", looked, np.lexsort((labelled.annotator, labelled.frame)))
    return digest.hexdigest()


def _add(digest: hashlib._Hash, table: str, columns: Mapping[str, Column], order: NDArray[np.int64]) -> None:
    digest.update(f"{table} {len(order)}\n".encode())
    for name in sorted(columns):
        digest.update(f"{name}\n".encode())
        digest.update(_bytes(columns[name][order]))


def _bytes(column: Column) -> bytes:
    """A column's values, the same on every machine: strings with their lengths, numbers of 64 bits, microseconds."""
    if column.dtype == object:
        return b"".join(_sized(str(value).encode()) for value in column)
    if column.dtype.kind == "M":
        column = column.astype("datetime64[us]").astype(np.int64)
    kind = "<f8" if column.dtype.kind == "f" else "<i8"
    return (np.asarray(column, kind) + np.zeros(1, kind)).tobytes()  # adding zero makes -0.0 a 0.0


def _sized(content: bytes) -> bytes:
    return len(content).to_bytes(4, "little") + content
