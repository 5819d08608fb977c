"""The range of every value inside a graph, over frames: what eight bits must be able to say."""

from __future__ import annotations

import copy
from collections.abc import Iterable

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationMethod
from onnxruntime.quantization.calibrate import TensorData, TensorsData

from detection.errors import ModelError

Pixels = NDArray[np.uint8]
"""``(1, 3, h, w)``: one frame as the graph takes it."""

_ERRORS_ONLY = 3
_THREADS = 1
"""One: with several, sums may end in other last bits, and the same weights must give the same file."""


def session_of(content: bytes) -> onnxruntime.InferenceSession:
    """A session that gives the same bits every time."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    options.intra_op_num_threads = options.inter_op_num_threads = _THREADS
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def ranges(model: onnx.ModelProto, tensors: Iterable[Pixels], quantile: float = 1.0) -> TensorsData:
    """Least and greatest value of every float inside ``model``.

    The quantiser's own way writes reductions into the graph and takes two to three times as long.

    Args:
        model: in 32 bits; one input of pixels.
        tensors: frames; one at least.
        quantile: a range holds the least and the greatest value of this part of the frames whole, 0 to 1. What lies
            further out in the others is clipped, and all the rest is said in finer steps.

    Raises:
        ModelError: ``tensors`` is empty.
    """
    shown = copy.deepcopy(model)
    inferred = onnx.shape_inference.infer_shapes(model).graph.value_info
    floats = [str(value.name) for value in inferred if value.type.tensor_type.elem_type == onnx.TensorProto.FLOAT]
    already = {str(output.name) for output in model.graph.output}
    shown.graph.output.extend(
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in floats if name not in already
    )
    session = session_of(shown.SerializeToString())
    names = [output.name for output in session.get_outputs()]
    seen = [
        [(-value.min(), value.max()) for value in session.run(None, {session.get_inputs()[0].name: tensor})]
        for tensor in tensors
    ]
    if not seen:
        raise ModelError("the model cannot be quantised: no frame to calibrate on; give calibration frames")
    reached = np.quantile(np.array(seen, np.float32), quantile, axis=0, method="inverted_cdf")
    return TensorsData(
        CalibrationMethod.MinMax,
        {
            name: TensorData(lowest=np.float32(-below), highest=np.float32(above))
            for name, (below, above) in zip(names, reached, strict=True)
        },
    )
