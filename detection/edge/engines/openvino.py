"""OpenVINO on the CPU: the only module on the device that imports it.

A model is one stored zip of exactly ``model.xml`` and ``model.bin``: two files would be two things to change.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import numpy as np
import openvino

from detection.edge.vision.decode import Raw
from detection.edge.vision.preprocess import Tensor
from detection.errors import ModelError

MEMBERS = ("model.xml", "model.bin")
PRECISION_KEY = ("detection", "precision")
"""Where the graph says how it is computed."""
PRECISION_NAMES = {"fp32": "f32", "fp16": "f16", "bf16": "bf16", "int8": "f32"}
"""A variant's precision in OpenVINO's words; of a model in eight bits, that of the layers which are not."""

_SIZE_LIMIT = 2_000_000_000
"""Bytes of one member; far beyond any detector of a device, far below what would eat the machine."""


class OpenVinoSession:
    """A model of fixed size, from its bytes alone."""

    def __init__(self, content: bytes, threads: int = 1) -> None:
        """Load and warm up.

        Args:
            content: the zip's bytes.
            threads: that compute one frame; results depend on it in the last bits.

        Raises:
            ModelError: damaged, or not of one uint8 input ``(1, 3, h, w)`` and one output ``(1, 4 + c, n)``.
        """
        graph, weights = members(content)
        core = openvino.Core()
        try:
            model = core.read_model(graph, weights)
            compiled = core.compile_model(model, "CPU", settings(threads, _precision(model)))
        except RuntimeError as error:
            raise ModelError(f"the model cannot be loaded ({_first_line(error)}); export it anew") from error
        self.tensor: Tensor = np.zeros(_shape(compiled.inputs, "inputs", "u8", 4), np.uint8)
        self._raw: Raw = np.zeros(_shape(compiled.outputs, "outputs", "f32", 3), np.float32)
        if self.tensor.shape[:2] != (1, 3) or self._raw.shape[0] != 1 or self._raw.shape[1] <= 4:
            raise ModelError(
                f"the model takes {self.tensor.shape} and gives {self._raw.shape}; expected (1, 3, h, w) and "
                "(1, 4 + c, n); export it anew"
            )
        self.classes = int(self._raw.shape[1]) - 4
        self._request = compiled.create_infer_request()
        self._request.set_input_tensor(0, openvino.Tensor(self.tensor, shared_memory=True))
        self._request.set_output_tensor(0, openvino.Tensor(self._raw, shared_memory=True))
        self.run()

    def run(self) -> Raw:
        """``(1, 4 + classes, anchors)`` of what stands in ``tensor``; the next run overwrites it."""
        self._request.infer()
        return self._raw


def settings(threads: int, precision: str) -> dict[str, object]:
    """How a model is compiled: one stream for latency, only so many threads, the precision that was judged.

    Left alone, OpenVINO takes the fastest precision that the processor knows, and another machine gives other answers.
    """
    return {
        "PERFORMANCE_HINT": "LATENCY",
        "NUM_STREAMS": 1,
        "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": precision,
    }


def _precision(model: openvino.Model) -> str:
    """How the graph says that it is computed."""
    if not model.has_rt_info(list(PRECISION_KEY)):
        raise ModelError("the model does not say its precision; export it anew")
    found = str(model.get_rt_info(list(PRECISION_KEY)).value)
    if found not in PRECISION_NAMES.values():
        raise ModelError(f"the model's precision is {found[:20]!r}; export it anew")
    return found


def members(content: bytes) -> tuple[bytes, bytes]:
    """Graph and weights of a model's zip.

    Raises:
        ModelError: not a zip of exactly these two, stored.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            names = tuple(entry.filename for entry in entries)
            stored = all(e.compress_type == zipfile.ZIP_STORED and e.file_size < _SIZE_LIMIT for e in entries)
            if names != MEMBERS or not stored:
                raise ModelError(f"the model holds {', '.join(names)}; expected {', '.join(MEMBERS)}, stored")
            graph, weights = (archive.read(name) for name in MEMBERS)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        raise ModelError(f"the model is no zip of an OpenVINO graph ({error}); export it anew") from error
    return graph, weights


def _shape(ports: Sequence[openvino.ConstOutput], side: str, kind: str, axes: int) -> tuple[int, ...]:
    """The one port's shape."""
    if len(ports) == 1 and ports[0].element_type.get_type_name() == kind and ports[0].partial_shape.is_static:
        shape = tuple(int(length) for length in ports[0].shape)
        if len(shape) == axes and all(length > 0 for length in shape):
            return shape
    found = ", ".join(f"{port.element_type.get_type_name()} {port.partial_shape}" for port in ports) or "none"
    raise ModelError(f"the model's {side} are {found}; expected one of {kind} with {axes} axes; export it anew")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
