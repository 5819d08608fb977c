"""One delivery's images on their way in: read, proven whole, put in context, their labels in pixels of the picture.

What is wrong with one image sets that image aside; what is uncertain about many, such as clocks without a time zone,
refuses the delivery, after all of it was looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from detection.errors import FrameError, SourceError
from detection.outside import images
from detection.outside.deliveries import Delivery
from detection.outside.exif import metadata
from detection.outside.intake.told import Telling
from detection.rules.labels.intake import lists, orientation
from detection.rules.labels.intake.arrivals import VERIFIED, Answer, Arrival, Export, LabelledImage, Rejected, strings
from detection.rules.labels.intake.context import DoubtError, Doubts
from detection.rules.labels.intake.orientation import Dimensions
from detection.rules.labels.intake.sources import DeliveredSource


@dataclass(frozen=True, slots=True)
class Choice:
    """What is taken of a delivery, and how it is read.

    Attributes:
        source: its entry in params.yaml.
        keep: lines of its keep list; None takes every image.
        pixel_limit: images with more pixels are not decoded.
    """

    source: DeliveredSource
    keep: Sequence[str] | None
    pixel_limit: int


def arrivals(delivery: Delivery, export: Export, choice: Choice) -> Iterator[Arrival | Rejected]:
    """Every image of an export that is wanted, one by one, in its order.

    Raises:
        SourceError: the metadata cannot be told: no such table, zone or column; or, once all images were looked at,
            times and days that have no certain meaning.
    """
    names = [image.name for image in export.images]
    telling = Telling.of(delivery, choice.source.metadata, export.images)
    doubts = Doubts()
    yield from export.rejected if choice.keep is None else _set_aside(export, choice.keep)
    wanted = np.ones(len(names), bool) if choice.keep is None else lists.listed(names, choice.keep)
    for row in np.flatnonzero(wanted).tolist():
        try:
            yield _arrival(delivery, export.images[row], choice, telling)
        except (FrameError, SourceError) as error:
            yield Rejected(names[row], "unreadable", str(error))
        except DoubtError as error:
            doubts.add(error.doubt)
    if lines := doubts.lines():
        told = f"{delivery.place}: metadata that nobody can be sure of; mend it, or the mapping of {choice.source.id}"
        raise SourceError(told, lines)


def _set_aside(export: Export, keep: Sequence[str]) -> Iterator[Rejected]:
    """What the reader says of files that the keep list wants; then the lines that name nothing at all."""
    about = lists.beside([rejected.name for rejected in export.rejected], keep)
    told = [rejected for rejected, wanted in zip(export.rejected, about, strict=True) if wanted]
    yield from told
    lines = lists.unmatched([image.name for image in export.images], keep)
    for line, known in zip(lines, lists.beside(lines, [rejected.name for rejected in told]), strict=True):
        if not known:
            yield Rejected(line, "missing", "is named by the keep list and no labelled image of the export")


def _arrival(delivery: Delivery, image: LabelledImage, choice: Choice, telling: Telling) -> Arrival | Rejected:
    if choice.source.images == "absent":
        size = Dimensions(image.width, image.height)
        if image.relative and not (image.width and image.height) and any(map(len, image.answers)):
            told = "its boxes are shares of a size that nobody tells; deliver its image, or labels in pixels"
            return Rejected(image.name, "unknown-size", told)
        said = _answers(image, _Pose(size, size, orientation.UPRIGHT, False), choice.source)
        return Arrival(image.name, b"", "", *size, telling.context(image, {}), said)
    content = delivery.read(image.name)
    checked = images.check(content, choice.pixel_limit)
    tells = metadata.read(content)
    pose = _pose(image, Dimensions(checked.width, checked.height), tells.orientation, choice.source)
    if isinstance(pose, Rejected):
        return pose
    return Arrival(
        image.name,
        metadata.stripped(content, choice.source.keep_metadata),
        checked.extension,
        *pose.displayed,
        telling.context(image, tells.tags),
        _answers(image, pose, choice.source),
    )


@dataclass(frozen=True, slots=True)
class _Pose:
    """How the boxes of an image lie on it.

    Attributes:
        displayed: size of the picture as it is displayed.
        boxes: size of the picture that the boxes were drawn on.
        orientation: EXIF's.
        turn: the boxes follow the stored picture and are turned with it.
    """

    displayed: Dimensions
    boxes: Dimensions
    orientation: int
    turn: bool


def _pose(image: LabelledImage, stored: Dimensions, oriented: int, source: DeliveredSource) -> _Pose | Rejected:
    """What the labels' own size says of it, where they give one; else what params.yaml says."""
    shown = orientation.turned(stored, oriented)
    labelled = Dimensions(image.width, image.height)
    turn = source.boxes_follow == "stored" or (labelled == stored != shown)
    boxes = stored if turn else shown
    if image.width and image.height and labelled != boxes:
        told = (
            f"the labels say {labelled.width} x {labelled.height}, the image has {boxes.width} x {boxes.height} pixels"
        )
        return Rejected(image.name, "size-mismatch", told)
    return _Pose(shown, boxes, oriented, turn)


def _answers(image: LabelledImage, pose: _Pose, source: DeliveredSource) -> tuple[Answer, ...]:
    return tuple(_in_pixels(answer, image.relative, pose, source) for answer in image.answers)


def _in_pixels(answer: Answer, relative: bool, pose: _Pose, source: DeliveredSource) -> Answer:
    corners = answer.corners
    if relative:
        corners = (corners.astype(np.float64) * (pose.boxes * 2)).astype(np.float32)
    if pose.turn:
        corners = orientation.displayed(corners, pose.boxes, pose.orientation)
    labels = strings([source.class_names.get(label, label) for label in answer.labels])
    verified = answer.verified or answer.annotator == VERIFIED
    return replace(answer, corners=corners, labels=labels, verified=verified)
