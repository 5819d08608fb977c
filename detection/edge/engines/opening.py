"""From an engine's name and a model's bytes to a session; an engine's package is imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable

from detection.edge.engines.session import Session
from detection.errors import EnvironmentMissingError, ModelError

INSTALLED_BY = {
    "onnxruntime": "onnxruntime",
    "openvino": "openvino",
    "tensorrt-rtx": "tensorrt-rtx-cu13",
    "tensorrt": "tensorrt",
}
"""The package that a device installs for each engine."""


def open_session(engine: str, content: bytes, threads: int = 1) -> Session:
    """Load a model and warm it up.

    Args:
        engine: ``onnxruntime``, ``openvino``, ``tensorrt-rtx`` or ``tensorrt``; for the last, what
            :func:`detection.edge.engines.tensorrt.build` made on this very device.
        content: the model file's bytes; nothing beside it is ever followed.
        threads: that compute one frame on a processor; results depend on it in the last bits.

    Raises:
        ModelError: an engine that nobody knows, or a model that it cannot load.
        EnvironmentMissingError: the engine's package, or the hardware that it needs, is not here.
    """
    if engine not in _OPENERS:
        raise ModelError(f"engine is {engine!r}; expected one of {', '.join(_OPENERS)}; update the runtime")
    try:
        return _OPENERS[engine](content, threads)
    except ImportError as error:
        raise EnvironmentMissingError(
            f"engine {engine} cannot be imported ({error}); expected the package {INSTALLED_BY[engine]}; install it "
            "into the environment that runs this"
        ) from error


def _onnxruntime(content: bytes, threads: int) -> Session:
    from detection.edge.engines.onnx import OnnxSession

    return OnnxSession(content, threads)


def _openvino(content: bytes, threads: int) -> Session:
    from detection.edge.engines.openvino import OpenVinoSession

    return OpenVinoSession(content, threads)


def _tensorrt_rtx(content: bytes, _: int) -> Session:
    from detection.edge.engines.tensorrt import TensorRtSession

    return TensorRtSession(content, "tensorrt_rtx")


def _tensorrt(content: bytes, _: int) -> Session:
    from detection.edge.engines.tensorrt import TensorRtSession

    return TensorRtSession(content, "tensorrt")


_OPENERS: dict[str, Callable[[bytes, int], Session]] = {
    "onnxruntime": _onnxruntime,
    "openvino": _openvino,
    "tensorrt-rtx": _tensorrt_rtx,
    "tensorrt": _tensorrt,
}
