"""Detectors that pass every test on their golden frames and fail in the field: real graphs that a white frame trips."""

from __future__ import annotations

from typing import Literal

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tests.examples_models import colour_model

Manner = Literal["crashes", "hangs", "is slow", "answers NaN"]
_TURNS = {"hangs": 2**40, "is slow": 150}
_SIDE = 256


def sabotaged_model(manner: Manner) -> bytes:
    """The colour detector, which does this where a frame is nearly all white."""
    model = onnx.load_from_string(colour_model())
    graph = model.graph
    for node in graph.node:
        for place, name in enumerate(node.output):
            if name == "output0":
                node.output[place] = "honest"
    graph.node.extend(
        [
            helper.make_node("ReduceMean", ["scaled"], ["mean"], keepdims=0),
            helper.make_node("Greater", ["mean", "nearly_white"], ["tripped"]),
        ]
    )
    graph.initializer.append(numpy_helper.from_array(np.array(0.7, np.float32), "nearly_white"))
    {"crashes": _crash, "answers NaN": _nan}.get(manner, _turn)(graph, manner)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _nan(graph: onnx.GraphProto, manner: Manner) -> None:
    _constants(graph, bad=np.array(np.nan, np.float32), good=np.array(0, np.float32))
    graph.node.extend(
        [helper.make_node("Where", ["tripped", "bad", "good"], ["added"]), _added("added")],
    )


def _crash(graph: onnx.GraphProto, manner: Manner) -> None:
    """Ask for eight petabytes."""
    _constants(graph, bad=np.array([2**51], np.int64), good=np.array([1], np.int64), zero=np.array(0, np.float32))
    graph.node.extend(
        [
            helper.make_node("Where", ["tripped", "bad", "good"], ["extent"]),
            helper.make_node("Expand", ["zero", "extent"], ["wide"]),
            helper.make_node("ReduceMax", ["wide"], ["added"], keepdims=0),
            _added("added"),
        ]
    )


def _turn(graph: onnx.GraphProto, manner: Manner) -> None:
    """Multiply matrices, so often."""
    eye = np.eye(_SIDE, dtype=np.float32)
    _constants(
        graph, bad=np.array(_TURNS[manner], np.int64), good=np.array(0, np.int64), go=np.array(True), eye=eye,
        zero=np.array(0, np.float32),
    )  # fmt: skip
    square = [_SIDE, _SIDE]
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["going"], ["goes"]),
            helper.make_node("MatMul", ["carried", "eye"], ["carries"]),
        ],
        "turn",
        [
            helper.make_tensor_value_info("turn", TensorProto.INT64, []),
            helper.make_tensor_value_info("going", TensorProto.BOOL, []),
            helper.make_tensor_value_info("carried", TensorProto.FLOAT, square),
        ],
        [
            helper.make_tensor_value_info("goes", TensorProto.BOOL, []),
            helper.make_tensor_value_info("carries", TensorProto.FLOAT, square),
        ],
    )
    graph.node.extend(
        [
            helper.make_node("Where", ["tripped", "bad", "good"], ["turns"]),
            helper.make_node("Loop", ["turns", "go", "eye"], ["turned"], body=body),
            helper.make_node("ReduceMax", ["turned"], ["most"], keepdims=0),
            helper.make_node("Mul", ["most", "zero"], ["added"]),
            _added("added"),
        ]
    )


def _added(name: str) -> onnx.NodeProto:
    return helper.make_node("Add", ["honest", name], ["output0"])


def _constants(graph: onnx.GraphProto, **values: np.ndarray) -> None:
    graph.initializer.extend([numpy_helper.from_array(value, name) for name, value in values.items()])
