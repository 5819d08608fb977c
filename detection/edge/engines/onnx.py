"""ONNX Runtime on the CPU: the only module that imports it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as state

from detection.edge.vision.decode import Raw
from detection.edge.vision.preprocess import Tensor
from detection.errors import ModelError

_ERRORS_ONLY = 3
_REFUSALS = tuple(kind for kind in vars(state).values() if isinstance(kind, type) and issubclass(kind, Exception))
"""What the binding raises: bare classes without a base of their own."""


class OnnxSession:
    """A model of fixed size, from its bytes alone: files beside it are never followed."""

    def __init__(self, model: Path | bytes, threads: int = 1) -> None:
        """Load and warm up.

        Args:
            model: a path, or the file's bytes.
            threads: that compute one frame; results depend on it in the last bits.

        Raises:
            ModelError: damaged, or not of one input ``(1, 3, h, w)`` and one output ``(1, 4 + c, n)``.
        """
        content = model if isinstance(model, bytes) else model.read_bytes()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.log_severity_level = _ERRORS_ONLY
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except _REFUSALS as error:
            raise ModelError(f"the model cannot be loaded ({_first_line(error)}); export it anew") from error
        self._input, self.input_width, self.input_height = self._shape_of_input()
        self._outputs, self.classes = self._shape_of_output()
        self.run(np.zeros((1, 3, self.input_height, self.input_width), np.float32))

    def run(self, tensor: Tensor) -> Raw:
        """One tensor ``(1, 3, height, width)`` to one raw output ``(1, 4 + classes, anchors)``."""
        raw: Raw = self._session.run(self._outputs, {self._input: tensor})[0]
        return raw

    def _shape_of_input(self) -> tuple[str, int, int]:
        inputs = self._session.get_inputs()
        shape = inputs[0].shape if len(inputs) == 1 else []
        if len(shape) != 4 or shape[:2] != [1, 3] or not all(type(side) is int and side > 0 for side in shape):
            raise _of_other_shape("inputs", inputs, "[1, 3, h, w]")
        return str(inputs[0].name), int(shape[3]), int(shape[2])

    def _shape_of_output(self) -> tuple[list[str], int]:
        outputs = self._session.get_outputs()
        shape = outputs[0].shape if len(outputs) == 1 else []
        if len(shape) != 3 or shape[0] != 1 or not (type(shape[1]) is int and shape[1] > 4):
            raise _of_other_shape("outputs", outputs, "[1, 4 + c, n]")
        return [str(outputs[0].name)], int(shape[1]) - 4


def _of_other_shape(side: str, found: Sequence[onnxruntime.NodeArg], expected: str) -> ModelError:
    shapes = ", ".join(str(node.shape) for node in found) or "none"
    return ModelError(f"the model's {side} are {shapes}; expected one of {expected}; export it anew")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
