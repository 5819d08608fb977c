"""Untrained models in the form in which a target runs them: what they cost is known before they can do anything."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detection.edge.vision.preprocess import Tensor
from detection.outside.onnx import graphs
from detection.outside.onnx.quantising import Quantiser
from detection.outside.ultralytics import export
from detection.outside.ultralytics import weights as weights_file
from detection.outside.ultralytics.weights import Weights
from detection.rules.candidates import Candidate
from detection.rules.spec.targets import Target, input_size

OPSET = 17
RANGES_FROM = 2
"""Pictures of noise that give eight bits their ranges: what a range is does not change what computing costs."""


def untrained(candidate: Candidate, classes: Sequence[str]) -> Weights:
    """Random weights of an architecture.

    Raises:
        TrainingError: there is no architecture of that name.
    """
    architecture = weights_file.architecture_of(candidate.model)
    tensors = dict(weights_file.blank(architecture, len(classes)).state_dict())
    return Weights(architecture, tuple(classes), candidate.size, tensors)


def made(target: Target, weights: Weights) -> bytes:
    """A model file as the target runs it.

    Args:
        target: of an engine that runs on a processor.
        weights: of what.

    Raises:
        ModelError: it cannot be made.
        EnvironmentMissingError: the engine is not installed.
    """
    shape = input_size(target.camera, weights.size)
    graph = graphs.with_pixels_in(export.to_onnx(weights, OPSET, shape.width, shape.height))
    dice = np.random.default_rng(0)
    noise: list[Tensor] = [
        dice.integers(0, 256, (1, 3, shape.height, shape.width), np.uint8) for _ in range(RANGES_FROM)
    ]
    if target.engine == "openvino":
        from detection.outside import openvino

        if target.precision != "int8":
            return openvino.converted(graph, target.precision)
        folded = Quantiser(graph, noise)
        return openvino.converted(folded.folded.SerializeToString(), "int8", noise, folded.tail)
    made = Quantiser(graph, noise).quantised() if target.precision == "int8" else graph
    return graphs.finished(made, weights.classes)
