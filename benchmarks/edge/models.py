"""Graphs to time: of the same weights, in the formats that the ways take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detection.edge.vision.preprocess import letterbox
from detection.outside.onnx import graphs
from detection.outside.onnx.quantising import quantised
from detection.outside.ultralytics import export
from detection.outside.ultralytics import weights as weights_file

OPSET = 17


@dataclass(frozen=True, slots=True)
class Pair:
    """One graph twice.

    Attributes:
        pixels: takes uint8, as the runtime feeds it.
        floats: takes float32 from 0 to 1, as everybody else feeds it.
    """

    pixels: Path
    floats: Path


def weights_of(path: Path | None) -> weights_file.Weights:
    """Trained weights, or an untrained YOLOv8 nano with None."""
    if path is not None:
        return weights_file.read(path)
    architecture = weights_file.architecture_of("yolov8n.yaml")
    tensors = {name: t.float() for name, t in weights_file.blank(architecture, 3).state_dict().items()}
    return weights_file.Weights(architecture, ("box", "polybag", "tube"), 640, tensors)


def pair(weights: weights_file.Weights, folder: Path, width: int, height: int) -> Pair:
    """FP32, both formats."""
    made = Pair(folder / f"pixels-{width}x{height}.onnx", folder / f"floats-{width}x{height}.onnx")
    content = export.to_onnx(weights, OPSET, width, height)
    made.floats.write_bytes(content)
    made.pixels.write_bytes(graphs.finished(graphs.with_pixels_in(content), weights.classes))
    return made


def eight_bits(exact: Pair, classes: tuple[str, ...], frames: Path, count: int) -> Path:
    """The same in eight bits, calibrated on the frames that are timed: made for its speed alone."""
    content = quantised(graphs.with_pixels_in(exact.floats.read_bytes()), _tensors(exact, frames, count))
    path = exact.pixels.with_name(exact.pixels.name.replace("pixels", "eight"))
    path.write_bytes(graphs.finished(content, classes))
    return path


def _tensors(exact: Pair, frames: Path, count: int) -> Iterator[NDArray[np.uint8]]:
    width, height = (int(side) for side in exact.pixels.stem.split("-")[1].split("x"))
    all_frames = np.memmap(frames, np.uint8, "r", shape=(count, 1080, 1920, 3))
    return (letterbox(np.asarray(frame), width, height).tensor for frame in all_frames)
