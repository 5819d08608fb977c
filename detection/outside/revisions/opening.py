"""A version put together from its tables, wherever they lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detection.outside import shards, tables
from detection.outside.dvc import RevisionError
from detection.outside.revisions.places import Place, place_of
from detection.rules.labels.samples import Assignments
from detection.rules.labels.versions.version import Version


@dataclass(frozen=True, slots=True)
class Layout:
    """Names of the three tables of a version, and of the folder of its shards; all relative to one folder."""

    frames: str
    labels: str
    labelled: str
    shards: str


LAYOUTS = (
    Layout("validate/frames.parquet", "agreement/labels.parquet", "agreement/labelled.parquet", "collect/shards"),
    Layout("validate/frames.parquet", "validate/boxes.parquet", "validate/assignments.parquet", "collect/shards"),
    Layout("collect/frames.parquet", "collect/boxes.parquet", "collect/assignments.parquet", "collect/shards"),
    Layout("frames.parquet", "labels.parquet", "labelled.parquet", "shards"),
    Layout("frames.parquet", "boxes.parquet", "assignments.parquet", "shards"),
)
"""The best first: settled labels, accepted ones, those that arrived; then the same in one folder."""


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A version, and where the rest of its files lie.

    Attributes:
        version: its tables.
        place: finds its other files.
        layout: which tables it was put together from.
    """

    version: Version
    place: Place
    layout: Layout

    def image(self, row: int) -> bytes | None:
        """The image file's bytes of one frame; None if this version does not hold it here.

        Raises:
            SourceError: the shard is damaged.
        """
        frames = self.version.frames
        if not frames.shard[row]:
            return None
        try:
            shard = self.place.find(f"{self.layout.shards}/{frames.shard[row]}")
        except RevisionError:
            return None
        if shard is None:
            return None
        return shards.read_member(shard, int(frames.offset[row]), int(frames.length[row]), str(frames.id[row]))


def open_version(name: str, root: Path = Path()) -> Opened:
    """Read a version's tables.

    Args:
        name: ``workspace``, a folder, or a revision of git.
        root: the repository's folder.

    Raises:
        RevisionError: no such version, or its tables are not here.
        DocumentError: a table is damaged.
    """
    place = place_of(name, root)
    for layout in LAYOUTS:
        found = [place.find(table) for table in (layout.frames, layout.labels, layout.labelled)]
        frames, labels, labelled = found
        if frames and labels and labelled:
            looked = tables.read_assignments(labelled)
            _expect_settled(name, layout, looked)
            version = Version(name, tables.read_frames(frames), tables.read_annotations(labels), looked)
            return Opened(version, place, layout)
    raise RevisionError(
        f"{name}: no tables of frames and labels; expected {LAYOUTS[0].frames} and {LAYOUTS[0].labels}, or "
        f"{LAYOUTS[-1].frames} and {LAYOUTS[-1].labels}; `dvc repro` makes them, and a commit with dvc.lock keeps them"
    )


def _expect_settled(name: str, layout: Layout, looked: Assignments) -> None:
    """One answer a frame: of several, none is the frame's labels."""
    frames, answers = np.unique(looked.frame.astype(str), return_counts=True)
    several = int(np.count_nonzero(answers > 1))
    if several:
        raise RevisionError(
            f"{name}: {several} of {len(frames)} frames in {layout.labelled} have more than one answer; expected "
            "settled labels (data/agreement); run `dvc repro agreement`"
        )
