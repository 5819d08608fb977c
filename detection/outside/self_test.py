"""What a bundle carries so that a device can test itself: golden frames and odd pictures, with the answers expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.progress import track

from detection.edge import checked
from detection.edge.trust import golden
from detection.edge.trust.golden import Golden, GoldenFrame, Tolerance
from detection.edge.trust.manifest import Identity
from detection.edge.vision.detector import Detector
from detection.edge.vision.frames import read_image
from detection.edge.vision.headers import PictureSize
from detection.outside import exam


@dataclass(frozen=True, slots=True)
class GoldenPicture:
    """A golden frame: its file name and bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Examined:
    """What a device is shown to test itself, and how far it may differ.

    Attributes:
        pictures: golden frames; odd pictures are made of the first.
        sizes: of the cameras' frames.
        tolerance: of answers.
        tensor: of pixels and tensors, of full scale.
    """

    pictures: Sequence[GoldenPicture]
    sizes: Sequence[PictureSize]
    tolerance: Tolerance
    tensor: float


def packed(identity: Identity, detectors: Mapping[str, Detector], examined: Examined) -> dict[str, bytes]:
    """Bytes of each file by its name in the bundle.

    Args:
        identity: of the bundle.
        detectors: of every variant, by name, in one thread.
        examined: at least one picture, and how far a device may differ.

    Raises:
        BundleError: an odd picture was refused that must be read, or read that must be refused.
    """
    motif = read_image(examined.pictures[0].content, identity.pixel_limit)
    return {
        **{f"golden/{picture.name}": picture.content for picture in examined.pictures},
        golden.NAME: checked.canonical(_answers(identity, detectors, examined).to_json(identity.classes)),
        **exam.packed(identity, detectors, motif, examined.sizes, examined.tensor),
    }


def _answers(identity: Identity, detectors: Mapping[str, Detector], examined: Examined) -> Golden:
    frames = []
    for picture in track(examined.pictures, "golden frames", console=Console(stderr=True)):
        image = read_image(picture.content, identity.pixel_limit)
        expected = {name: detector.detect(image) for name, detector in detectors.items()}
        frames.append(GoldenFrame(f"golden/{picture.name}", expected))
    return Golden(examined.tolerance, tuple(frames))
