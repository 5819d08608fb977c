"""Sixteen bits: the whole graph but its input and output, for engines that compute as the graph says."""

from __future__ import annotations

import logging

import onnx
from onnxruntime.quantization.onnx_model import ONNXModel
from onnxruntime.transformers.float16 import convert_float_to_float16

from detection.outside.onnx import graphs


def halved(content: bytes) -> bytes:
    """The same model with weights and values in float16; it takes pixels and gives 32 bits as before.

    Args:
        content: an ONNX file in 32 bits that takes pixels.

    Raises:
        ModelError: see :func:`graphs.check`.
    """
    model = graphs.checked(content)
    logging.disable(logging.WARNING)  # of weights too small for 16 bits: rounding them to zero is what was asked for
    try:
        made: onnx.ModelProto = convert_float_to_float16(model, keep_io_types=True, op_block_list=[])
    finally:
        logging.disable(logging.NOTSET)
    ONNXModel(made).topological_sort()
    halves: bytes = made.SerializeToString(deterministic=True)
    return halves
