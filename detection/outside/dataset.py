"""The labelled, split data set as later stages see it: tables of several stages side by side, images on demand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detection.errors import DocumentError, SourceError
from detection.outside import shards, tables
from detection.rules.labels.membership import among
from detection.rules.labels.samples import Annotations, Frames, Strings


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Frames that were given to a split, with their labels.

    Attributes:
        root: the folder that holds ``collect/``, ``agreement/`` and ``split/``.
        frames: ``n`` frames, ordered by id.
        labels: their boxes, grouped by frame in the same order.
        split_of: ``(n,)`` train, val, test, golden or challenge.
        group_of: ``(n,)`` the group that holds the frame; groups never stand on two sides.
        verified: ``(n,)`` bool: an expert's labels.
    """

    root: Path
    frames: Frames
    labels: Annotations
    split_of: Strings
    group_of: Strings
    verified: NDArray[np.bool_]
    _first: NDArray[np.int64]

    @classmethod
    def open(cls, root: Path = Path("data")) -> Dataset:
        """Read what ``validate``, ``agreement`` and ``split`` left.

        Raises:
            DocumentError: a table is missing or damaged, or the tables are of different runs.
        """
        splits = tables.read_columns(root / "split" / "splits.parquet")
        order = np.argsort(splits["frame"])
        chosen: Strings = splits["frame"][order]  # type: ignore[assignment]
        frames = tables.read_frames(root / "validate" / "frames.parquet")
        frames = frames.take(among(frames.id, chosen))
        frames = frames.take(np.argsort(frames.id))
        if not np.array_equal(frames.id, chosen):
            raise DocumentError(f"{root}: the split names other frames than validate accepted; run `dvc repro` again")
        labels = tables.read_annotations(root / "agreement" / "labels.parquet")
        labels = labels.take(among(labels.frame, chosen))
        labels = labels.take(np.argsort(labels.frame, kind="stable"))
        labelled = tables.read_assignments(root / "agreement" / "labelled.parquet")
        verified = among(frames.id, labelled.frame[labelled.verified])
        first = np.searchsorted(labels.frame, np.append(frames.id, "~"))
        return cls(root, frames, labels, splits["split"][order], splits["group"][order], verified, first)  # type: ignore[arg-type]

    def __len__(self) -> int:
        return len(self.frames)

    def chosen(self, *splits: str) -> NDArray[np.int64]:
        """Rows of the frames in any of ``splits``, ascending."""
        return np.flatnonzero(np.isin(self.split_of, splits))

    def exam(self) -> NDArray[np.int64]:
        """Rows of the frames that a device is held to: the golden set, verified frames first, or else the test set.

        What is expected of them is the judged model's own answer, so a set without an expert will do.
        """
        golden = self.chosen("golden")
        rows = golden if len(golden) else self.chosen("test")
        return rows[np.argsort(~self.verified[rows], kind="stable")]

    def labels_of(self, row: int) -> Annotations:
        """The boxes of one frame."""
        return self.labels.take(np.arange(self._first[row], self._first[row + 1]))

    def image(self, row: int) -> bytes:
        """The image file's bytes, as collected; their hash is the frame's id.

        Raises:
            SourceError: the shard is missing or damaged, or only the frame's labels are known.
        """
        frames = self.frames
        if not frames.length[row]:
            raise SourceError(
                f"frame {frames.name[row]}: only its labels were delivered; a model needs pixels: deliver its image, "
                "or leave its source out of collect.sources"
            )
        shard = self.root / "collect" / "shards" / str(frames.shard[row])
        return shards.read_member(shard, int(frames.offset[row]), int(frames.length[row]), str(frames.id[row]))
