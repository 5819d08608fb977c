"""Eight bits (QDQ): weights signed by channel, activations by tensor.

Knows graphs, not detectors: what must stay exact is found from the graph's own shape, or named by the caller.
"""

from __future__ import annotations

import copy
import logging
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import numpy as np
import onnx
from onnxruntime.quantization import QuantType
from onnxruntime.quantization.qdq_quantizer import QDQQuantizer
from onnxruntime.quantization.shape_inference import quant_pre_process

from detection.errors import ModelError
from detection.outside.onnx import calibrating, graphs
from detection.outside.onnx.calibrating import Pixels

Flavour = Literal["onnxruntime", "tensorrt"]
"""Whose eight bits: ONNX Runtime is fast with unsigned activations, TensorRT knows only signed ones around zero."""

QUANTISED = ("Conv", "Mul", "Add", "Concat", "MaxPool", "Resize", "Split", "Slice")
"""Operators that run in eight bits; quantising every one is slower than none, because each lone one converts twice."""

_ACTIVATION = ("act", "conv")
"""Last parts of a path that name a step of a block, not the block."""


class Quantiser:
    """A model in 32 bits and the ranges of its values: from it, models in eight bits."""

    def __init__(self, content: bytes, tensors: Iterable[Pixels], quantile: float = 1.0) -> None:
        """Fold what is constant and see the ranges.

        Args:
            content: an ONNX file in 32 bits that takes pixels, as :func:`graphs.with_pixels_in` gives it.
            tensors: inputs that show the ranges to expect; one at least.
            quantile: see :func:`calibrating.ranges`.

        Raises:
            ModelError: no model, or ``tensors`` is empty.
        """
        self.folded = graphs.checked(_folded(content))
        self.tail = tuple(tail(self.folded))
        self._ranges = calibrating.ranges(self.folded, tensors, quantile)

    @property
    def nodes(self) -> tuple[onnx.NodeProto, ...]:
        """What may run in eight bits."""
        exact = set(self.tail)
        return tuple(n for n in self.folded.graph.node if n.op_type in QUANTISED and n.name not in exact)

    def quantised(self, kept: Collection[str] = (), flavour: Flavour = "onnxruntime") -> bytes:
        """The model in eight bits, its inputs and outputs as before; finish it before it ships.

        The last convolutions and all that decodes their outputs stay in 32 bits: a box's corner needs more than 256
        steps.

        Args:
            kept: names of blocks (:func:`block_of`) that stay in float.
            flavour: of the eight bits.

        Raises:
            ModelError: the model cannot be quantised.
        """
        exact = {*self.tail, *(str(node.name) for node in self.nodes if block_of(str(node.name)) in kept)}
        signed = flavour == "tensorrt"
        scaled = graphs.scaled_name(self.folded)
        options: dict[str, object] = {"ActivationSymmetric": True, "QuantizeBias": False} if signed else {}
        if not signed and scaled is not None:
            options["TensorQuantOverrides"] = {scaled: [{"rmin": np.float32(0), "rmax": np.float32(1)}]}
        kind = QuantType.QInt8 if signed else QuantType.QUInt8
        with _quiet():
            try:
                quantizer = QDQQuantizer(
                    copy.deepcopy(self.folded), True, False, QuantType.QInt8, kind, self._ranges, [], sorted(exact),
                    list(QUANTISED), options,
                )  # fmt: skip
                quantizer.quantize_model()
            except ValueError as error:
                raise ModelError(f"the model cannot be quantised ({error}); give calibration frames") from error
        quantizer.model.topological_sort()
        model: onnx.ModelProto = quantizer.model.model
        if not signed:
            graphs.feed_pixels_straight(model)
        made: bytes = model.SerializeToString(deterministic=True)
        return made


def quantised(content: bytes, tensors: Iterable[Pixels]) -> bytes:
    """The same model in eight bits but for its tail; see :class:`Quantiser`."""
    return Quantiser(content, tensors).quantised()


def block_of(name: str) -> str:
    """The block of a node: one convolution with its activation, by the path both have in common."""
    parts = name.split("/")[:-1]
    while len(parts) > 2 and parts[-1] in _ACTIVATION:
        parts.pop()
    return "/".join(parts)


def tail(model: onnx.ModelProto) -> list[str]:
    """Names of the nodes from the last convolutions on.

    A convolution without bias does not count: after folding, only the fixed one that turns distributions into distances
    has none.

    Args:
        model: its nodes have names and stand in topological order.
    """
    feeds_convolution: set[str] = set()
    names: list[str] = []
    for node in reversed(model.graph.node):
        learnt = node.op_type == "Conv" and len(node.input) == 3
        before = any(output in feeds_convolution for output in node.output)
        if before or learnt:
            feeds_convolution.update(node.input)
        if not before:
            names.append(str(node.name))
    return names


def _folded(content: bytes) -> bytes:
    graphs.check(content)
    with tempfile.TemporaryDirectory(prefix="detection-onnx-") as name, _quiet():
        plain, folded = (Path(name) / f"{step}.onnx" for step in ("plain", "folded"))
        plain.write_bytes(content)
        quant_pre_process(str(plain), str(folded), skip_symbolic_shape=True)
        return folded.read_bytes()


@contextmanager
def _quiet() -> Iterator[None]:
    """Onnxruntime's quantiser advises through the root logger; its advice is not for our readers."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
