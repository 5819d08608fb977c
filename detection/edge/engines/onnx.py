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
            ModelError: damaged, or not of one uint8 input ``(1, 3, h, w)`` and one output ``(1, 4 + c, n)``.
        """
        content = model if isinstance(model, bytes) else model.read_bytes()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.log_severity_level = _ERRORS_ONLY
        # Threads that wait sleep: where anything else runs, spinning took two threads longer than one.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except _REFUSALS as error:
            raise ModelError(f"the model cannot be loaded ({_first_line(error)}); export it anew") from error
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if not (_is(inputs, "tensor(uint8)", 4) and inputs[0].shape[:2] == [1, 3]):
            raise _of_other_shape("inputs", inputs, "uint8 [1, 3, h, w]")
        if not (_is(outputs, "tensor(float)", 3) and outputs[0].shape[0] == 1 and outputs[0].shape[1] > 4):
            raise _of_other_shape("outputs", outputs, "float [1, 4 + c, n]")
        self.tensor: Tensor = np.zeros(inputs[0].shape, np.uint8)
        self.classes = int(outputs[0].shape[1]) - 4
        self._raw: Raw = np.zeros(outputs[0].shape, np.float32)
        self._binding = self._session.io_binding()
        here = ("cpu", 0)
        self._binding.bind_input(inputs[0].name, *here, np.uint8, self.tensor.shape, self.tensor.ctypes.data)
        self._binding.bind_output(outputs[0].name, *here, np.float32, self._raw.shape, self._raw.ctypes.data)
        self.run()

    def run(self) -> Raw:
        """``(1, 4 + classes, anchors)`` of what stands in ``tensor``; the next run overwrites it."""
        self._session.run_with_iobinding(self._binding)
        return self._raw


def _is(found: Sequence[onnxruntime.NodeArg], kind: str, axes: int) -> bool:
    """One tensor of that kind, its shape known."""
    return (
        len(found) == 1
        and found[0].type == kind
        and len(found[0].shape) == axes
        and all(type(side) is int and side > 0 for side in found[0].shape)
    )


def _of_other_shape(side: str, found: Sequence[onnxruntime.NodeArg], expected: str) -> ModelError:
    shapes = ", ".join(f"{node.type} {node.shape}" for node in found) or "none"
    return ModelError(f"the model's {side} are {shapes}; expected one of {expected}; export it anew")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
