"""Stage ``convert``: weights to every variant that a target runs.

Reads  data/train/weights.pt; specs/targets; data/collect/shards, data/validate/frames.parquet, data/agreement,
       data/split
Writes data/convert/variants.json, one file a variant; quantisation.json: what eight bits cost, and what stays in float;
       engines.json: engines that were built for machines which are not here
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field
from rich.console import Console
from rich.progress import track

from detection.edge.engines.opening import open_session
from detection.edge.vision.frames import read_image
from detection.edge.vision.preprocess import Tensor, letterbox
from detection.errors import ModelError
from detection.outside import documents, exits, files, tensorrt
from detection.outside.dataset import Dataset
from detection.outside.onnx import graphs, sensitivity
from detection.outside.onnx.halving import halved
from detection.outside.onnx.quantising import Flavour, Quantiser
from detection.outside.targets import read_targets
from detection.outside.ultralytics import export
from detection.outside.ultralytics import weights as weights_file
from detection.rules.document import Document
from detection.rules.engines import BuiltEngine, Engines, Recipe
from detection.rules.quantisation import Eight, Quantisation
from detection.rules.spec.targets import InputSize, Target, input_size
from detection.rules.variants import Engine, Variant, Variants

OUT = Path("data/convert")
_ENDINGS: dict[Engine, str] = {"onnxruntime": "onnx", "openvino": "openvino", "tensorrt-rtx": "engine"}
"""Of a variant's file, by what opens it."""


class Params(Document):
    """Section ``convert`` of params.yaml."""

    calibration_frames: Annotated[int, Field(ge=1)]
    """Train frames that show the quantiser which values to expect."""
    calibration_quantile: Annotated[float, Field(gt=0, le=1)]
    """Of those, the part whose least and greatest values a range holds; the rest is clipped. With 1, none is."""
    compared_frames: Annotated[int, Field(ge=1)]
    """Of those, frames on which blocks are given their 32 bits back, one at a time, to see which suffer."""
    float_share: Annotated[float, Field(ge=0, le=1)]
    """Of all multiplications, the part that may stay in float in eight bits."""
    opset: Annotated[int, Field(ge=13, le=20)]
    """Version of the ONNX operators; the oldest device's engine must know it."""


@dataclass(frozen=True, slots=True)
class Converted:
    """One variant and its file's bytes."""

    variant: Variant
    content: bytes


@dataclass(frozen=True, slots=True)
class Conversion:
    """All that was made.

    Attributes:
        ready: variants that run here, and so can be judged.
        eights: how those in eight bits were made.
        elsewhere: engines for machines which are not here.
    """

    ready: tuple[Converted, ...]
    eights: tuple[Eight, ...]
    elsewhere: tuple[BuiltEngine, ...]


def run(params: Params, targets: Sequence[Target], weights: weights_file.Weights, dataset: Dataset) -> Conversion:
    """Export the weights as every variant that a target runs, and load each as the device will.

    Raises:
        ModelError: a variant cannot be made, or is not a detector that the runtime can load.
        EnvironmentMissingError: a target asks for an engine that is not installed.
    """
    ready: list[Converted] = []
    eights: list[Eight] = []
    elsewhere: list[BuiltEngine] = []
    for target in {target.variant: target for target in targets}.values():
        made = _Making(params, target, weights, dataset)
        if target.engine == "tensorrt-rtx":
            built, content = made.card_engine()
            if not tensorrt.card_is_here():
                elsewhere.append(built)
                continue
        else:
            content = made.openvino() if target.engine == "openvino" else made.onnx()
        eights += made.eights
        ready.append(_converted(target, content, weights))
    order = [target.variant for target in targets]
    ready.sort(key=lambda one: order.index(one.variant.name))
    return Conversion(tuple(ready), tuple(eights), tuple(elsewhere))


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
    made = run(params, read_targets(), weights, Dataset.open())
    files.empty_folder(OUT)
    for item in made.ready:
        files.write_bytes(OUT / item.variant.file, item.content)
    documents.write_value(OUT / "variants.json", Variants(tuple(one.variant for one in made.ready), weights.classes))
    documents.write_value(OUT / "quantisation.json", Quantisation(made.eights))
    documents.write_value(OUT / "engines.json", Engines(made.elsewhere))
    for variant in (item.variant for item in made.ready):
        print(f"{variant.name}: {variant.bytes / 1e6:.1f} MB, {variant.width} x {variant.height} px, {variant.file}")
    for eight in made.eights:
        kept = f"{', '.join(eight.kept)} and the decoding layers" if eight.kept else "the decoding layers alone"
        print(
            f"{eight.variant}: {kept} stay in float; raw outputs are off by {eight.error_kept:.4f} ({eight.error:.4f})"
        )
    for built in made.elsewhere:
        print(f"{built.recipe.variant}: {built.bytes / 1e6:.1f} MB in {built.seconds:.1f} s; {built.verdict}")


class _Making:
    """One variant in the making."""

    def __init__(self, params: Params, target: Target, weights: weights_file.Weights, dataset: Dataset) -> None:
        self._params, self._target, self._weights, self._dataset = params, target, weights, dataset
        self.shape = input_size(target.camera, weights.size)
        exported = export.to_onnx(weights, params.opset, self.shape.width, self.shape.height)
        self._graph = graphs.with_pixels_in(exported)
        self.eights: list[Eight] = []

    def onnx(self) -> bytes:
        """The ONNX file in the target's precision and its engine's manner."""
        return graphs.finished(self._in_precision(), self._weights.classes)

    def openvino(self) -> bytes:
        """The model of OpenVINO, eight bits by NNCF."""
        from detection.outside import openvino

        if self._target.precision != "int8":
            return openvino.converted(self._graph, self._target.precision)
        tensors = self._tensors()
        quantiser = Quantiser(self._graph, tensors[:1])
        return openvino.converted(quantiser.folded.SerializeToString(), "int8", tensors, quantiser.tail)

    def card_engine(self) -> tuple[BuiltEngine, bytes]:
        """The engine of TensorRT for a named card."""
        target = self._target
        recipe = Recipe(target.variant, target.engine, target.precision, *self.shape, str(target.compute_capability))
        return tensorrt.built(self.onnx(), recipe)

    def _in_precision(self) -> bytes:
        if self._target.precision == "int8":
            return self._in_eight()
        return halved(self._graph) if self._target.precision == "fp16" else self._graph

    def _in_eight(self) -> bytes:
        params, tensors = self._params, self._tensors()
        quantiser = Quantiser(self._graph, tensors, params.calibration_quantile)
        chosen = np.unique(np.linspace(0, len(tensors) - 1, min(params.compared_frames, len(tensors))).astype(int))
        compared = [tensors[row] for row in chosen.tolist()]
        eight = sensitivity.searched(quantiser, self._target.variant, compared, params.float_share)
        self.eights.append(eight)
        flavour: Flavour = "onnxruntime" if self._target.engine == "onnxruntime" else "tensorrt"
        return quantiser.quantised(eight.kept, flavour)

    def _tensors(self) -> list[Tensor]:
        return list(calibration_tensors(self._dataset, self._params.calibration_frames, self.shape))


def _converted(target: Target, content: bytes, weights: weights_file.Weights) -> Converted:
    engine: Engine = "onnxruntime" if target.engine == "tensorrt" else target.engine
    session = open_session(engine, content)
    shape = input_size(target.camera, weights.size)
    height, width = session.tensor.shape[2:]
    found = (width, height, session.classes)
    if found != (*shape, len(weights.classes)):
        raise ModelError(f"{target.variant}: width, height, classes are {found}, not as trained; run stage train again")
    variant = Variant(
        name=target.variant,
        file=f"{target.variant}.{_ENDINGS[engine]}",
        engine=engine,
        precision=target.precision,
        width=shape.width,
        height=shape.height,
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
    )
    return Converted(variant, content)


if __name__ == "__main__":
    exits.run(main)
