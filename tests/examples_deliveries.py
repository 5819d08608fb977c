"""Deliveries as tests hand them over: a folder of text files and images, and the entry of params.yaml that names it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Protocol

from detection.outside import deliveries
from detection.outside.deliveries import Delivery
from detection.rules.labels.intake.arrivals import Export, LabelledImage
from detection.rules.labels.intake.limits import Limits
from detection.rules.labels.intake.sources import DeliveredSource

LIMITS = Limits(pixels=10**8, members=10**5, member_bytes=10**9, total_bytes=10**10, expansion=100)
Format = Literal["coco", "voc", "yolo", "cvat", "label_studio", "csv"]


class Reader(Protocol):
    """A module that reads one format."""

    def read(self, delivery: Delivery, source: DeliveredSource) -> Export:
        """Read a delivery."""


def source(kind: Format, images: Literal["present", "absent"] = "present", **more: Any) -> DeliveredSource:
    """An entry of params.yaml that changes nothing but what is given."""
    plain: dict[str, Any] = {
        "id": "source", "origin": "source", "path": "somewhere", "annotator": "original", "annotators": {},
        "guideline_version": None, "class_names": {}, "empty_names": [], "boxes_follow": "displayed", "keep": None,
        "keep_metadata": [], "metadata": {},
    }  # fmt: skip
    return DeliveredSource.model_validate({**plain, "format": kind, "images": images, **more})


def delivered(folder: Path, contents: Mapping[str, str | bytes]) -> Path:
    """Write files into a folder."""
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def read(reader: Reader, folder: Path, entry: DeliveredSource) -> Export:
    """What a reader makes of a folder."""
    with deliveries.opened(folder, LIMITS) as delivery:
        return reader.read(delivery, entry)


def by_name(export: Export) -> Mapping[str, LabelledImage]:
    """An export's images by name."""
    return {image.name: image for image in export.images}


def boxes(image: LabelledImage) -> Mapping[str, list[tuple[str, list[float]]]]:
    """Annotator to labels and corners, in the order given."""
    return {a.annotator: list(zip(map(str, a.labels), a.corners.tolist(), strict=True)) for a in image.answers}


def cuts(content: bytes) -> Iterator[bytes]:
    """The content truncated at every 5 %."""
    for share in range(0, 100, 5):
        yield content[: len(content) * share // 100]


WRONG_ENCODINGS = ("utf-16", "utf-32", "utf-7", "cp037")
"""Encodings in which no reader should take a file for what it is not."""

HOSTILE_NUMBERS = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "-1e999",
    "1e300",
    "9" * 400,
    "",
    "0x10",
    "１２",
    "1_0",
    "--1",
)
"""Texts that some parser takes for a number."""
