"""Stage ``convert``: weights to every variant that ships.

Reads  data/train/weights.pt; data/collect/shards, data/validate/frames.parquet, data/agreement, data/split
Writes data/convert/fp32.onnx, int8.onnx, variants.json
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field
from rich.console import Console
from rich.progress import track

from detection.edge.engines.onnx import OnnxSession
from detection.edge.vision.frames import read_image
from detection.edge.vision.preprocess import Tensor, letterbox
from detection.errors import ModelError
from detection.outside import documents, exits, files, onnx
from detection.outside.dataset import Dataset
from detection.outside.ultralytics import export
from detection.outside.ultralytics import weights as weights_file
from detection.rules.document import Document
from detection.rules.variants import Precision, Variant, Variants

OUT = Path("data/convert")


class Params(Document):
    """Section ``convert`` of params.yaml."""

    variants: Annotated[list[Precision], Field(min_length=1)]
    """Precisions to make; the first is the one others are compared with."""
    calibration_frames: Annotated[int, Field(ge=1)]
    """Train frames that show the quantiser which values to expect."""
    opset: Annotated[int, Field(ge=13, le=20)]
    """Version of the ONNX operators; the oldest device's engine must know it."""


@dataclass(frozen=True, slots=True)
class Converted:
    """One variant and its file's bytes."""

    variant: Variant
    content: bytes


def run(params: Params, weights: weights_file.Weights, dataset: Dataset) -> list[Converted]:
    """Export the weights in every precision wanted, and load each as the device will.

    Raises:
        ModelError: a variant cannot be made, or is not a detector that the runtime can load.
    """
    plain = onnx.finished(export.to_onnx(weights, params.opset), weights.classes, weights.size)
    content: dict[Precision, bytes] = {"fp32": plain}
    if "int8" in params.variants:
        shown = calibration_tensors(dataset, params.calibration_frames, weights.size)
        content["int8"] = onnx.finished(onnx.quantised(plain, shown), weights.classes, weights.size)
    return [_converted(precision, content[precision], weights) for precision in dict.fromkeys(params.variants)]


def calibration_tensors(dataset: Dataset, frames: int, size: int) -> Iterator[Tensor]:
    """Train frames, evenly spread over the split, as the runtime's own preprocessing gives them."""
    rows = dataset.chosen("train")
    if len(rows) == 0:
        raise ModelError("int8 is calibrated on train frames and there are none; run stage split again")
    rows = rows[np.unique(np.linspace(0, len(rows) - 1, min(frames, len(rows))).astype(int))]
    for row in track(rows.tolist(), "calibrating int8", console=Console(stderr=True)):
        yield letterbox(read_image(dataset.image(row)), size, size).tensor


def main() -> None:
    """Read, convert, write."""
    params = documents.read_document(Params, Path("params.yaml"), section="convert")
    weights = weights_file.read(Path("data/train/weights.pt"))
    converted = run(params, weights, Dataset.open())
    files.empty_folder(OUT)
    for item in converted:
        files.write_bytes(OUT / item.variant.file, item.content)
    documents.write_value(OUT / "variants.json", Variants(tuple(item.variant for item in converted), weights.classes))
    for item in converted:
        print(f"{item.variant.name}: {item.variant.bytes / 1e6:.1f} MB, {item.variant.width} px, {item.variant.file}")


def _converted(precision: Precision, content: bytes, weights: weights_file.Weights) -> Converted:
    session = OnnxSession(content)
    found = (session.input_width, session.input_height, session.classes)
    if found != (weights.size, weights.size, len(weights.classes)):
        raise ModelError(f"{precision}: width, height, classes are {found}, not as trained; run stage train again")
    variant = Variant(
        name=precision,
        file=f"{precision}.onnx",
        precision=precision,
        width=weights.size,
        height=weights.size,
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
    )
    return Converted(variant, content)


if __name__ == "__main__":
    exits.run(main)
