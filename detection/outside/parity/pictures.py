"""What all ways of computing look at: golden frames, and the exam made of the first of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detection.edge.vision.frames import PIXEL_LIMIT, read_image
from detection.edge.vision.headers import PictureSize, suffix_of
from detection.outside.parity import odd_pictures
from detection.outside.parity.odd_pictures import FOLDER, spread

MOST_SIZES = 24
"""Cameras' sizes in the exam, evenly spread from the smallest to the largest."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """What all look at.

    Attributes:
        golden: files' bytes by name.
        odd: the exam's, likewise.
        refused: names of those that must be refused.
    """

    golden: Mapping[str, bytes]
    odd: Mapping[str, bytes]
    refused: tuple[str, ...]

    @property
    def every(self) -> dict[str, bytes]:
        """All of them."""
        return {**self.odd, **self.golden}


def pictures_of(golden: Sequence[bytes], sizes: Sequence[PictureSize]) -> Pictures:
    """Golden frames, and the exam made of the first."""
    drawn = odd_pictures.pictures(read_image(golden[0]), spread(sizes, MOST_SIZES), PIXEL_LIMIT)
    named = {f"{FOLDER}/golden-{i:06d}{suffix_of(content)}": content for i, content in enumerate(golden)}
    odd = {f"{FOLDER}/{picture.name}": picture.content for picture in drawn}
    return Pictures(named, odd, tuple(f"{FOLDER}/{picture.name}" for picture in drawn if picture.refused))
