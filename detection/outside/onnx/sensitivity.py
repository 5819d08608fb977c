"""Which blocks suffer from eight bits: each is given its 32 bits back, alone, and the raw outputs are compared."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence

import numpy as np
import onnx

from detection.outside.onnx import calibrating
from detection.outside.onnx.calibrating import Pixels
from detection.outside.onnx.quantising import Quantiser, block_of
from detection.rules import quantisation
from detection.rules.quantisation import Block, Candidates, Eight


def searched(quantiser: Quantiser, variant: str, tensors: Sequence[Pixels], share: float) -> Eight:
    """Measure every block and choose what stays in float.

    Args:
        quantiser: the model and its ranges.
        variant: its name, for the record.
        tensors: train frames to compare on; one at least.
        share: of all multiplications that may stay in float; with 0 no block is measured.
    """
    exact = answers(quantiser.folded.SerializeToString(), tensors)
    whole = quantiser.quantised()
    everything = _error(whole, exact, tensors)
    eight = onnx.load_model_from_string(whole)
    blocks = tuple(
        Block(name, part, _error(released(eight, quantiser, name), exact, tensors))
        for name, part in (shares(quantiser).items() if share else ())
    )
    chosen = quantisation.kept(blocks, everything, share)
    error = _error(quantiser.quantised([one.name for one in chosen]), exact, tensors) if chosen else everything
    if error >= everything:
        chosen, error = (), everything
    spent = float(sum(one.share for one in chosen))
    return Eight(variant, len(tensors), everything, error, spent, tuple(one.name for one in chosen), blocks)


def shares(quantiser: Quantiser) -> dict[str, float]:
    """Of every block in eight bits, its part of the whole graph's multiplications, in the order of the graph."""
    weights = {str(one.name): tuple(one.dims) for one in quantiser.folded.graph.initializer}
    outputs = _shapes(quantiser.folded)
    work = {
        str(node.name): int(np.prod(outputs[node.output[0]])) * int(np.prod(weights[node.input[1]][1:]))
        for node in quantiser.folded.graph.node
        if node.op_type == "Conv"
    }
    found: dict[str, float] = {}
    for name in (str(node.name) for node in quantiser.nodes):
        if name in work:
            found[block_of(name)] = found.get(block_of(name), 0.0) + work[name] / sum(work.values())
    return found


def released(eight: onnx.ModelProto, quantiser: Quantiser, block: str) -> bytes:
    """The model in eight bits, with one block in 32 again.

    What a value between two blocks is rounded to stays, as long as the other block is in eight bits.
    """
    model = copy.deepcopy(eight)
    free = {str(node.name) for node in quantiser.nodes if block_of(str(node.name)) == block}
    held = {str(node.name) for node in quantiser.nodes} - free
    plain = {str(node.name): node for node in quantiser.folded.graph.node}
    constants = {str(one.name): one for one in quantiser.folded.graph.initializer}
    bound = {name for node in plain.values() if node.name in held for name in (*node.input, *node.output)}
    rounded = {str(node.output[0]): str(node.input[0]) for node in model.graph.node if node.op_type == "QuantizeLinear"}
    exact = {
        str(node.output[0]): rounded[node.input[0]]
        for node in model.graph.node
        if node.op_type == "DequantizeLinear" and rounded.get(node.input[0], "") not in {"", *bound}
    }
    wanted: set[str] = set()
    for node in model.graph.node:
        node.input[:] = [exact.get(str(name), str(name)) for name in node.input]
        if node.name in free:
            for place, name in enumerate(plain[node.name].input):
                if name in constants:
                    node.input[place] = f"{name}_exact"
                    wanted.add(str(name))
    for name in sorted(wanted):
        constant = model.graph.initializer.add()
        constant.CopyFrom(constants[name])
        constant.name = f"{name}_exact"
    freed: bytes = model.SerializeToString()
    return freed


def _error(content: bytes, exact: Sequence[Candidates], tensors: Sequence[Pixels]) -> float:
    found = answers(content, tensors)
    return float(np.mean([quantisation.error_of(one, other) for one, other in zip(exact, found, strict=True)]))


def answers(content: bytes, tensors: Iterable[Pixels]) -> list[Candidates]:
    """What a model says of each of ``tensors``, without the leading axis."""
    session = calibrating.session_of(content)
    name = session.get_inputs()[0].name
    return [session.run(None, {name: tensor})[0][0] for tensor in tensors]


def _shapes(model: onnx.ModelProto) -> dict[str, tuple[int, ...]]:
    inferred = onnx.shape_inference.infer_shapes(model).graph
    return {
        str(value.name): tuple(int(side.dim_value) for side in value.type.tensor_type.shape.dim)
        for value in (*inferred.value_info, *inferred.output)
    }
