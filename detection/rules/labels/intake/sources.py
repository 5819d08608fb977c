"""Where frames come from: the entries of ``collect.sources`` in params.yaml. Knows no files."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from detection.rules.document import Document, Identifier
from detection.rules.labels.intake.mapping import Mapping
from detection.rules.spec.units import PositiveCount, Share


class Scenes(Document):
    """What the practice world draws."""

    seed: int
    cameras: PositiveCount
    frames: PositiveCount
    width: Annotated[int, Field(ge=64, le=4096)]
    height: Annotated[int, Field(ge=64, le=4096)]
    annotators: Annotated[int, Field(ge=1, le=2)]
    verified_share: Share
    """Part of the scenes that the expert answers for."""
    workers: PositiveCount
    """Processes that draw; the result does not depend on it."""


class DrawnSource(Document):
    """The practice world."""

    format: Literal["scenes"]
    id: Identifier
    """Names the source's shards and tables; no two sources share it."""
    origin: Identifier
    """Which of the spec's sources the frames come from."""
    scenes: Scenes


class DeliveredSource(Document):
    """What somebody handed over: a folder, a zip or a tar, in one of the formats."""

    format: Literal["coco", "voc", "yolo", "cvat", "label_studio", "csv"]
    id: Identifier
    """Names the source's shards and tables; no two sources share it."""
    origin: Identifier
    """Which of the spec's sources the frames come from."""
    path: str
    """The folder or archive."""
    images: Literal["present", "absent"]
    """Absent imports the labels alone: agreement, diff and split need no pixels."""
    annotator: Identifier
    """Who drew the labels, for formats that do not say."""
    annotators: dict[str, Identifier]
    """Annotators' names in the delivery to ids of ours, where they differ."""
    guideline_version: str | None
    """Which version of the guideline they followed; null takes the spec's."""
    class_names: dict[str, Identifier]
    """Class names of the delivery to class ids of the spec; names not listed are taken as they are."""
    empty_names: list[str]
    """Class names that say that nothing is in the image."""
    boxes_follow: Literal["displayed", "stored"]
    """Whether corners are pixels of the image as it is displayed or, before EXIF orientation, as it is stored."""
    keep: str | None
    """A text file with one frame name a line: only those are collected."""
    keep_metadata: list[str]
    """EXIF tags by name that stay in the stored image; all others, GPS among them, are dropped."""
    metadata: Mapping
    """Where site, camera, scene, time and conditions stand."""


SourceEntry = Annotated[DrawnSource | DeliveredSource, Field(discriminator="format")]
