"""One kind of device: what it runs, and what the detector may cost there. One file of ``specs/targets`` each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from detection.rules.document import Contradiction, Document, Identifier
from detection.rules.spec.units import Positive, PositiveCount
from detection.rules.variants import Precision

RunBy = Literal["onnxruntime", "openvino", "tensorrt-rtx", "tensorrt"]
"""What runs the model there; ``tensorrt`` builds its engine on the device itself, where alone it is valid."""

PRECISIONS: Mapping[RunBy, tuple[Precision, ...]] = {
    "onnxruntime": ("fp32", "int8"),
    "openvino": ("fp32", "fp16", "bf16", "int8"),
    "tensorrt-rtx": ("fp32", "fp16", "int8"),
    "tensorrt": ("fp32", "fp16", "int8"),
}
"""What each engine computes in and we can make."""

GRID = 32
"""Pixels of the input that one cell of the coarsest grid covers."""


class InputSize(NamedTuple):
    """Pixels of a model's input."""

    width: int
    height: int


class Camera(Document):
    """The size of a camera's frames: the input takes its aspect, so that nothing is computed on padding."""

    width: PositiveCount
    height: PositiveCount


class Target(Document):
    """One kind of device."""

    id: Identifier
    """The file's name without its ending."""
    hardware: str
    """For people: what the limits below were set for."""
    machine: Literal["x86_64", "aarch64"]
    """What ``uname -m`` says there; an installation anywhere else is refused."""
    engine: RunBy
    variant: Identifier
    """The variant it runs; targets that name the same one must describe it alike."""
    precision: Precision
    camera: Camera | None
    """Whose aspect the input takes, its longer side as trained; null is the square that was trained on."""
    compute_capability: Annotated[str, Field(pattern=r"^\d{1,2}\.\d$")] | None
    """Of the graphics card, such as "8.6"; for tensorrt-rtx alone, which builds ahead of time for it."""
    p95_ms: Positive
    """Milliseconds that 95 of 100 frames may take, frame in, boxes out."""
    memory_mb: Positive
    """Resident memory of the process that answers."""
    bundle_mb: Positive
    """Size of the whole bundle."""

    def contradictions(self) -> list[Contradiction]:
        """A precision that the engine lacks; a compute capability where none is used, or none where one is needed."""
        found: list[Contradiction] = []
        if self.precision not in PRECISIONS[self.engine]:
            words = f"{self.engine} computes in {', '.join(PRECISIONS[self.engine])}; choose one of them"
            found.append(Contradiction(("precision",), words))
        needed = self.engine == "tensorrt-rtx"
        if needed != (self.compute_capability is not None):
            words = (
                "give the card's compute capability" if needed else "must be null: only tensorrt-rtx builds for a card"
            )
            found.append(Contradiction(("compute_capability",), words))
        return found


def input_size(camera: Camera | None, size: int) -> InputSize:
    """The input for a camera's aspect: the longer side as trained, the other rounded up to whole cells of the grid."""
    if camera is None:
        return InputSize(size, size)
    longer = max(camera.width, camera.height)
    width, height = (math.ceil(size * side / longer / GRID) * GRID for side in (camera.width, camera.height))
    return InputSize(width, height)


def is_reference(target: Target) -> bool:
    """It runs the variant that others are compared with: full precision, square, on ONNX Runtime."""
    return (target.engine, target.precision, target.camera) == ("onnxruntime", "fp32", None)


def disagreements(targets: Sequence[Target]) -> list[str]:
    """What is wrong among targets that are each well-formed, one line a fault."""
    faults: list[str] = []
    first: dict[str, Target] = {}
    for target in targets:
        other = first.setdefault(target.variant, target)
        if _recipe(other) != _recipe(target):
            faults.append(
                f"{target.id}: variant {target.variant!r} is not what {other.id} calls so (engine, precision, camera "
                "or compute capability differ); give it another name"
            )
    if not any(is_reference(target) for target in targets):
        faults.append(
            "no target runs fp32 on onnxruntime with camera null; add one: it is what every other variant is "
            "compared with"
        )
    return faults


def _recipe(target: Target) -> tuple[object, ...]:
    shared = target.engine == "tensorrt" and target.precision == "fp32"
    engine = "onnxruntime" if shared else target.engine  # otherwise it is an ONNX file in TensorRT's own manner
    return engine, target.precision, target.camera, target.compute_capability
