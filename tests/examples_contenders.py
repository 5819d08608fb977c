"""Contenders that a tiny real model makes: the same colours, boxes a few pixels beside, other thresholds."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from detection.edge.vision.calibration import Thresholds, identity, spell_thresholds
from detection.outside import documents, files, inference
from detection.outside.dataset import Dataset
from detection.outside.examination import Shipped
from detection.rules.judging import sets
from detection.rules.judging.calibration.reliability import ReliabilitySheet
from detection.rules.spec.judging import Cases
from detection.rules.spec.spec import Spec
from detection.rules.variants import Variant, Variants
from detection.stages import evaluate
from tests.examples_models import CLASSES, SIZE, colour_model

PLAIN = documents.read_document(Spec, Path("specs/spec.yaml"))
SPEC = PLAIN.model_copy(
    update={
        "classes": [c.model_copy(update={"id": name}) for c, name in zip(PLAIN.classes, CLASSES, strict=True)],
        "acceptance": PLAIN.acceptance.model_copy(
            update={
                "cases": Cases(never_miss=[], never_fire=[]),
                "criteria": [one for one in PLAIN.acceptance.criteria if one.label == "every"],
                "subgroups": [],
            }
        ),
        "operating_points": [one for one in PLAIN.operating_points if one.label == "every"],
        "comparison": PLAIN.comparison.model_copy(update={"metric": "ap50_95"}),
    }
)
"""The default one, for the tiny model's classes."""


def shifted_model(pixels: float) -> bytes:
    """The colour model, every box this far to the right."""
    model = onnx.load_from_string(colour_model())
    for one in model.graph.initializer:
        if one.name == "boxes":
            boxes = numpy_helper.to_array(one).copy()
            boxes[0, 0] += pixels
            one.CopyFrom(numpy_helper.from_array(boxes, "boxes"))
    return bytes(model.SerializeToString())


def write(folder: Path, shift_px: float = 0.0, cut: float = 0.5) -> Variants:
    """What stages convert and calibrate leave of a model.

    Args:
        folder: such as ``data``.
        shift_px: how far its boxes are off.
        cut: of every class.
    """
    content = shifted_model(shift_px)
    variants = Variants(
        (
            Variant(
                "fp32",
                "fp32.onnx",
                "onnxruntime",
                "fp32",
                SIZE,
                SIZE,
                hashlib.sha256(content).hexdigest(),
                len(content),
            ),
        ),
        CLASSES,
    )
    files.write_bytes(folder / "convert" / "fp32.onnx", content)
    documents.write_value(folder / "convert" / "variants.json", variants)
    files.write_json(folder / "calibrate" / "calibration.json", {"fp32": identity(len(CLASSES)).to_json(CLASSES)})
    write_thresholds(folder, cut)
    files.write_json(folder / "calibrate" / "reference.json", {})
    return variants


def write_thresholds(folder: Path, cut: float) -> None:
    """One cut for every class of the model in ``folder``."""
    variants = documents.read_value(Variants, folder / "convert" / "variants.json")
    thresholds = Thresholds(np.full(len(CLASSES), cut, np.float32))
    digests = {variant.name: variant.sha256 for variant in variants.variants}
    spelled = spell_thresholds({"fp32": thresholds}, CLASSES, digests)
    files.write_json(folder / "calibrate" / "thresholds.json", spelled)


def write_observations(folder: Path, dataset: Dataset, cut: float = 0.5) -> None:
    """What stage evaluate leaves of the model in ``folder`` on the frozen sets of ``dataset``."""
    variants = documents.read_value(Variants, folder / "convert" / "variants.json")
    models = inference.open_models(folder / "convert", variants, 1)
    digests = {variant.name: variant.sha256 for variant in variants.variants}
    thresholds = Thresholds(np.full(len(CLASSES), cut, np.float32))
    shipped = Shipped(models, {"fp32": identity(len(CLASSES))}, {"fp32": thresholds}, digests)
    today = sets.digests(dataset.frames, dataset.labels, dataset.split_of)
    asked = evaluate.Asked(
        inference.settings_of(SPEC.output), SPEC.judging, ReliabilitySheet((), 0.5, 20, 0.95, 0), today
    )
    params = evaluate.Params(resamples=20, confidence=0.95, seed=0, threads=1)
    evaluate.write(folder / "evaluate", evaluate.run(params, asked, dataset, shipped))
