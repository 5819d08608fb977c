"""ONNX files: checked, cleaned of their maker's traces, made to take pixels. One file each, no data beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import numpy as np
import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from detection.errors import ModelError

PRODUCER = "detection"
FULL_SCALE = 255.0
"""What the graph divides its pixels by."""


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
    model = checked(content)
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
    checked(content)


def with_pixels_in(content: bytes) -> bytes:
    """The same model that takes ``(1, 3, h, w)`` uint8, 0 to 255, and divides by 255 itself.

    Args:
        content: an ONNX file of one float input, 0 to 1.

    Raises:
        ModelError: see :func:`check`.
    """
    model = checked(content)
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


def scaled_name(model: onnx.ModelProto) -> str | None:
    """The value that :func:`with_pixels_in` computes of the pixels, 0 to 1; None if the model does not take pixels."""
    name = f"{model.graph.input[0].name}_scaled"
    return name if any(name in node.output for node in model.graph.node) else None


def feed_pixels_straight(model: onnx.ModelProto) -> None:
    """Let the first layer of a model in eight bits take the pixels themselves: they are eight bits already.

    What divides them by 255 and rounds them to 256 steps again goes; the one dequantisation with scale 1 / 255 stays.
    Changes ``model``; a model of another form stays as it is.
    """
    name, scaled = str(model.graph.input[0].name), scaled_name(model)
    rounding = [node for node in model.graph.node if node.op_type == "QuantizeLinear" and node.input[0] == scaled]
    users = [node for node in model.graph.node if scaled in node.input]
    if len(rounding) != 1 or users != rounding:
        return
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear" and node.input[0] == rounding[0].output[0]:
            node.input[0] = name
    gone = {rounding[0].name, f"{name}_cast", f"{name}_scale"}
    nodes = [node for node in model.graph.node if node.name not in gone]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    constants = [one for one in model.graph.initializer if one.name != f"{name}_full_scale"]
    del model.graph.initializer[:]
    model.graph.initializer.extend(constants)


def checked(content: bytes) -> onnx.ModelProto:
    """One whole, valid model; raises as :func:`check` does."""
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
