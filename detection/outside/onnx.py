"""ONNX files: checked, cleaned of their maker's traces, quantised to eight bits. One file each, no data beside it.

Knows graphs, not detectors: what must stay exact is found from the graph's own shape.
"""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from detection.errors import ModelError

PRODUCER = "detection"
FULL_SCALE = 255.0
"""What the graph divides its pixels by."""

_QUANTISED = ["Conv", "Mul", "Add", "Concat", "MaxPool", "Resize", "Split", "Slice"]
"""Operators that run in eight bits; quantising every one is slower than none, because each lone one converts twice."""


def finished(content: bytes, classes: Sequence[str]) -> bytes:
    """The same model without traces of who made it when, and with our metadata alone.

    Args:
        content: an ONNX file.
        classes: class ids in the order of the outputs.

    Returns:
        Equal bytes for equal models.

    Raises:
        ModelError: see :func:`check`.
    """
    model = _checked(content)
    model.producer_name, model.producer_version, model.doc_string, model.domain = PRODUCER, "", "", ""
    model.graph.doc_string, model.graph.name = "", PRODUCER
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, {"classes": json.dumps(list(classes))})
    used = {node.domain for node in model.graph.node}
    kept = [opset for opset in model.opset_import if opset.domain in used | {""}]
    del model.opset_import[:]
    model.opset_import.extend(sorted(kept, key=lambda opset: str(opset.domain)))
    cleaned: bytes = model.SerializeToString(deterministic=True)
    return cleaned


def check(content: bytes) -> None:
    """Raise unless ``content`` is one whole, valid model.

    Raises:
        ModelError: not ONNX, invalid, or with weights in another file.
    """
    _checked(content)


def with_pixels_in(content: bytes) -> bytes:
    """The same model that takes ``(1, 3, h, w)`` uint8, 0 to 255, and divides by 255 itself.

    Args:
        content: an ONNX file of one float input, 0 to 1.

    Raises:
        ModelError: see :func:`check`.
    """
    model = _checked(content)
    graph = model.graph
    name = str(graph.input[0].name)
    for node in graph.node:
        node.input[:] = [f"{name}_scaled" if one == name else one for one in node.input]
    full_scale = onnx.numpy_helper.from_array(np.array(FULL_SCALE, np.float32), f"{name}_full_scale")
    graph.initializer.append(full_scale)
    cast = onnx.helper.make_node("Cast", [name], [f"{name}_float"], f"{name}_cast", to=onnx.TensorProto.FLOAT)
    scale = onnx.helper.make_node("Div", [f"{name}_float", full_scale.name], [f"{name}_scaled"], f"{name}_scale")
    nodes = [cast, scale, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    graph.input[0].type.tensor_type.elem_type = onnx.TensorProto.UINT8
    changed: bytes = model.SerializeToString(deterministic=True)
    return changed


def quantised(content: bytes, tensors: Iterator[NDArray[np.uint8]]) -> bytes:
    """The same model in eight bits (QDQ): weights signed by channel, activations unsigned by tensor.

    The last convolutions and all that decodes their outputs stay in 32 bits: a box's corner needs more than 256 steps.

    Args:
        content: an ONNX file in 32 bits.
        tensors: inputs ``(1, 3, h, w)`` that show the ranges to expect; one at least.

    Returns:
        An ONNX file with the same inputs and outputs; finish it before it ships.

    Raises:
        ModelError: the model cannot be quantised, or ``tensors`` is empty.
    """
    model = _checked(content)
    reader = _Reader(str(model.graph.input[0].name), tensors)
    with tempfile.TemporaryDirectory(prefix="detection-onnx-") as name, _quiet():
        plain, folded, eight = (Path(name) / f"{step}.onnx" for step in ("plain", "folded", "eight"))
        plain.write_bytes(content)
        quant_pre_process(str(plain), str(folded), skip_symbolic_shape=True)
        try:
            quantize_static(
                str(folded),
                str(eight),
                reader,
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=_QUANTISED,
                nodes_to_exclude=tail(folded.read_bytes()),
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                calibrate_method=CalibrationMethod.MinMax,
            )
        except ValueError as error:
            raise ModelError(f"the model cannot be quantised ({error}); give calibration frames") from error
        return eight.read_bytes()


def tail(content: bytes) -> list[str]:
    """Names of the nodes from the last convolutions on.

    A convolution without bias does not count: after folding, only the fixed one that turns distributions into distances
    has none.

    Args:
        content: an ONNX file whose nodes have names and stand in topological order.
    """
    graph = _checked(content).graph
    feeds_convolution: set[str] = set()
    names: list[str] = []
    for node in reversed(graph.node):
        learnt = node.op_type == "Conv" and len(node.input) == 3
        before = any(output in feeds_convolution for output in node.output)
        if before or learnt:
            feeds_convolution.update(node.input)
        if not before:
            names.append(str(node.name))
    return names


class _Reader(CalibrationDataReader):  # type: ignore[misc]
    """Hands the calibration tensors to onnxruntime one by one."""

    def __init__(self, name: str, tensors: Iterator[NDArray[np.uint8]]) -> None:
        self._name, self._tensors = name, tensors

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        """The next input, or None after the last."""
        tensor = next(self._tensors, None)
        return None if tensor is None else {self._name: tensor}


def _checked(content: bytes) -> onnx.ModelProto:
    try:
        model = onnx.load_model_from_string(content)
        if any(tensor.data_location == onnx.TensorProto.EXTERNAL for tensor in _tensors(model.graph)):
            raise ModelError("the ONNX model keeps weights in another file; export it as a single file")
        onnx.checker.check_model(model, full_check=True)
    except (DecodeError, onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise ModelError(f"not a valid ONNX model ({str(error).strip().splitlines()[0]}); export it anew") from error
    return model


def _tensors(graph: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    """Every tensor of the graph and of the graphs inside its nodes."""
    yield from graph.initializer
    for attribute in (attribute for node in graph.node for attribute in node.attribute):
        yield from (attribute.t, *attribute.tensors)
        for inner in (attribute.g, *attribute.graphs):
            if inner.node or inner.initializer:
                yield from _tensors(inner)


@contextmanager
def _quiet() -> Iterator[None]:
    """Onnxruntime's quantiser advises through the root logger; its advice is not for our readers."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
