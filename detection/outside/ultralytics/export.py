"""Trained weights to an ONNX graph, straight through torch: no suppression inside, one input of a fixed size."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator

import torch

from detection.errors import ModelError
from detection.outside.ultralytics.weights import Weights, module

INPUT = "images"
OUTPUT = "candidates"


def to_onnx(weights: Weights, opset: int, width: int, height: int, free: bool = False) -> bytes:
    """Export the detector.

    Args:
        weights: what to export; batch normalisation is folded into the convolutions.
        opset: of the ONNX operators.
        width: of the input, pixels; a multiple of the coarsest grid's 32.
        height: of the input, pixels; likewise.
        free: the graph takes any such width and height; anchors are computed with every frame then.

    Returns:
        An ONNX file: ``images`` ``(1, 3, height, width)`` float32 RGB in [0, 1] to ``candidates`` ``(1, 4 + c, n)``
        float32: centre x, centre y, width, height in pixels of the input, then one raw score in [0, 1] a class.

    Raises:
        ModelError: torch cannot express the model at this opset.
    """
    model = module(weights).fuse(verbose=False)
    head = model.model[-1]
    head.export, head.format, head.dynamic = True, "onnx", free
    example = torch.zeros(1, 3, height, width)
    stream = io.BytesIO()
    with torch.no_grad(), _quiet():
        shape = tuple(model(example).shape)  # a first pass also fixes the anchors, which then are constants
        if len(shape) != 3 or shape[:2] != (1, 4 + len(weights.classes)):
            raise ModelError(f"train.model: gives output of shape {shape}; expected (1, {4 + len(weights.classes)}, n)")
        try:
            torch.onnx.export(
                model,
                (example,),
                stream,  # type: ignore[arg-type]  # declared as a path; a stream is documented and works
                dynamo=False,
                opset_version=opset,
                input_names=[INPUT],
                output_names=[OUTPUT],
                dynamic_axes={INPUT: {2: "height", 3: "width"}, OUTPUT: {2: "candidates"}} if free else None,
            )
        except (RuntimeError, ValueError, torch.onnx.errors.OnnxExporterError) as error:
            raise ModelError(f"convert.opset: torch cannot export at opset {opset} ({error})") from error
    return stream.getvalue()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Torch's advice to use its newer exporter, which needs a package we do not have, is not for our readers."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            logger.setLevel(level)
