"""Frames and labels as the folder of files that Ultralytics reads: made for one run, gone after it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detection.errors import TrainingError
from detection.outside.dataset import Dataset
from detection.outside.files import DiskError

_SIGNATURES = {
    b"\x89PNG": "png",
    b"\xff\xd8\xff": "jpg",
    b"BM": "bmp",
    b"RIFF": "webp",
    b"II*\x00": "tif",
    b"MM\x00*": "tif",
}


@contextmanager
def materialised(dataset: Dataset, rows: Mapping[str, NDArray[np.int64]], classes: Sequence[str]) -> Iterator[Path]:
    """A temporary folder with ``images/<split>`` and ``labels/<split>``, files named by frame id.

    Args:
        dataset: where the frames are.
        rows: which frames of it each split holds.
        classes: class ids; a label's number is its place here.

    Raises:
        TrainingError: a split is empty, or a label's class is unknown.
        DiskError: the temporary folder's disk is full.
    """
    for split, chosen in rows.items():
        if len(chosen) == 0:
            raise TrainingError(f"split {split!r} holds no frame; bring more groups, or change params split")
    try:
        with tempfile.TemporaryDirectory(prefix="detection-") as name:
            folder = Path(name)
            for split, chosen in rows.items():
                _write_split(dataset, chosen, classes, folder, split)
            yield folder
    except OSError as error:
        raise DiskError(
            f"{tempfile.gettempdir()}: cannot hold the training frames ({error.strerror or error}); "
            "free space, or set TMPDIR to a larger disk"
        ) from error


def label_lines(corners: NDArray[np.float32], numbers: NDArray[np.int64], width: int, height: int) -> str:
    """The lines of one label file.

    Args:
        corners: ``(n, 4)`` boxes in pixels; what lies outside the frame is cut off.
        numbers: ``(n,)`` class numbers.
        width: of the frame, pixels.
        height: of the frame, pixels.

    Returns:
        One line ``class x-centre y-centre width height`` a box, as shares of the frame; ``""`` without boxes.
    """
    frame = np.array([width, height], np.float64)
    low = np.clip(corners[:, :2] / frame, 0, 1)
    high = np.clip(corners[:, 2:] / frame, 0, 1)
    shares = np.concatenate([(low + high) / 2, high - low], axis=1)
    return "".join(
        f"{number} {' '.join(f'{share:.8f}' for share in line)}\n" for number, line in zip(numbers, shares, strict=True)
    )


def extension(content: bytes) -> str:
    """File name extension of an image by its first bytes; Ultralytics chooses files by extension."""
    for signature, name in _SIGNATURES.items():
        if content.startswith(signature):
            return name
    raise TrainingError(f"an image begins with {content[:4].hex()}, which is no format we train on; see params collect")


def _write_split(dataset: Dataset, rows: NDArray[np.int64], classes: Sequence[str], folder: Path, split: str) -> None:
    images, labels = folder / "images" / split, folder / "labels" / split
    images.mkdir(parents=True)
    labels.mkdir(parents=True)
    number_of = {name: number for number, name in enumerate(classes)}
    for row in rows.tolist():
        boxes = dataset.labels_of(row)
        unknown = sorted(set(boxes.label.tolist()) - set(number_of))
        if unknown:
            known = ", ".join(classes)
            raise TrainingError(f"labels name the class {unknown[0]!r}; known are {known}; mend specs/spec.yaml")
        content, name = dataset.image(row), str(dataset.frames.id[row])
        (images / f"{name}.{extension(content)}").write_bytes(content)
        numbers = np.array([number_of[label] for label in boxes.label.tolist()], np.int64)
        lines = label_lines(boxes.corners, numbers, int(dataset.frames.width[row]), int(dataset.frames.height[row]))
        (labels / f"{name}.txt").write_text(lines)
