"""A bundle of two variants that disagree, and the samples that a device of its left."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from detection.edge import checked
from detection.edge.telemetry.outbox import segment_name
from detection.edge.telemetry.records import Origin
from detection.edge.telemetry.samples import Sample
from detection.edge.trust.bundle import Bundle
from detection.edge.trust.manifest import Identity, Variant
from detection.edge.vision.calibration import Thresholds, spell_thresholds
from detection.outside import bundles
from tests.examples_bundles import (
    HALVED,
    SETTINGS,
    TARGETS,
    WATCH,
    colour_detector,
    jpeg,
    picture,
    write_colour_bundle,
)
from tests.examples_models import CLASSES, SIZE, colour_model

START = datetime(2026, 9, 1, 6, tzinfo=UTC)
DEAF = Thresholds(np.array([0.3, 1.0, 0.3], np.float32))
"""Never tells a green patch."""


def write_bundle(folder: Path) -> Bundle:
    """The colour bundle with a second variant that is deaf to green and blind to it, since it scores it 0."""
    plain = write_colour_bundle(folder.with_name("plain"))
    contents = {entry.name: plain.read(entry.name) for entry in plain.manifest.files}
    maps = list(HALVED.maps)
    maps[1] = replace(maps[1], calibrated=np.zeros(2))
    deaf = replace(HALVED, maps=tuple(maps))
    digest = hashlib.sha256(colour_model()).hexdigest()
    cuts = {"fp32": plain.thresholds(), "int8": DEAF}
    contents |= {
        "models/int8.onnx": colour_model(),
        "calibration.json": checked.canonical({"fp32": HALVED.to_json(CLASSES), "int8": deaf.to_json(CLASSES)}),
        "thresholds.json": checked.canonical(spell_thresholds(cuts, CLASSES, dict.fromkeys(cuts, digest))),
    }
    both = tuple(Variant(name, f"models/{name}.onnx", "onnxruntime", name, SIZE, SIZE) for name in cuts)
    identity = Identity("colours", 2, CLASSES, SETTINGS, 1_000_000, "0" * 64, both, TARGETS, WATCH)
    return bundles.write(folder, identity, contents)


def write_samples(folder: Path, bundle: str, seeds: Sequence[int], reasons: tuple[str, ...] = ("control",)) -> Path:
    """What a device leaves: pictures of one colour each, one a minute, in one segment.

    Args:
        folder: made if it is not there.
        bundle: SHA-256 of the manifest that was running.
        seeds: of the pictures; ``seed % 3`` is the colour.
        reasons: why they were kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    origin, detector, lines = Origin("device-1", bundle, "fp32", f"{min(seeds, default=0):016x}"), colour_detector(), []
    for place, seed in enumerate(seeds):
        image = picture(seed)
        content = jpeg(image)
        name = f"{hashlib.sha256(content).hexdigest()}.jpg"
        (folder / name).write_bytes(content)
        at = (START + timedelta(minutes=place)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        found = detector.detect(image)
        sample = Sample(origin, f"cam-01/{seed}.jpg", name, "cam-01", at, 80, 60, reasons, (), found)
        lines.append(sample.to_line(CLASSES))
    content = "".join(lines).encode()
    (folder / segment_name(origin.boot, 0, content)).write_bytes(content)
    return folder
