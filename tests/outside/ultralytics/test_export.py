"""An export says what the trained module says, in one file, the same bytes each time."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
import torch

from detection.edge.engines.onnx import OnnxSession
from detection.errors import ModelError
from detection.outside.onnx.graphs import with_pixels_in
from detection.outside.ultralytics import export
from detection.outside.ultralytics import weights as weights_file
from detection.outside.ultralytics.weights import Weights
from tests.examples_models import CLASSES, SIZE
from tests.examples_weights import untrained

pytestmark = pytest.mark.slow

OPSET = 17


def to_onnx(weights: Weights) -> bytes:
    """A square export."""
    return export.to_onnx(weights, OPSET, SIZE, SIZE)


@pytest.mark.parametrize("model", ["yolov8n.yaml", "yolo11n.yaml", "yolo26n.yaml"])
def test_the_graph_answers_as_the_module_does(model: str) -> None:
    """Of a model with two heads, the one whose boxes still need suppression."""
    weights = untrained(model=model)
    pixels = np.random.default_rng(0).integers(0, 256, (1, 3, SIZE, SIZE), np.uint8)
    session = OnnxSession(with_pixels_in(to_onnx(weights)))
    session.tensor[:] = pixels
    raw = session.run()
    with torch.no_grad():
        expected = weights_file.module(weights)(torch.from_numpy(pixels / np.float32(255)))[0].numpy()
    assert raw.shape == (1, 4 + len(CLASSES), (SIZE // 8) ** 2 + (SIZE // 16) ** 2 + (SIZE // 32) ** 2)
    np.testing.assert_allclose(raw[:, :4], expected[:, :4], atol=1e-2)
    np.testing.assert_allclose(raw[:, 4:], expected[:, 4:], atol=1e-4)


def test_two_exports_are_the_same_file() -> None:
    assert to_onnx(untrained()) == to_onnx(untrained())


def test_no_suppression_hides_inside() -> None:
    """It belongs to the runtime, which is judged and ships: twice would be once too often."""
    graph = onnx.load_model_from_string(to_onnx(untrained())).graph
    assert not {"NonMaxSuppression", "TopK"} & {node.op_type for node in graph.node}


def test_an_opset_torch_does_not_know_is_refused() -> None:
    with pytest.raises(ModelError, match="opset 99"):
        export.to_onnx(untrained(), 99, SIZE, SIZE)
