"""OpenVINO models from ONNX files: weights in 16 bits, or eight bits by NNCF. Both stay off the network.

NNCF reports its use to its maker unless the package that does so is missing, so it is made missing here. Graphs are
read by the core, because OpenVINO's converter would report as well.
"""

from __future__ import annotations

import io
import logging
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import cast

import openvino

from detection.edge.engines.openvino import MEMBERS, PRECISION_KEY, PRECISION_NAMES
from detection.edge.vision.preprocess import Tensor
from detection.errors import EnvironmentMissingError, ModelError
from detection.rules.variants import Precision

_FIXED_DATE = (1980, 1, 1, 0, 0, 0)


def converted(content: bytes, precision: Precision, tensors: Iterable[Tensor] = (), exact: Iterable[str] = ()) -> bytes:
    """The same model for OpenVINO, as one file.

    Args:
        content: an ONNX file that takes pixels.
        precision: of the heavy layers; weights of ``bf16`` lie in 16 bits and are computed with in bfloat16.
        tensors: frames that show the ranges to expect; for ``int8`` alone, one at least.
        exact: names of nodes that stay in 32 bits in ``int8``; those that are not there any more are passed over.

    Returns:
        A stored zip of the graph and its weights; equal bytes for equal models.

    Raises:
        ModelError: not a model that OpenVINO reads, or no frame to calibrate on.
        EnvironmentMissingError: ``int8`` without NNCF.
    """
    try:
        model = openvino.Core().read_model(io.BytesIO(content))
    except RuntimeError as error:
        raise ModelError(f"OpenVINO cannot read the graph ({str(error).strip().splitlines()[0][:200]})") from error
    if precision == "int8":
        model = _quantised(model, list(tensors), set(exact))
    _name_evenly(model)
    model.set_rt_info(PRECISION_NAMES[precision], list(PRECISION_KEY))
    with tempfile.TemporaryDirectory(prefix="detection-openvino-") as name:
        path = Path(name) / MEMBERS[0]
        openvino.save_model(model, path, compress_to_fp16=precision in ("fp16", "bf16"))
        return _packed(path.parent)


def _quantised(model: openvino.Model, tensors: list[Tensor], exact: set[str]) -> openvino.Model:
    if not tensors:
        raise ModelError("the model cannot be quantised: no frame to calibrate on; give calibration frames")
    sys.modules["openvino_telemetry"] = cast("ModuleType", None)
    try:
        import nncf
    except ImportError as error:
        raise EnvironmentMissingError(
            f"eight bits for OpenVINO need NNCF ({error}); expected the extra `openvino` of the workstation; install it"
        ) from error
    nncf.set_log_level(logging.ERROR)
    # The whole range: NNCF's own choice, the mean of the frames' ranges, cost twice the error on a small detector.
    whole_range = nncf.quantization.range_estimator.RangeEstimatorParametersSet.MINMAX
    there = [str(node.get_friendly_name()) for node in model.get_ops()]
    made: openvino.Model = nncf.quantize(
        model,
        nncf.Dataset(tensors),
        subset_size=len(tensors),
        preset=nncf.QuantizationPreset.MIXED,
        ignored_scope=nncf.IgnoredScope(names=[name for name in there if name in exact]),
        advanced_parameters=nncf.AdvancedQuantizationParameters(activations_range_estimator_params=whole_range),
    )
    return made


def _name_evenly(model: openvino.Model) -> None:
    """Names of nodes hold a counter of the process: the second model of a run would differ from the first."""
    for number, node in enumerate(model.get_ordered_ops()):
        node.set_friendly_name(f"{node.get_type_name()}_{number}")


def _packed(folder: Path) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name in MEMBERS:
            archive.writestr(zipfile.ZipInfo(name, _FIXED_DATE), (folder / name).read_bytes())
    return stream.getvalue()
