"""The ways themselves: each opens a model and gives what takes a 1080p frame to boxes.

Every import of a product stands inside its way: each runs in another interpreter, and none may pay for another's.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
"""``(1080, 1920, 3)`` blue, green, red."""

Way = Callable[[Frame], object]

SCORE_FLOOR, SUPPRESSION_IOU, MAXIMUM = 0.01, 0.6, 100
"""The same for every way that suppresses."""


def bare(model: Path, threads: int) -> Way:
    """``session.run`` alone, over a tensor that lies ready: what everything else is measured by."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    put = session.get_inputs()[0]
    kind, top = (np.uint8, 256) if put.type == "tensor(uint8)" else (np.float32, 1)
    tensor = (np.random.default_rng(0).random(put.shape) * top).astype(kind)
    return lambda _: session.run(None, {put.name: tensor})


def ours(model: Path, threads: int) -> Way:
    """The runtime's detector: of the checkout, or packed where the archive comes first on the path."""
    from detection.edge.engines.onnx import OnnxSession
    from detection.edge.settings import Settings
    from detection.edge.vision.calibration import identity
    from detection.edge.vision.detector import Detector

    session = OnnxSession(model, threads)
    return Detector(session, Settings(SUPPRESSION_IOU, SCORE_FLOOR, MAXIMUM), identity(session.classes)).detect


def ultralytics(model: Path, threads: int) -> Way:
    """The training framework's own predictor over an ONNX graph of its own input format, square."""
    import detection.outside.ultralytics  # noqa: F401, I001  its switches must be set before the framework is imported
    import torch
    from ultralytics import YOLO

    network = YOLO(str(model), task="detect")
    size = _side(model)

    def way(frame: Frame) -> object:
        return network.predict(
            frame, imgsz=size, conf=SCORE_FLOOR, iou=SUPPRESSION_IOU, max_det=MAXIMUM, device="cpu", verbose=False
        )

    with _threads(threads):
        way(np.zeros((1080, 1920, 3), np.uint8))
    torch.set_num_threads(threads)
    return way


def roboflow(model: Path, threads: int) -> Way:
    """The package inference-models over the same graph, in its own layout of a model's folder."""
    import torch
    from inference_models.models.yolov8.yolov8_object_detection_onnx import (  # type: ignore[import-not-found]
        YOLOv8ForObjectDetectionOnnx,
    )

    size = _side(model)
    layout = {
        "network_input": {
            "training_input_size": {"height": size, "width": size}, "dynamic_spatial_size_supported": False,
            "color_mode": "rgb", "resize_mode": "letterbox", "padding_value": 114, "input_channels": 3,
            "scaling_factor": 255,
        },
        "forward_pass": {"static_batch_size": 1},
        "post_processing": {"type": "nms", "fused": False},
    }  # fmt: skip
    torch.set_num_threads(threads)
    with tempfile.TemporaryDirectory() as name, _threads(threads):
        folder = Path(name)
        (folder / "weights.onnx").write_bytes(model.read_bytes())
        (folder / "class_names.txt").write_text("box\npolybag\ntube\n")
        (folder / "inference_config.json").write_text(json.dumps(layout))
        network = YOLOv8ForObjectDetectionOnnx.from_pretrained(
            name, onnx_execution_providers=["CPUExecutionProvider"], device=torch.device("cpu")
        )
    return lambda frame: network(
        frame, confidence=SCORE_FLOOR, iou_threshold=SUPPRESSION_IOU, max_detections=MAXIMUM, input_color_format="bgr"
    )


def _side(model: Path) -> int:
    """Of a square input, from the file's own header."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    return int(session.get_inputs()[0].shape[2])


@contextmanager
def _threads(threads: int) -> Iterator[None]:
    """Engines made in here compute on so many threads; these packages offer no option for it."""
    import onnxruntime

    session = onnxruntime.InferenceSession

    def limited(
        path_or_bytes: object, sess_options: onnxruntime.SessionOptions | None = None, **more: object
    ) -> object:
        options = sess_options or onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        return session(path_or_bytes, options, **more)

    onnxruntime.InferenceSession = limited
    try:
        yield
    finally:
        onnxruntime.InferenceSession = session


WAYS: dict[str, Callable[[Path, int], Way]] = {
    "bare": bare, "ours": ours, "packed": ours, "ultralytics": ultralytics, "roboflow": roboflow
}  # fmt: skip
