"""The variants of one model that may ship: what ``convert`` made, as later stages read it. Knows no files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Precision = Literal["fp32", "int8"]


@dataclass(frozen=True, slots=True)
class Variant:
    """One exported form of the trained weights.

    Attributes:
        name: what specs, thresholds and reports call it; also the precision's name today.
        file: file name beside this document, a single ONNX file.
        precision: number format of the heavy layers.
        width: input width, pixels.
        height: input height, pixels.
        sha256: digest of the file's bytes, lower-case hex.
        bytes: size of the file.
    """

    name: str
    file: str
    precision: Precision
    width: int
    height: int
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Variants:
    """``data/convert/variants.json``, whole.

    Attributes:
        variants: in the order of params; the first is the one others are compared with.
        classes: class ids in the order of the model's outputs.
    """

    variants: tuple[Variant, ...]
    classes: tuple[str, ...]

    def named(self, name: str) -> Variant:
        """The variant called ``name``; asking for one that does not exist is our own fault."""
        return next(variant for variant in self.variants if variant.name == name)
