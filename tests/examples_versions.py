"""Small versions of labelled frames, written as they are read: a name, its boxes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from detection.rules.labels.samples import Annotations, Assignments, Frames, Strings
from detection.rules.labels.versions.version import Version

Box = tuple[str, float, float, float, float]
"""A class and corners."""
SIZE = (640, 480)


def strings(values: Sequence[str]) -> Strings:
    """A column of strings."""
    column = np.empty(len(values), object)
    column[:] = list(values)
    return column


def digest(text: str) -> str:
    """An id."""
    return hashlib.sha256(text.encode()).hexdigest()


def frame_table(names: Sequence[str], ids: Sequence[str] | None = None) -> Frames:
    """Frames of 640 x 480 without images, whose ids are the digests of their names unless given."""
    n, empty = len(names), strings([""] * len(names))
    none = np.full(n, "NaT", "datetime64[us]")
    return Frames(
        strings(ids or [digest(name) for name in names]), strings(names), empty, np.zeros(n, np.int64),
        np.zeros(n, np.int64), np.full(n, SIZE[0]), np.full(n, SIZE[1]), empty, strings(["cam-1"] * n), empty, none,
        {"lighting": strings(["day"] * n)}, strings(["yard"] * n), strings(["CC0-1.0"] * n),
        strings(["not-needed"] * n), none.astype("datetime64[D]"),
    )  # fmt: skip


def labels_on(frames: Sequence[str], boxes: Sequence[Box], annotator: str = "consensus") -> Annotations:
    """One box a row."""
    m = len(boxes)
    flags = np.zeros(m, bool)
    corners = np.array([box[1:] for box in boxes], np.float32).reshape(m, 4)
    return Annotations(
        strings(frames), strings([annotator] * m), strings(["1"] * m), strings([b[0] for b in boxes]), corners,
        flags, flags, flags, flags,
    )  # fmt: skip


def looked_at(frames: Strings, annotator: str = "consensus") -> Assignments:
    """One answer a frame."""
    n = len(frames)
    return Assignments(frames, strings([annotator] * n), strings(["1"] * n), np.zeros(n, bool))


def version(content: Mapping[str, Sequence[Box]], name: str = "v") -> Version:
    """A version of labelled frames, by name."""
    frames = frame_table(list(content))
    rows = [(frame, box) for frame, boxes in zip(frames.id, content.values(), strict=True) for box in boxes]
    labels = labels_on([frame for frame, _ in rows], [box for _, box in rows])
    return Version(name, frames, labels, looked_at(frames.id))


def renamed(made: Version, names: Sequence[str]) -> Version:
    """The same frames under other names."""
    return replace(made, frames=replace(made.frames, name=strings(names)))


def re_encoded(made: Version, scale: int = 1) -> Version:
    """The same names with other bytes, every frame and box ``scale`` times as large."""
    new_id = {frame: digest(f"again {frame}") for frame in made.frames.id}
    column = strings([new_id[frame] for frame in made.frames.id])
    frames = replace(made.frames, id=column, width=made.frames.width * scale, height=made.frames.height * scale)
    of_boxes = strings([new_id[frame] for frame in made.labels.frame])
    labels = replace(made.labels, frame=of_boxes, corners=made.labels.corners * np.float32(scale))
    return Version(made.name, frames, labels, looked_at(column))


def shuffled(made: Version, seed: int) -> Version:
    """The same rows in another order."""
    dice = np.random.default_rng(seed)
    frames, labels = dice.permutation(len(made.frames)), dice.permutation(len(made.labels))
    looked = dice.permutation(len(made.labelled))
    return Version(made.name, made.frames.take(frames), made.labels.take(labels), made.labelled.take(looked))
