"""Stage ``parity``: do training, export and device see and say the same?

Reads  data/train/weights.pt, data/convert (models and variants.json), data/calibrate/calibration.json;
       data/collect/shards, data/validate/frames.parquet, data/agreement, data/split
Writes data/parity/parity.json

Four comparisons. Over golden frames and odd, thin, portrait and grey pictures made from them: the framework's letterbox
with ours; the framework's predictor on the trained weights with our detector on the exported model; our detector in
this process with the packed runtime in one of its own, for every variant and to the last bit. Over golden frames as
they are: each variant with the full-precision one. A difference above its limit is a result, which the gate reads; the
stage itself succeeds.
"""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
from pydantic import Field
from rich.console import Console
from rich.progress import track

from detection.edge.answers import detections_from_json
from detection.edge.boxes import Detections, areas
from detection.edge.engines.onnx import OnnxSession
from detection.edge.settings import Settings
from detection.edge.trust import manifest
from detection.edge.trust.bundle import Bundle
from detection.edge.trust.manifest import Identity
from detection.edge.vision.calibration import identity
from detection.edge.vision.detector import Detector
from detection.edge.vision.frames import PIXEL_LIMIT, Image, read_image
from detection.edge.vision.preprocess import Tensor, letterbox
from detection.errors import BundleError
from detection.outside import bundles, documents, exits, files, runtime_archive
from detection.outside.dataset import Dataset
from detection.rules.document import Document
from detection.rules.judging import parity as judged
from detection.rules.judging.parity import Limits, ParityReport, ParityRow, Sides
from detection.rules.spec.spec import Spec
from detection.rules.variants import Variant, Variants

CONVERT = Path("data/convert")
OUT = Path("data/parity")
TRAINER, RUNTIME, DEVICE = "Ultralytics", "edge, in process", "runtime.pyz, packed"
_UNJUDGED = "0" * 64


class Params(Document):
    """Section ``parity`` of params.yaml."""

    frames: Annotated[int, Field(ge=1)]
    """Golden frames compared; each gives four more pictures."""


@dataclass(frozen=True, slots=True)
class Framework:
    """The training framework's own way.

    Attributes:
        letterbox: a frame and a side length to the tensor ``(1, 3, size, size)`` it would see.
        predict: a frame to detections with raw scores, from the trained weights.
    """

    letterbox: Callable[[Image, int], Tensor]
    predict: Callable[[Image], Detections]


@dataclass(frozen=True, slots=True)
class Shipped:
    """What would ship.

    Attributes:
        variants: the models' description.
        models: bytes of each model file by its name.
        calibration: bytes of calibration.json.
        settings: of the detector.
    """

    variants: Variants
    models: Mapping[str, bytes]
    calibration: bytes
    settings: Settings


def run(shipped: Shipped, framework: Framework, limits: Limits, originals: Sequence[bytes]) -> ParityReport:
    """Compare all ways.

    Args:
        shipped: models and their settings.
        framework: the trainer's side.
        limits: what trainer and export may differ by; the packed runtime may differ by nothing.
        originals: image files' bytes.

    Raises:
        BundleError: the packed runtime does not run.
    """
    pictures = [picture for original in originals for picture in pictures_of(original)]
    images = [read_image(picture) for picture in pictures]
    runtime = runtime_archive.pack()
    rows = [
        *against_framework(shipped, framework, limits, images),
        *against_device(shipped, runtime, pictures),
        *between_variants(shipped, limits, [read_image(original) for original in originals]),
    ]
    return judged.report(rows, hashlib.sha256(runtime).hexdigest())


def pictures_of(original: bytes) -> list[bytes]:
    """An image file, and odd-sized, thin, portrait and grey PNG files made from it."""
    image = read_image(original)
    height, width = image.shape[:2]
    middle, thickness = height // 2, max(height // 16, 1)
    made = (
        image[: height - 1 + height % 2, : width - 1 + width % 2],
        image[middle : middle + thickness],
        np.rot90(image),
        cv2.cvtColor(image, cv2.COLOR_BGR2GRAY),
    )
    return [original, *(bytes(cv2.imencode(".png", np.ascontiguousarray(picture))[1]) for picture in made)]


def against_framework(
    shipped: Shipped, framework: Framework, limits: Limits, images: Sequence[Image]
) -> Iterator[ParityRow]:
    """Letterbox with letterbox; predictor on the weights with detector on the full-precision export."""
    variant = _full_precision(shipped.variants)
    size = variant.width
    seen = [
        judged.tensor_difference(
            framework.letterbox(image, size), letterbox(image, size, size).tensor / np.float32(255)
        )
        for image in images
    ]
    yield judged.tensors(Sides(TRAINER, RUNTIME, ""), seen, limits)
    session = OnnxSession(shipped.models[variant.file])
    detector = Detector(session, shipped.settings, identity(len(shipped.variants.classes)))
    watched = track(images, "trainer and export", console=Console(stderr=True))
    pairs = [(_with_area(framework.predict(image)), detector.detect(image)) for image in watched]
    yield judged.detections(
        Sides(TRAINER, RUNTIME, variant.name), (theirs for theirs, _ in pairs), (ours for _, ours in pairs), limits
    )


def against_device(shipped: Shipped, runtime: bytes, pictures: Sequence[bytes]) -> Iterator[ParityRow]:
    """Our detector in this process with the packed runtime in another, for every variant."""
    with tempfile.TemporaryDirectory(prefix="detection-parity-") as place:
        bundle = _bundle(Path(place) / "bundle", shipped, runtime)
        source = files.empty_folder(Path(place) / "frames")
        for number, picture in enumerate(pictures):
            files.write_bytes(source / f"{number:06d}.png", picture)
        for variant in track(shipped.variants.variants, "export and device", console=Console(stderr=True)):
            detector = bundle.detector(variant.name)
            ours = [detector.detect(read_image(picture)) for picture in pictures]
            theirs = on_device(bundle, variant.name, source) if pictures else []
            if len(theirs) != len(ours):
                raise BundleError(f"the packed runtime answered {len(theirs)} of {len(ours)} frames; mend it")
            yield judged.detections(Sides(RUNTIME, DEVICE, variant.name), ours, theirs, judged.EXACT)


def between_variants(shipped: Shipped, limits: Limits, images: Sequence[Image]) -> Iterator[ParityRow]:
    """The full-precision variant with each other one, both with raw scores: what quantising has changed."""
    plain = _full_precision(shipped.variants)
    ours = _raw(shipped, plain, images)
    for variant in shipped.variants.variants:
        if variant is not plain:
            sides = Sides(f"{RUNTIME}, {plain.name}", f"{RUNTIME}, {variant.name}", variant.name)
            yield judged.variants(sides, ours, _raw(shipped, variant, images), limits)


def on_device(bundle: Bundle, variant: str, source: Path) -> list[Detections]:
    """Run the bundle's own runtime in a process of its own, apart from this checkout; one answer a frame.

    Raises:
        BundleError: it did not run, or a frame was not answered.
    """
    program = [sys.executable, "-I", str(bundle.folder / runtime_archive.NAME), "run", str(bundle.folder), str(source)]
    done = subprocess.run([*program, "--variant", variant, "--all"], capture_output=True, check=False, cwd=source)
    if done.returncode:
        raise BundleError(f"the packed runtime ended with {done.returncode}: {done.stderr.decode().strip()}")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    unanswered = [f"{line['frame']}: {line['error']}" for line in lines if "error" in line]
    if unanswered:
        raise BundleError("the packed runtime could not read every frame; mend it", unanswered)
    classes = bundle.manifest.classes
    return [detections_from_json(line["detections"], line["frame"], classes) for line in lines]


def main() -> None:
    """Read, compare, write."""
    from detection.outside.ultralytics import prediction

    params = documents.read_document(Params, Path("params.yaml"), section="parity")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    output, allowed = spec.output, spec.parity
    settings = Settings(output.suppression_iou, output.score_floor, output.maximum_detections)
    limits = Limits(
        allowed.tensor_difference_maximum,
        allowed.box_difference_maximum_px,
        allowed.score_difference_maximum,
        allowed.unmatched_share_maximum,
        allowed.variant_score_difference_maximum,
    )
    variants = documents.read_value(Variants, CONVERT / "variants.json")
    models = {variant.file: bundles.read_part(CONVERT / variant.file) for variant in variants.variants}
    calibration = bundles.read_part(Path("data/calibrate/calibration.json"))
    dataset = Dataset.open()
    originals = [dataset.image(int(row)) for row in dataset.exam()[: params.frames]]
    predictor = prediction.Predictor(Path("data/train/weights.pt"), variants.variants[0].width, settings)
    framework = Framework(prediction.letterbox, predictor.predict)
    report = run(Shipped(variants, models, calibration, settings), framework, limits, originals)
    files.empty_folder(OUT)
    documents.write_value(OUT / "parity.json", report)
    for row in report.rows:
        print(sentence(row))


def sentence(row: ParityRow) -> str:
    """A comparison in one line, each measure with its limit."""
    measures = ", ".join(f"{d.name} {d.observed:.3g} (at most {d.limit:g}) {d.unit}".rstrip() for d in row.differences)
    variant = f" {row.variant}" if row.variant else ""
    return f"{row.verdict} {row.level}{variant}: {row.left} / {row.right}, {row.frames} frames: {measures}"


def _full_precision(variants: Variants) -> Variant:
    return next((v for v in variants.variants if v.precision == "fp32"), variants.variants[0])


def _raw(shipped: Shipped, variant: Variant, images: Sequence[Image]) -> list[Detections]:
    """What one variant finds, its scores not calibrated."""
    session = OnnxSession(shipped.models[variant.file])
    detector = Detector(session, shipped.settings, identity(len(shipped.variants.classes)))
    return [detector.detect(image) for image in track(images, variant.name, console=Console(stderr=True))]


def _with_area(found: Detections) -> Detections:
    """The runtime never reports a box without an area inside the frame; the trainer does."""
    return found.take(areas(found.boxes) > 0)


def _bundle(folder: Path, shipped: Shipped, runtime: bytes) -> Bundle:
    variants = tuple(bundles.shipped(variant) for variant in shipped.variants.variants)
    everywhere = manifest.Target("here", platform.machine(), "onnxruntime", variants[0].name, 1e6, 1e6)
    watch = manifest.Watch(0, 1, 1, 1, 1)
    classes = tuple(shipped.variants.classes)
    described = Identity("parity", 0, classes, shipped.settings, PIXEL_LIMIT, _UNJUDGED, variants, (everywhere,), watch)
    models = {f"models/{name}": content for name, content in shipped.models.items()}
    contents = {runtime_archive.NAME: runtime, "calibration.json": shipped.calibration, **models}
    return bundles.write(folder, described, contents)


if __name__ == "__main__":
    exits.run(main)
