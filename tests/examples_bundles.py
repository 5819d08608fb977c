"""A whole bundle around the tiny colour model, built by the code that builds real ones."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.edge import checked
from detection.edge.boxes import Detections
from detection.edge.engines.onnx import OnnxSession
from detection.edge.settings import Settings
from detection.edge.telemetry import domain, reference, signals
from detection.edge.telemetry.domain import CameraLimits, Domain, Modes, Range
from detection.edge.telemetry.histogram import Edges
from detection.edge.telemetry.optics import OpticalBench, mean_view
from detection.edge.telemetry.reference import Block, Reference
from detection.edge.telemetry.signals import SignalValues, values_of
from detection.edge.trust import golden
from detection.edge.trust.bundle import Bundle
from detection.edge.trust.golden import Golden, GoldenFrame, Tolerance
from detection.edge.trust.manifest import Identity, Target, Variant, Watch
from detection.edge.vision.calibration import Calibration, ConditionCut, ScoreMap, Thresholds, spell_thresholds
from detection.edge.vision.detector import Detector
from detection.edge.vision.frames import Image, read_image
from detection.outside import bundles, runtime_archive
from tests.examples_models import CLASSES, SIZE, colour_model

SETTINGS = Settings(suppression_iou=0.5, score_floor=0.2, maximum_detections=20)
KIND_EDGES: dict[str, Edges] = {
    "best_score": np.array([0.25, 0.5, 0.75]),
    "detections": np.array([0.0, 1.0, 2.0]),
    "brightness": np.array([50.0, 100.0, 150.0, 200.0]),
    "contrast": np.array([10.0, 40.0]),
    "sharpness": np.array([10.0, 1000.0]),
    "red_cast": np.array([-0.5, 0.5]),
    "blue_cast": np.array([-0.5, 0.5]),
    "dark_share": np.array([0.1, 0.5]),
    "blown_share": np.array([0.1]),
    "view": np.array([0.0, 0.5, 0.9]),
    "score": np.array([0.25, 0.5, 0.75]),
    "box_size": np.array([0.1, 0.3]),
    "box_aspect": np.array([-1.0, 0.0, 1.0]),
}
EDGES = signals.edges_for(KIND_EDGES, CLASSES)
DOMAIN = Domain(
    {"brightness": Range(10, 240), "sharpness": Range(5, 1e6)},
    None,
    None,
    CameraLimits(10, 4, 5, 0.2, 60, None),
    Modes("flag", "flag"),
)
"""A wide world: every picture of the tests lies in it."""
TARGETS = (Target("cpu-plain", platform.machine(), "onnxruntime", "fp32", 1000, 500),)
WATCH = Watch(window_s=3, stall_s=1, failed_share_maximum=0.2, p95_factor_maximum=3, starts_maximum=3)
HALVED = Calibration((ScoreMap(np.array([0.0, 1.0]), np.array([0.0, 0.5])),) * 3)
"""A map that one can check by eye: half the raw score."""
THRESHOLDS = Thresholds(
    np.array([0.3, 0.3, 0.3], np.float32), tuple(ConditionCut(label, "lighting", "dusk", 0.0) for label in range(3))
)
"""At dusk everything above the floor counts."""


def picture(seed: int, width: int = 80, height: int = 60) -> Image:
    """A black frame with one coloured patch; where and which colour depends on ``seed``."""
    dice = np.random.default_rng(seed)
    image = np.full((height, width, 3), 20, np.uint8)
    x, y = int(dice.integers(0, width // 2 + 1)), int(dice.integers(0, height // 2 + 1))
    image[y : y + height // 2 + 1, x : x + width // 2 + 1, seed % 3] = 230
    return image


def png(image: NDArray[np.uint8] | NDArray[np.uint16]) -> bytes:
    """The picture as a PNG file's bytes."""
    return bytes(cv2.imencode(".png", image)[1])


def jpeg(image: Image, quality: int = 92) -> bytes:
    """The picture as a JPEG file's bytes."""
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])


def colour_detector() -> Detector:
    """The detector that the bundle ships."""
    return Detector(OnnxSession(colour_model()), SETTINGS, HALVED)


@cache
def runtime() -> bytes:
    """``runtime.pyz`` of this checkout, packed once in a test run."""
    return runtime_archive.pack()


def thresholds_of(model: bytes) -> dict[str, object]:
    """``thresholds.json`` of one variant ``fp32`` whose model file these bytes are."""
    return spell_thresholds({"fp32": THRESHOLDS}, CLASSES, {"fp32": hashlib.sha256(model).hexdigest()})


def signals_of(image: Image, found: Detections, camera: str = "") -> SignalValues:
    """A frame's signals as the runtime counts them; of a camera whose view nobody knows."""
    return values_of(OpticalBench({}).measure(image, camera), found, len(THRESHOLDS.keep(found)))


def reference_of_pictures(images: Sequence[Image], found: Sequence[Detections]) -> Reference:
    """One block of one camera."""
    bench = OpticalBench({})
    view = mean_view([bench.measure(image, "cam-01").thumbnail() for image in images])
    bench.learn("cam-01", view)
    values = [
        values_of(bench.measure(image, "cam-01"), one, len(THRESHOLDS.keep(one)))
        for image, one in zip(images, found, strict=True)
    ]
    tally = signals.nothing(EDGES).add(values)
    return reference.reference_of(EDGES, [Block("cam-01", "scene-1", 6, tally)], {"cam-01": view})


def write_colour_bundle(folder: Path, counter: int = 1) -> Bundle:
    """Write a bundle with one variant ``fp32``, two golden frames and a reference of one block."""
    detector = colour_detector()
    pictures = {f"golden/{seed:04d}.png": png(picture(seed)) for seed in (1, 2)}
    found = {name: detector.detect(read_image(content)) for name, content in pictures.items()}
    counted = reference_of_pictures([*map(read_image, pictures.values())], [*found.values()])
    answers = Golden(Tolerance(0.5, 0.01, 0.01), tuple(GoldenFrame(n, {"fp32": d}) for n, d in found.items()))
    contents = {
        "runtime.pyz": runtime(),
        "requirements.txt": b"# what this interpreter has\n",
        "models/fp32.onnx": colour_model(),
        "calibration.json": checked.canonical({"fp32": HALVED.to_json(CLASSES)}),
        "thresholds.json": checked.canonical(thresholds_of(colour_model())),
        "reference.json": checked.canonical(counted.to_json()),
        domain.NAME: checked.canonical(DOMAIN.to_json()),
        golden.NAME: checked.canonical(answers.to_json(CLASSES)),
        "evidence/verdict.json": b"{}\n",
        **pictures,
    }
    variant = Variant("fp32", "models/fp32.onnx", "onnxruntime", "fp32", SIZE, SIZE)
    identity = Identity("colours", counter, CLASSES, SETTINGS, 1_000_000, "0" * 64, (variant,), TARGETS, WATCH)
    return bundles.write(folder, identity, contents)
