"""A bundle with a baseline of many scenes, and a field that is like it or is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np

from detection.edge import checked
from detection.edge.telemetry import domain, reference, signals
from detection.edge.telemetry.minutes import Minutes
from detection.edge.telemetry.optics import Optics, view_of
from detection.edge.telemetry.outbox import Outbox
from detection.edge.telemetry.records import Origin
from detection.edge.telemetry.reference import Block
from detection.edge.telemetry.signals import SignalValues
from detection.edge.trust.bundle import Bundle
from detection.edge.trust.manifest import Identity, Variant
from detection.outside import bundles, documents
from detection.rules.spec.spec import Spec
from tests.examples_bundles import DOMAIN, HALVED, SETTINGS, TARGETS, WATCH, runtime, thresholds_of
from tests.examples_models import CLASSES, SIZE, colour_model

SPEC_FILE = Path(__file__).resolve().parents[1] / "specs" / "spec.yaml"
MONITORING = documents.read_document(Spec, SPEC_FILE).monitoring
EDGES = signals.edges_for({kind: np.array(getattr(MONITORING.edges, kind)) for kind in signals.KINDS}, CLASSES)
PATTERN = np.add.outer(np.linspace(-1, 1, 12), np.linspace(-1, 1, 16))
VIEW = np.round(120 + 50 * PATTERN).astype(np.uint8)
START = datetime(2026, 6, 1, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class World:
    """What a camera sees: means of some signals."""

    brightness: float = 120.0
    score: float = 0.75
    contrast: float = 45.0
    sharpness: float = 400.0
    red_cast: float = 0.0
    blue_cast: float = 0.0
    view: float = 0.9
    box_side_px: float = 60.0


def frame(world: World, dice: np.random.Generator) -> SignalValues:
    """One frame's signals: four detections in 320 x 256 pixels."""
    scores = np.clip(dice.normal(world.score, 0.1, 4), 0.0, 1.0).astype(np.float32)
    corners = dice.uniform(0, 100, (4, 2))
    boxes = np.concatenate([corners, corners + dice.uniform(0.7, 1.3, (4, 2)) * world.box_side_px], axis=1)
    kept, labels = int(np.count_nonzero(scores >= 0.5)), dice.integers(0, len(CLASSES), 4)
    return SignalValues(kept, _optics(world, dice), labels, scores, boxes.astype(np.float32))


def _optics(world: World, dice: np.random.Generator) -> Optics:
    """A picture's: its casts and its view are those of a small picture of one colour with a pattern."""
    brightness = float(dice.normal(world.brightness, 15.0))
    red, blue = (2 ** float(dice.normal(cast, 0.05)) for cast in (world.red_cast, world.blue_cast))
    green = brightness / (0.114 * blue + 0.587 + 0.299 * red)
    pattern = PATTERN + dice.normal(0, 1 - world.view, PATTERN.shape)
    colours = np.array([blue * green, green, red * green]) + 20 * pattern[..., None]
    small = np.clip(colours, 0, 255).astype(np.uint8)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY))
    contrast, sharpness = float(dice.normal(world.contrast, 5.0)), world.sharpness * float(np.exp(dice.normal(0, 0.2)))
    return Optics(320, 256, brightness, contrast, sharpness, small, grey, view_of(VIEW))


def write_watched_bundle(folder: Path, cameras: Sequence[str] = ("cam-00", "cam-01"), scenes: int = 20) -> Bundle:
    """A bundle whose reference has ``scenes`` scenes of ten frames for each camera, and the spec as evidence."""
    dice = np.random.default_rng(1)
    blocks = []
    for camera in cameras:
        for scene in range(scenes):
            tally = signals.nothing(EDGES).add([frame(World(), dice) for _ in range(10)])
            blocks.append(Block(camera, f"{camera}-s{scene:04d}", START.hour, tally))
    contents = {
        "runtime.pyz": runtime(),
        "models/fp32.onnx": colour_model(),
        "calibration.json": checked.canonical({"fp32": HALVED.to_json(CLASSES)}),
        "thresholds.json": checked.canonical(thresholds_of(colour_model())),
        "reference.json": checked.canonical(reference.reference_of(EDGES, blocks).to_json()),
        domain.NAME: checked.canonical(DOMAIN.to_json()),
        "evidence/spec.yaml": SPEC_FILE.read_bytes(),
    }
    variant = Variant("fp32", "models/fp32.onnx", "onnxruntime", "fp32", SIZE, SIZE)
    identity = Identity("watched", 1, CLASSES, SETTINGS, 1_000_000, "0" * 64, (variant,), TARGETS, WATCH)
    return bundles.write(folder, identity, contents)


@dataclass(frozen=True, slots=True)
class Field:
    """What one camera sends: so many hours of so many frames each."""

    camera: str
    world: World
    hours: int = 3
    frames_per_hour: int = 120


def write_telemetry(folder: Path, bundle: Bundle, fields: Sequence[Field], seed: int = 2) -> Path:
    """Telemetry as the runtime writes it."""
    dice = np.random.default_rng(seed)
    origin = Origin("device-1", bundle.digest, "fp32", f"{seed:016x}")
    minutes = Minutes(Outbox(folder, origin.boot), origin, EDGES)
    for sent in fields:
        step = timedelta(hours=1) / sent.frames_per_hour
        for number in range(sent.hours * sent.frames_per_hour):
            minutes.saw(sent.camera, START + number * step, frame(sent.world, dice))
    minutes.flush(0.0, force=True)
    return folder
