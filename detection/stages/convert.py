"""Stage ``convert``: weights to every variant that ships.

Reads  data/train/weights.pt; specs/targets; data/collect/shards, data/validate/frames.parquet, data/agreement,
       data/split
Writes data/convert/variants.json, one file a variant
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import Field
from rich.console import Console
from rich.progress import track

from detection.edge.engines.onnx import OnnxSession
from detection.edge.vision.frames import read_image
from detection.edge.vision.preprocess import Tensor, letterbox
from detection.errors import ModelError
from detection.outside import documents, exits, files
from detection.outside.dataset import Dataset
from detection.outside.onnx import graphs, quantising
from detection.outside.targets import read_targets
from detection.outside.ultralytics import export
from detection.outside.ultralytics import weights as weights_file
from detection.rules.document import Document
from detection.rules.spec.targets import Camera, Target
from detection.rules.variants import Variant, Variants

OUT = Path("data/convert")
GRID = 32
"""Pixels of the input that one cell of the coarsest grid covers."""


class Params(Document):
    """Section ``convert`` of params.yaml."""

    calibration_frames: Annotated[int, Field(ge=1)]
    """Train frames that show the quantiser which values to expect."""
    opset: Annotated[int, Field(ge=13, le=20)]
    """Version of the ONNX operators; the oldest device's engine must know it."""


class InputSize(NamedTuple):
    """Pixels of a model's input."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Converted:
    """One variant and its file's bytes."""

    variant: Variant
    content: bytes


def run(params: Params, targets: Sequence[Target], weights: weights_file.Weights, dataset: Dataset) -> list[Converted]:
    """Export the weights as every variant that a target runs, and load each as the device will.

    Raises:
        ModelError: a variant cannot be made, or is not a detector that the runtime can load.
    """
    wanted = {target.variant: target for target in targets}
    return [_converted(target, _content(params, target, weights, dataset), weights) for target in wanted.values()]


def input_size(camera: Camera | None, size: int) -> InputSize:
    """The input for a camera's aspect: the longer side as trained, the other rounded up to whole cells of the grid."""
    if camera is None:
        return InputSize(size, size)
    longer = max(camera.width, camera.height)
    width, height = (math.ceil(size * side / longer / GRID) * GRID for side in (camera.width, camera.height))
    return InputSize(width, height)


def calibration_tensors(dataset: Dataset, frames: int, shape: InputSize) -> Iterator[Tensor]:
    """Train frames, evenly spread over the split, as the runtime's own preprocessing gives them."""
    rows = dataset.chosen("train")
    if len(rows) == 0:
        raise ModelError("int8 is calibrated on train frames and there are none; run stage split again")
    rows = rows[np.unique(np.linspace(0, len(rows) - 1, min(frames, len(rows))).astype(int))]
    for row in track(rows.tolist(), "calibrating int8", console=Console(stderr=True)):
        yield letterbox(read_image(dataset.image(row)), shape.width, shape.height).tensor


def main() -> None:
    """Read, convert, write."""
    params = documents.read_document(Params, Path("params.yaml"), section="convert")
    weights = weights_file.read(Path("data/train/weights.pt"))
    converted = run(params, read_targets(), weights, Dataset.open())
    files.empty_folder(OUT)
    for item in converted:
        files.write_bytes(OUT / item.variant.file, item.content)
    documents.write_value(OUT / "variants.json", Variants(tuple(item.variant for item in converted), weights.classes))
    for variant in (item.variant for item in converted):
        print(f"{variant.name}: {variant.bytes / 1e6:.1f} MB, {variant.width} x {variant.height} px, {variant.file}")


def _content(params: Params, target: Target, weights: weights_file.Weights, dataset: Dataset) -> bytes:
    shape = input_size(target.camera, weights.size)
    graph = graphs.with_pixels_in(export.to_onnx(weights, params.opset, shape.width, shape.height))
    if target.precision == "int8":
        graph = quantising.quantised(graph, calibration_tensors(dataset, params.calibration_frames, shape))
    return graphs.finished(graph, weights.classes)


def _converted(target: Target, content: bytes, weights: weights_file.Weights) -> Converted:
    session = OnnxSession(content)
    shape = input_size(target.camera, weights.size)
    height, width = session.tensor.shape[2:]
    found = (width, height, session.classes)
    if found != (*shape, len(weights.classes)):
        raise ModelError(f"{target.variant}: width, height, classes are {found}, not as trained; run stage train again")
    variant = Variant(
        name=target.variant,
        file=f"{target.variant}.onnx",
        engine="onnxruntime",
        precision=target.precision,
        width=shape.width,
        height=shape.height,
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
    )
    return Converted(variant, content)


if __name__ == "__main__":
    exits.run(main)
