"""Trained weights as a file of our own: plain tensors and plain values, never executed on reading.

Ultralytics writes checkpoints through pickle, with dates and paths of the machine in them. Ours hold what the model is
and nothing else, load with ``weights_only`` and have the same bytes for the same weights.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from ultralytics.nn.tasks import DetectionModel, torch_safe_load, yaml_model_load
from ultralytics.utils import LOGGER

from detection.errors import ModelError, TrainingError
from detection.outside import files

LOGGER.setLevel("ERROR")

FORMAT = 1
"""Raised when the layout of the file changes."""

Tensors = Mapping[str, torch.Tensor]
"""Every parameter and buffer by its dotted name, on the CPU."""

_UNREADABLE = (OSError, RuntimeError, EOFError, ValueError, KeyError, pickle.UnpicklingError)
"""What torch raises on a file that is damaged, or that wants more than tensors."""

_KEYS = {"format", "architecture", "classes", "size", "tensors"}


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """A trained detector.

    Attributes:
        architecture: Ultralytics' model description, as plain values.
        classes: class ids in the order of the outputs.
        size: side of the square input it was trained for, pixels.
        tensors: its parameters and buffers, floats in 32 bits.
    """

    architecture: Mapping[str, Any]
    classes: tuple[str, ...]
    size: int
    tensors: Tensors


@dataclass(frozen=True, slots=True, eq=False)
class Pretrained:
    """What somebody trained before, to begin from.

    Attributes:
        tensors: parameters and buffers.
        classes: class ids in the order of the outputs; None where the file does not name them.
    """

    tensors: Tensors
    classes: tuple[str, ...] | None


def write(path: Path, weights: Weights) -> None:
    """Write the weights whole or not at all; equal weights give equal bytes."""
    content = {
        "format": FORMAT,
        "architecture": dict(weights.architecture),
        "classes": list(weights.classes),
        "size": weights.size,
        "tensors": dict(weights.tensors),
    }
    stream = io.BytesIO()
    torch.save(content, stream)
    files.write_bytes(path, stream.getvalue())


def read(path: Path) -> Weights:
    """Read what :func:`write` wrote; nothing in the file is executed.

    Raises:
        ModelError: missing, damaged, hostile, or not written by us.
    """
    content = _plain_load(path)
    if not isinstance(content, dict) or set(content) != _KEYS or content["format"] != FORMAT:
        raise ModelError(f"{path}: is not a weights file of format {FORMAT}; run stage train again")
    return Weights(content["architecture"], tuple(content["classes"]), int(content["size"]), content["tensors"])


def read_pretrained(path: Path, sha256: str) -> Pretrained:
    """Read weights that somebody else trained: ours, a plain state dict, or an Ultralytics checkpoint.

    Args:
        path: the file.
        sha256: digest its bytes must have, lower-case hex; compared before anything is parsed.

    Raises:
        TrainingError: missing, or another file than the one pinned.
        ModelError: it holds anything but tensors and known layers.
    """
    try:
        found = files.sha256(path)
    except OSError as error:
        raise TrainingError(f"{path}: cannot be read ({error.strerror}); mend train.pretrained.path") from error
    if found != sha256:
        raise TrainingError(
            f"{path}: SHA-256 is {found}, train.pretrained pins {sha256}; use the pinned file, or pin the new one"
        )
    try:
        content = _plain_load(path)
    except ModelError:
        return _checkpoint(path)
    classes = tuple(content["classes"]) if isinstance(content, dict) and set(content) >= _KEYS else None
    if isinstance(content, dict) and "tensors" in content:
        content = content["tensors"]
    if not isinstance(content, dict) or not all(isinstance(tensor, torch.Tensor) for tensor in content.values()):
        raise ModelError(f"{path}: holds no table of tensors; give weights.pt of a training, or a state dict")
    return Pretrained(content, classes)


def digest(tensors: Tensors) -> str:
    """SHA-256 over names, types, shapes and values, in the order of the names: equal if and only if the weights are."""
    running = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu().contiguous()
        running.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        running.update(tensor.numpy().tobytes())
    return running.hexdigest()


def architecture_of(model: str) -> dict[str, Any]:
    """Ultralytics' description of an architecture that ships with it, such as ``yolov8n.yaml``.

    Raises:
        TrainingError: there is none of that name; nothing is searched for online.
    """
    try:
        description = yaml_model_load(model)
    except (FileNotFoundError, SyntaxError, ConnectionError, AssertionError) as error:
        raise TrainingError(
            f"train.model: {model!r} is not an architecture of Ultralytics; expected a name such as 'yolov8n.yaml'"
        ) from error
    return {key: value for key, value in description.items() if key != "yaml_file"}


def blank(architecture: Mapping[str, Any], classes: int) -> DetectionModel:
    """An untrained detector of that architecture; torch's random numbers fill it."""
    return DetectionModel(dict(architecture), nc=classes, verbose=False)


def module(weights: Weights) -> DetectionModel:
    """The detector as a torch module in evaluation mode, on the CPU, with the head whose boxes need suppression.

    Raises:
        ModelError: the tensors do not fit the architecture.
    """
    model = blank(weights.architecture, len(weights.classes))
    try:
        model.load_state_dict(dict(weights.tensors))
    except RuntimeError as error:
        raise ModelError("weights.pt: its tensors do not fit its architecture; run stage train again") from error
    model.names = dict(enumerate(weights.classes))
    model.end2end = False
    return model.float().eval()


def _plain_load(path: Path) -> Any:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except _UNREADABLE as error:
        raise ModelError(f"{path}: holds more than tensors, or is damaged; nothing of it was executed") from error


def _checkpoint(path: Path) -> Pretrained:
    """What an Ultralytics checkpoint holds, through its list of known layers only."""
    try:
        content, _ = torch_safe_load(str(path.resolve()), safe_only=True)
        model = content.get("ema") or content["model"]
        names = getattr(model, "names", None)
        classes = tuple(str(names[number]) for number in sorted(names)) if isinstance(names, dict) else None
        return Pretrained(dict(model.float().state_dict()), classes)
    except (*_UNREADABLE, TypeError, AttributeError, ModuleNotFoundError) as error:
        raise ModelError(
            f"{path}: is no Ultralytics checkpoint made of known layers alone; nothing of it was executed"
        ) from error
