"""Ranges of what flows through a graph: all that was seen, or what most frames reach."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from detection.errors import ModelError
from detection.outside.onnx import calibrating
from detection.outside.onnx.calibrating import Pixels


def halves() -> onnx.ModelProto:
    """A graph that says half of each pixel less 10."""
    nodes = [
        helper.make_node("Cast", ["images"], ["plain"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["plain", "half"], ["halved"]),
        helper.make_node("Sub", ["halved", "ten"], ["output0"]),
    ]
    constants = [
        numpy_helper.from_array(np.array(value, np.float32), name) for name, value in (("half", 0.5), ("ten", 10))
    ]
    takes = helper.make_tensor_value_info("images", TensorProto.UINT8, [1, 3, 2, 2])
    gives = helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, 3, 2, 2])
    graph = helper.make_graph(nodes, "halves", [takes], [gives], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def frames(*tops: int) -> list[Pixels]:
    """One frame for each of ``tops``: black but for one pixel."""
    made = [np.zeros((1, 3, 2, 2), np.uint8) for _ in tops]
    for frame, top in zip(made, tops, strict=True):
        frame[0, 1, 1, 0] = top
    return made


def range_of(quantile: float, *tops: int) -> tuple[float, float]:
    """Of the graph's output."""
    found = calibrating.ranges(halves(), frames(*tops), quantile)["output0"]
    low, high = found.range_value
    return float(low), float(high)


def test_every_value_lies_in_its_range() -> None:
    assert range_of(1.0, 40, 60, 200) == (-10, 90)


def test_one_frame_in_ten_may_be_clipped() -> None:
    usual = [40, 42, 44, 46, 48, 50, 52, 54, 60]
    assert range_of(0.9, *usual, 255) == (-10, 20)
    assert range_of(0.91, *usual, 255) == (-10, 117.5)  # a range ends at what a frame has shown, never between two


def test_the_part_of_the_frames_that_was_asked_for_is_whole() -> None:
    tops = np.random.default_rng(3).integers(30, 250, 37).tolist()
    for quantile in (0.1, 0.5, 0.75, 0.99):
        _, high = range_of(quantile, *tops)
        assert np.mean([top / 2 - 10 <= high for top in tops]) >= quantile


def test_no_frame_shows_no_range() -> None:
    with pytest.raises(ModelError, match="give calibration frames"):
        calibrating.ranges(halves(), [], 0.9)
