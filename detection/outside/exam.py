"""The exam as a bundle carries it: odd pictures made of a golden frame, and what each variant sees in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detection.edge.trust.exam import NAME, sit
from detection.edge.trust.manifest import Identity
from detection.edge.vision.detector import Detector
from detection.edge.vision.frames import Image
from detection.edge.vision.headers import PictureSize
from detection.errors import BundleError
from detection.outside.parity import odd_pictures
from detection.rules.labels.samples import Frames

SIZES = 6
"""Cameras' sizes that travel, evenly spread from the smallest to the largest."""


def packed(
    identity: Identity, detectors: Mapping[str, Detector], motif: Image, sizes: Sequence[PictureSize], tensor: float
) -> dict[str, bytes]:
    """The exam's files; at most 1 MB in all.

    Args:
        identity: of the bundle.
        detectors: one of each variant, by name, in one thread.
        motif: the frame that the pictures are made of: the first golden one.
        sizes: of the cameras' frames.
        tensor: how far pixels and tensors of another device may lie apart, of full scale.

    Returns:
        Bytes of each file by its name in the bundle.

    Raises:
        BundleError: a picture was refused that must be read, or read that must be refused.
    """
    pictures = odd_pictures.pictures(motif, odd_pictures.spread(sizes, SIZES), identity.pixel_limit)
    files = {f"{odd_pictures.FOLDER}/{picture.name}": picture.content for picture in pictures}
    exam = sit(files, detectors, identity.pixel_limit, tensor)
    due = {f"{odd_pictures.FOLDER}/{picture.name}" for picture in pictures if picture.refused}
    if otherwise := sorted(due ^ set(exam.refused)):
        raise BundleError("pictures of the exam were not read or refused as they must be; run stage parity", otherwise)
    return {**files, NAME: exam.to_bytes()}


def sizes_of(frames: Frames) -> list[PictureSize]:
    """Every size that the cameras' frames have, each once."""
    return sorted({PictureSize(int(w), int(h)) for w, h in zip(frames.width, frames.height, strict=True)})
