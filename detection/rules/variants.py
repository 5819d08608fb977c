"""The variants of one model that may ship: what ``convert`` made, as later stages read it. Knows no files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Engine = Literal["onnxruntime", "openvino", "tensorrt-rtx"]
"""What opens a variant's file."""
Precision = Literal["fp32", "fp16", "bf16", "int8"]


@dataclass(frozen=True, slots=True)
class Variant:
    """One exported form of the trained weights.

    Attributes:
        name: what specs, thresholds and reports call it.
        file: file name beside this document; one file, whatever the engine.
        engine: what opens it.
        precision: number format of the heavy layers.
        width: input width, pixels.
        height: input height, pixels.
        sha256: digest of the file's bytes, lower-case hex.
        bytes: size of the file.
    """

    name: str
    file: str
    engine: Engine
    precision: Precision
    width: int
    height: int
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Variants:
    """``data/convert/variants.json``, whole.

    Attributes:
        variants: the first, in full precision and square, is the one others are compared with.
        classes: class ids in the order of the model's outputs.
    """

    variants: tuple[Variant, ...]
    classes: tuple[str, ...]

    def named(self, name: str) -> Variant:
        """The variant called ``name``; asking for one that does not exist is our own fault."""
        return next(variant for variant in self.variants if variant.name == name)
