"""Tiny real models: ONNX graphs small enough to know their answers by heart."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIZE = 64
CELL = 8
CLASSES = ("red", "green", "blue")


def colour_model(size: int = SIZE, width: int | None = None) -> bytes:
    """A detector of colours: each cell of 8 x 8 pixels is an anchor.

    Its three class scores are the cell's mean red, green and blue; its box is twice the cell, about its centre.
    Output ``(1, 7, (size / 8) * (width / 8))``, as a YOLOv8 head would give it.
    """
    wide = width or size
    rows, columns = size // CELL, wide // CELL
    x, y = np.meshgrid((np.arange(columns) + 0.5) * CELL, (np.arange(rows) + 0.5) * CELL)
    side = np.full(rows * columns, 2.0 * CELL)
    boxes = np.stack((x.ravel(), y.ravel(), side, side)).astype(np.float32)[None]
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["images"], ["float"], to=TensorProto.FLOAT),
            helper.make_node("Div", ["float", "full_scale"], ["scaled"]),
            helper.make_node("AveragePool", ["scaled"], ["pooled"], kernel_shape=[CELL, CELL], strides=[CELL, CELL]),
            helper.make_node("Reshape", ["pooled", "shape"], ["scores"]),
            helper.make_node("Concat", ["boxes", "scores"], ["output0"], axis=1),
        ],
        "colours",
        [helper.make_tensor_value_info("images", TensorProto.UINT8, [1, 3, size, wide])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, 7, rows * columns])],
        [
            numpy_helper.from_array(np.array([1, 3, rows * columns], np.int64), "shape"),
            numpy_helper.from_array(boxes, "boxes"),
            numpy_helper.from_array(np.array(255, np.float32), "full_scale"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
