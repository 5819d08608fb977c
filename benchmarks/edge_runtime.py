"""What the runtime costs beside its engine: 1080p frame in, boxes out, over a bare run of the same graph.

    python benchmarks/edge_runtime.py                    untrained YOLOv8 nano, 640 px, one thread
    python benchmarks/edge_runtime.py --model data/convert/fp32.onnx
    python benchmarks/edge_runtime.py --short            a few rounds: shows that it works, judges nothing

The ways are timed by turns, frame by frame, and each frame begins with another way, so that whatever else the machine
does and whatever a way leaves in the caches falls on all of them alike. Times are CPU seconds of this process; a way's
cost is the lower quartile over frames, because a busy neighbour only ever adds. The limit is the project's own.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before anything that reads it is imported

import cv2
import numpy as np
import onnxruntime

from detection.edge.engines.onnx import OnnxSession
from detection.edge.settings import Settings
from detection.edge.vision.calibration import identity
from detection.edge.vision.detector import Detector
from detection.edge.vision.frames import Image
from detection.scenes.seasons import STABLE
from detection.scenes.warehouse import World, plan, render

LIMIT = 1.05
BARE, RUNTIME = "bare session.run", "runtime, frame to boxes"
WIDTH, HEIGHT = 1920, 1080
SETTINGS = Settings(suppression_iou=0.6, score_floor=0.01, maximum_detections=100)

Way = Callable[[Image], object]


def main() -> int:
    """Measure, print, compare with the limit."""
    chosen = _arguments()
    cv2.setNumThreads(1)
    with _model(chosen.model, chosen.size) as model:
        ways = _ways(model, not chosen.no_framework)
        frames = _frames(4 if chosen.short else 12)
        spent = _spent(ways, frames, 12 if chosen.short else chosen.rounds)
    for name, seconds in spent.items():
        print(f"{name:32s} {_cost(seconds) * 1000:8.2f} ms CPU   {_cost(seconds) / _cost(spent[BARE]):.3f} of bare")
    ours = _cost(spent[RUNTIME]) / _cost(spent[BARE])
    print(f"runtime / bare: {ours:.3f} (at most {LIMIT})")
    return 0 if ours <= LIMIT or chosen.short else 1


def _arguments() -> argparse.Namespace:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("--model", type=Path, help="ONNX file; without it an untrained network is exported")
    parser.add_argument("--size", type=int, default=640, help="input side of the untrained network, pixels")
    parser.add_argument("--rounds", type=int, default=60, help="frames per way")
    parser.add_argument("--short", action="store_true", help="a few rounds")
    parser.add_argument("--no-framework", action="store_true", help="leave the training framework's own predictor out")
    return parser.parse_args()


@contextmanager
def _model(given: Path | None, size: int) -> Iterator[Path]:
    if given is not None:
        yield given
        return
    from ultralytics.nn.tasks import DetectionModel

    from detection.outside.ultralytics import export
    from detection.outside.ultralytics import weights as weights_file

    architecture = weights_file.architecture_of("yolov8n.yaml")
    tensors = {n: t.float() for n, t in DetectionModel(architecture, nc=3, verbose=False).state_dict().items()}
    untrained = weights_file.Weights(architecture, ("box", "polybag", "tube"), size, tensors)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "untrained.onnx"
        path.write_bytes(export.to_onnx(untrained, 17))
        yield path


def _ways(model: Path, with_framework: bool) -> dict[str, Way]:
    session = OnnxSession(model)
    detector = Detector(session, SETTINGS, identity(session.classes))
    dice = np.random.default_rng(0)
    tensor = dice.random((1, 3, session.input_height, session.input_width), np.float32)
    ways: dict[str, Way] = {
        BARE: lambda frame: session.run(tensor),
        RUNTIME: detector.detect,
    }
    if with_framework:
        ways["ultralytics predict, same ONNX"] = _framework(model, session.input_width)
    return ways


def _framework(model: Path, size: int) -> Way:
    import detection.outside.ultralytics  # noqa: F401, I001  its switches must be set before the framework is imported
    import torch
    from ultralytics import YOLO

    network = YOLO(str(model), task="detect")
    options = {"imgsz": size, "conf": SETTINGS.score_floor, "iou": SETTINGS.suppression_iou, "device": "cpu"}

    def way(frame: Image) -> object:
        return network.predict(frame, max_det=SETTINGS.maximum_detections, verbose=False, **options)

    with _one_thread():
        way(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    torch.set_num_threads(1)
    return way


@contextmanager
def _one_thread() -> Iterator[None]:
    """Engines made in here compute on one thread like ours; the framework offers no option for it."""
    session = onnxruntime.InferenceSession

    def with_one(model: str, options: onnxruntime.SessionOptions | None = None, **more: object) -> object:
        options = options or onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        return session(model, options, **more)

    onnxruntime.InferenceSession = with_one
    try:
        yield
    finally:
        onnxruntime.InferenceSession = session


def _frames(count: int) -> list[Image]:
    world = World(seed=7, cameras=12, width=320, height=180, season=STABLE)
    shots = plan(world, count)
    return [cv2.resize(render(world, shot).pixels, (WIDTH, HEIGHT)).astype(np.uint8) for shot in shots]


def _spent(ways: dict[str, Way], frames: Sequence[Image], rounds: int) -> dict[str, list[float]]:
    spent: dict[str, list[float]] = {name: [] for name in ways}
    names = list(ways)
    for number in range(-3, rounds):
        frame = frames[number % len(frames)]
        first = number % len(names)
        for name in names[first:] + names[:first]:
            begun = time.process_time()
            ways[name](frame)
            if number >= 0:
                spent[name].append(time.process_time() - begun)
    return spent


def _cost(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=4)[0]


if __name__ == "__main__":
    sys.exit(main())
