"""The exam's pictures, drawn from one frame: every kind of file a camera, a phone or an editor leaves, whole and torn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detection.edge.trust.manifest import Identity
from detection.edge.vision.detector import Detector
from detection.edge.vision.frames import Image
from detection.edge.vision.headers import PictureSize


def packed(
    identity: Identity, detectors: Mapping[str, Detector], motif: Image, sizes: Sequence[PictureSize], tensor: float
) -> dict[str, bytes]:
    """The exam as a bundle carries it: the pictures, and what the detectors see in them; at most 1 MB in all.

    Args:
        identity: of the bundle.
        detectors: one of each variant, by name, in one thread.
        motif: the frame that the pictures are made of: the first golden one.
        sizes: of the cameras' frames, each once.
        tensor: how far pixels and tensors of another device may lie apart, of full scale.

    Returns:
        Bytes of each file by its name in the bundle.
    """
    raise NotImplementedError
