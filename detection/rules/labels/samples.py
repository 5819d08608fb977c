"""Frames and annotations as columns: the tables that travel between stages. Knows no files.

One row per frame in :class:`Frames`; one row per box and annotator in :class:`Annotations`; one row per frame and
annotator in :class:`Assignments`, so that a frame in which somebody found nothing is told apart from a frame at which
nobody looked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from detection.edge.boxes import Boxes

Strings = NDArray[np.object_]
"""``(n,)`` Python strings."""

Rows = NDArray[np.bool_] | NDArray[np.int64]
"""Rows of a table: a mask ``(n,)`` or positions ``(k,)``."""


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """``n`` frames, column by column.

    Attributes:
        id: SHA-256 of the stored image's bytes, lower-case hex; of its name where only its labels are known.
        name: file name in the source, for people; never used as a path.
        shard: file name of the tar shard under ``data/collect/shards``; ``""`` if only its labels are known.
        offset: where the image's bytes begin in the shard.
        length: how many bytes it has; 0 if only its labels are known.
        width: pixels, after EXIF orientation.
        height: pixels, after EXIF orientation.
        site: where it was taken; ``""`` if unknown, like the next two.
        camera: which camera took it.
        scene: which burst, video or sequence it belongs to.
        captured_at: datetime64[us], UTC; NaT if unknown.
        conditions: one column of values per condition of the spec; ``""`` if unknown.
        source: which source of the spec it came from.
        licence: under which licence we have it.
        consent: on which ground people in it may be used, or ``"not-needed"``.
        retain_until: datetime64[D]; NaT if it may be kept for good.
    """

    id: Strings
    name: Strings
    shard: Strings
    offset: NDArray[np.int64]
    length: NDArray[np.int64]
    width: NDArray[np.int64]
    height: NDArray[np.int64]
    site: Strings
    camera: Strings
    scene: Strings
    captured_at: NDArray[np.datetime64]
    conditions: Mapping[str, Strings]
    source: Strings
    licence: Strings
    consent: Strings
    retain_until: NDArray[np.datetime64]

    def __len__(self) -> int:
        return len(self.id)

    def take(self, rows: Rows) -> Frames:
        """The frames in ``rows``, in that order."""
        columns = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "conditions"}
        return Frames(
            **{name: column[rows] for name, column in columns.items()},
            conditions={name: column[rows] for name, column in self.conditions.items()},
        )


@dataclass(frozen=True, slots=True, eq=False)
class Annotations:
    """``m`` boxes, one row per box and annotator.

    Attributes:
        frame: :attr:`Frames.id` of the frame.
        annotator: who drew it; ``"consensus"`` once annotators are merged.
        guideline: version of the labelling guideline followed.
        label: class id of the spec.
        corners: ``(m, 4)`` boxes in pixels of the frame.
        occluded: something hides a part of the object.
        truncated: the frame's border cuts the object.
        verified: an expert has confirmed this box.
        crowd: stands for several objects that nobody counted.
    """

    frame: Strings
    annotator: Strings
    guideline: Strings
    label: Strings
    corners: Boxes
    occluded: NDArray[np.bool_]
    truncated: NDArray[np.bool_]
    verified: NDArray[np.bool_]
    crowd: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.frame)

    def take(self, rows: Rows) -> Annotations:
        """The boxes in ``rows``, in that order."""
        return Annotations(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


@dataclass(frozen=True, slots=True, eq=False)
class Assignments:
    """Who looked at which frame, ``k`` rows; an answer without boxes counts.

    Attributes:
        frame: :attr:`Frames.id` of the frame.
        annotator: who looked at it.
        guideline: version of the labelling guideline followed.
        verified: this answer is the expert's.
    """

    frame: Strings
    annotator: Strings
    guideline: Strings
    verified: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.frame)

    def take(self, rows: Rows) -> Assignments:
        """The answers in ``rows``, in that order."""
        return Assignments(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})
