"""Weights that nobody trained: a real architecture with seeded random tensors, made in a moment."""

from __future__ import annotations

import torch

from detection.outside.ultralytics import weights as weights_file
from detection.outside.ultralytics.weights import Weights
from tests.examples_models import CLASSES, SIZE

MODEL = "yolov8n.yaml"


def untrained(size: int = SIZE, seed: int = 0, model: str = MODEL, classes: tuple[str, ...] = CLASSES) -> Weights:
    """Random weights; equal for equal arguments.

    The class scores are lifted to about one half, so that a detector of them finds something.
    """
    architecture = weights_file.architecture_of(model)
    torch.manual_seed(seed)
    module = weights_file.blank(architecture, len(classes))
    for branch in module.model[-1].cv3:
        torch.nn.init.normal_(branch[-1].bias, std=0.5)
    return Weights(architecture, classes, size, dict(module.state_dict()))
