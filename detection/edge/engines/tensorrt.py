"""TensorRT on a graphics card: builds engines and runs them; ``tensorrt_rtx`` and ``tensorrt`` speak alike.

Building was run, for named cards and without one, with ``tensorrt_rtx`` alone. Running an engine was never tried by
those who wrote it, for want of a card: the golden frames and the exam decide on the device.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from detection.edge.engines.cuda import Card
from detection.edge.vision.decode import Raw
from detection.edge.vision.preprocess import Tensor
from detection.errors import ModelError

PRODUCTS = ("tensorrt_rtx", "tensorrt")
"""Modules of Python."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Least, usual and greatest input of an engine that takes more than one, pixels as ``(height, width)``."""

    least: tuple[int, int]
    usual: tuple[int, int]
    greatest: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Built:
    """An engine, and what the parser said of its network.

    Attributes:
        content: the engine's bytes.
        takes: the input, such as ``images UINT8 (1, 3, 384, 640)``.
        gives: the output, likewise.
    """

    content: bytes
    takes: str
    gives: str


def build(content: bytes, product: str = "tensorrt", card: str | None = None, sides: Sides | None = None) -> Built:
    """An engine of an ONNX file; numbers are computed as the graph says (strongly typed), in 32, 16 or eight bits.

    Args:
        content: the ONNX file.
        product: ``tensorrt`` builds for the card that stands here; ``tensorrt_rtx`` ahead of time, without one.
        card: its compute capability, such as ``8.6``; for ``tensorrt_rtx`` alone.
        sides: for a graph whose height and width are free.

    Raises:
        ModelError: the parser or the builder refuses; every unsupported operator is named.
        ImportError: the product is not installed.
    """
    package = importlib.import_module(product)
    told: list[str] = []
    logger = _logger(package, told)
    builder = package.Builder(logger)
    network = builder.create_network(1 << int(package.NetworkDefinitionCreationFlag.STRONGLY_TYPED))
    parser = package.OnnxParser(network, logger)
    if not parser.parse(content):
        faults = [_fault(parser.get_error(number)) for number in range(parser.num_errors)]
        raise ModelError(f"TensorRT cannot parse the graph, {len(faults)} faults; choose another precision", faults)
    settings = builder.create_builder_config()
    if card is not None:
        settings.num_compute_capabilities = 1
        settings.set_compute_capability(_capability(package, card), 0)
    if sides is not None:
        profile = builder.create_optimization_profile()
        shapes = [(1, 3, *one) for one in (sides.least, sides.usual, sides.greatest)]
        profile.set_shape(network.get_input(0).name, *shapes)
        settings.add_optimization_profile(profile)
    takes, gives = _contract(network)
    made = builder.build_serialized_network(network, settings)
    if made is None:
        raise ModelError("TensorRT cannot build an engine of the graph; choose another precision", told)
    return Built(bytes(made), takes, gives)


class TensorRtSession:
    """An engine of fixed size on the first graphics card."""

    def __init__(self, content: bytes, product: str) -> None:
        """Load and warm up.

        Args:
            content: the engine's bytes, built for this card.
            product: that built it.

        Raises:
            ModelError: damaged, built for another card or version, or not of one uint8 input and one float output.
            EnvironmentMissingError: there is no card.
            ImportError: the product is not installed.
        """
        package = importlib.import_module(product)
        self._card = Card(Path(package.__file__ or "").parents[1])
        told: list[str] = []
        self._logger = _logger(package, told)
        self._runtime = package.Runtime(self._logger)
        self._engine = self._runtime.deserialize_cuda_engine(content)
        if self._engine is None:
            raise ModelError("the engine cannot be loaded: built for another card or version; build it anew", told)
        names = [self._engine.get_tensor_name(number) for number in range(self._engine.num_io_tensors)]
        given = {name: self._engine.get_tensor_mode(name) == package.TensorIOMode.INPUT for name in names}
        inputs, outputs = ([name for name in names if given[name] is side] for side in (True, False))
        if len(inputs) != 1 or len(outputs) != 1:
            raise ModelError(f"the engine has {len(inputs)} inputs and {len(outputs)} outputs; expected one of each")
        self.tensor: Tensor = np.zeros(self._shape(inputs[0], package.DataType.UINT8, 4), np.uint8)
        self._raw: Raw = np.zeros(self._shape(outputs[0], package.DataType.FLOAT, 3), np.float32)
        self.classes = int(self._raw.shape[1]) - 4
        if self.tensor.shape[:2] != (1, 3) or self._raw.shape[0] != 1 or self.classes < 1:
            raise ModelError(f"the engine takes {self.tensor.shape} and gives {self._raw.shape}; build it anew")
        self._context = self._engine.create_execution_context()
        self._in, self._out = self._card.memory(self.tensor.nbytes), self._card.memory(self._raw.nbytes)
        self._context.set_tensor_address(inputs[0], self._in)
        self._context.set_tensor_address(outputs[0], self._out)
        self.run()

    def run(self) -> Raw:
        """``(1, 4 + classes, anchors)`` of what stands in ``tensor``; the next run overwrites it."""
        self._card.put(self._in, self.tensor)
        if not self._context.execute_async_v3(self._card.queue):
            raise ModelError("the engine did not run; look at the driver's log")
        self._card.get(self._raw, self._out)
        self._card.wait()
        return self._raw

    def _shape(self, name: str, kind: object, axes: int) -> tuple[int, ...]:
        shape = tuple(int(side) for side in self._engine.get_tensor_shape(name))
        if self._engine.get_tensor_dtype(name) != kind or len(shape) != axes or min(shape) < 1:
            found = f"{self._engine.get_tensor_dtype(name)} {shape}"
            raise ModelError(f"the engine's {name} is {found}; expected {kind} with {axes} axes; build it anew")
        return shape


def _logger(package: Any, told: list[str]) -> Any:
    """A logger that keeps what is an error in ``told`` instead of printing it."""

    class Listener(package.ILogger):  # type: ignore[misc]
        def __init__(self) -> None:
            package.ILogger.__init__(self)

        def log(self, severity: Any, message: str) -> None:
            if severity in (package.ILogger.INTERNAL_ERROR, package.ILogger.ERROR):
                told.append(message.strip().splitlines()[0][:300])

    return Listener()


def _contract(network: Any) -> tuple[str, str]:
    """Input and output of a parsed network, in words.

    Raises:
        ModelError: not one uint8 input ``(1, 3, h, w)`` and one float output ``(1, 4 + c, n)``.
    """
    if (network.num_inputs, network.num_outputs) != (1, 1):
        raise ModelError(
            f"the graph has {network.num_inputs} inputs and {network.num_outputs} outputs; expected one each"
        )
    ports = network.get_input(0), network.get_output(0)
    takes, gives = (f"{port.name} {port.dtype.name} {tuple(port.shape)}" for port in ports)
    kinds = tuple(port.dtype.name for port in ports)
    if kinds != ("UINT8", "FLOAT") or tuple(ports[0].shape)[:2] != (1, 3) or len(ports[1].shape) != 3:
        raise ModelError(
            f"the graph takes {takes} and gives {gives}; expected UINT8 (1, 3, h, w) and FLOAT (1, 4 + c, n)"
        )
    return takes, gives


def _capability(package: Any, card: str) -> Any:
    name = f"SM{card.replace('.', '')}"
    known = [one for one in dir(package.ComputeCapability) if one.startswith("SM")]
    if name not in known:
        raise ModelError(
            f"compute capability {card} is none that TensorRT builds for ahead of time; expected one of {known}"
        )
    return getattr(package.ComputeCapability, name)


def _fault(error: Any) -> str:
    return f"{error.node_operator()} {error.node_name()}: {str(error.desc()).strip().splitlines()[0][:200]}"
