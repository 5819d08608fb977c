"""What engines other than ONNX Runtime make of one model: built here, run here where that is possible.

``python -m benchmarks.engines [--folder FOLDER] [--short]`` takes the weights and train frames of a workspace (this one
by default). It builds OpenVINO in every precision, and TensorRT-RTX in 32, 16 and 8 bits for two cards, in the shape
of a camera and with free height and width. It prints seconds, megabytes, and how far the raw outputs are from the model
in 32 bits. TensorRT engines are built and not run: the line says so.
"""

from __future__ import annotations

import argparse
import functools
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from detection.edge.engines.opening import open_session
from detection.edge.engines.tensorrt import Sides
from detection.edge.vision.preprocess import Tensor
from detection.outside import openvino, tensorrt
from detection.outside.dataset import Dataset
from detection.outside.onnx import graphs
from detection.outside.onnx.halving import halved
from detection.outside.onnx.quantising import Quantiser
from detection.outside.ultralytics import export
from detection.outside.ultralytics import weights as weights_file
from detection.rules.engines import Recipe
from detection.rules.quantisation import error_of
from detection.rules.spec.targets import PRECISIONS, Camera, input_size
from detection.stages.convert import calibration_tensors

OPSET = 17
CAMERA = Camera(width=1920, height=1080)
CARDS = ("8.6", "12.0")
"""Compute capabilities: GeForce RTX 30 and 50."""
SIDES = Sides((192, 192), (384, 640), (640, 640))
COMPARED = 8
ROUNDS = 20


def main() -> None:
    """Build and print, a line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path(), help="a workspace after stage train")
    parser.add_argument("--short", action="store_true", help="one card, few calibration frames")
    chosen = parser.parse_args()
    os.chdir(chosen.folder)
    weights = weights_file.read(Path("data/train/weights.pt"))
    shape = input_size(CAMERA, weights.size)
    tensors = list(calibration_tensors(Dataset.open(), 16 if chosen.short else 100, shape))
    plain = graphs.with_pixels_in(export.to_onnx(weights, OPSET, shape.width, shape.height))
    quantiser = Quantiser(plain, tensors)
    plain = quantiser.folded.SerializeToString()
    print(f"{shape.width} x {shape.height} px; times of one thread, median of {ROUNDS}")
    _run("onnxruntime", "fp32", lambda: plain, plain, tensors)
    _run("onnxruntime", "int8", quantiser.quantised, plain, tensors)
    for precision in PRECISIONS["openvino"]:
        shown = tensors if precision == "int8" else []
        make = functools.partial(openvino.converted, plain, precision, shown, quantiser.tail)
        _run("openvino", precision, make, plain, tensors)
    forms = {"fp32": plain, "fp16": halved(plain), "int8": quantiser.quantised(flavour="tensorrt")}
    for card in CARDS[:1] if chosen.short else CARDS:
        for form, content in forms.items():
            _build(content, Recipe("camera", "tensorrt-rtx", form, shape.width, shape.height, card), None)
    free = graphs.with_pixels_in(export.to_onnx(weights, OPSET, SIDES.usual[1], SIDES.usual[0], free=True))
    height, width = SIDES.usual
    _build(free, Recipe("free", "tensorrt-rtx", "fp32", width, height, CARDS[0]), SIDES)
    _build(halved(free), Recipe("free", "tensorrt-rtx", "fp16", width, height, CARDS[0]), SIDES)


def _run(engine: str, precision: str, make: Callable[[], bytes], plain: bytes, tensors: list[Tensor]) -> None:
    began = time.perf_counter()
    content = make()
    seconds = time.perf_counter() - began
    session, exact = open_session(engine, content), open_session("onnxruntime", plain)
    errors, times = [], []
    for tensor in tensors[:: max(1, len(tensors) // COMPARED)]:
        session.tensor[:] = exact.tensor[:] = tensor
        errors.append(error_of(exact.run()[0], session.run()[0]))
    for _ in range(ROUNDS):
        began = time.process_time()
        session.run()
        times.append(time.process_time() - began)
    print(
        f"{engine:13} {precision:5} built in {seconds:6.1f} s, {len(content) / 1e6:5.1f} MB, raw outputs off by "
        f"{np.mean(errors):.4f}, {np.median(times) * 1000:6.1f} ms"
    )


def _build(content: bytes, recipe: Recipe, sides: Sides | None) -> None:
    built, _ = tensorrt.built(content, recipe, sides)
    print(
        f"{recipe.engine:13} {recipe.precision:5} built in {built.seconds:6.1f} s, {built.bytes / 1e6:5.1f} MB, for "
        f"compute capability {recipe.compute_capability}; takes {built.takes}, gives {built.gives}: {built.verdict}"
    )


if __name__ == "__main__":
    main()
