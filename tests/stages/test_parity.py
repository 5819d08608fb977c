"""Parity by real engines, and red where it should be red."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import helper, numpy_helper

from detection.edge import checked
from detection.edge.boxes import Detections
from detection.edge.engines.onnx import OnnxSession
from detection.edge.vision.calibration import identity
from detection.edge.vision.detector import Detector
from detection.edge.vision.frames import Image, read_image
from detection.edge.vision.preprocess import Tensor, letterbox
from detection.errors import BundleError
from detection.outside.ultralytics import export, prediction
from detection.outside.ultralytics import weights as weights_file
from detection.outside.ultralytics.weights import Weights
from detection.rules.judging.parity import Limits, ParityRow
from detection.rules.variants import Variant, Variants
from detection.stages import parity
from detection.stages.parity import Framework, Shipped
from tests.examples_bundles import HALVED, SETTINGS, jpeg, picture, png
from tests.examples_models import CLASSES, SIZE, colour_model

LIMITS = Limits(tensor=0.002, box_px=0.5, score=0.01, unmatched_share=0.01, variant_score=0.02)
ORIGINALS = [jpeg(picture(seed, 81, 57)) for seed in range(3)]
SHIPPED = Shipped(
    Variants((Variant("fp32", "fp32.onnx", "onnxruntime", "fp32", SIZE, SIZE, "", 0),), CLASSES),
    {"fp32.onnx": colour_model()},
    checked.canonical({"fp32": HALVED.to_json(CLASSES)}),
    SETTINGS,
)


def raw(image: Image) -> Detections:
    """The colour model's raw answer: what a framework that agrees would say."""
    return Detector(OnnxSession(colour_model()), SETTINGS, identity(3)).detect(image)


def rows(framework: Framework, originals: Sequence[bytes] = ORIGINALS) -> list[ParityRow]:
    return list(parity.run(SHIPPED, framework, LIMITS, originals).rows)


def test_ours_is_the_frameworks_own_letterbox_to_the_last_bit() -> None:
    sizes = [(320, 256), (1920, 1080), (81, 57), (640, 5), (5, 640), (1, 900), (224, 224), (227, 223), (40, 30)]
    for width, height in sizes:
        image = np.random.default_rng(width).integers(0, 256, (height, width, 3), np.uint8)
        for size in (192, 224):
            assert np.array_equal(prediction.letterbox(image, size), letterbox(image, size, size).tensor)


def test_a_framework_that_agrees_is_green_on_every_row() -> None:
    report = parity.run(SHIPPED, Framework(prediction.letterbox, raw), LIMITS, ORIGINALS)
    assert report.verdict == "PASS"
    assert [(row.level, row.frames) for row in report.rows] == [("tensors", 15), ("detections", 15), ("detections", 15)]
    assert all(difference.observed == 0 for row in report.rows for difference in row.differences)
    assert len(report.runtime_sha256) == 64


def test_a_letterbox_that_is_off_by_one_pixel_is_red() -> None:
    def shifted(image: Image, size: int) -> Tensor:
        return np.roll(letterbox(image, size, size).tensor, 1, axis=3)

    assert [row.verdict for row in rows(Framework(shifted, raw))] == ["FAIL", "PASS", "PASS"]


def test_a_framework_that_finds_less_is_red() -> None:
    def fewer(image: Image) -> Detections:
        return raw(image).take(np.arange(max(len(raw(image)) - 1, 0)))

    assert [row.verdict for row in rows(Framework(prediction.letterbox, fewer))] == ["PASS", "FAIL", "PASS"]


def test_boxes_without_area_are_not_held_against_the_framework() -> None:
    def more(image: Image) -> Detections:
        found = raw(image)
        flat = np.concatenate((found.boxes, np.zeros((1, 4), np.float32)))
        return Detections.uncalibrated(flat, np.append(found.labels, 0), np.append(found.scores, np.float32(0.3)))

    assert [row.verdict for row in rows(Framework(prediction.letterbox, more))] == ["PASS", "PASS", "PASS"]


def test_no_frame_is_red() -> None:
    assert {row.verdict for row in rows(Framework(prediction.letterbox, raw), [])[:2]} == {"FAIL"}


def dimmed(gain: float) -> bytes:
    """The colour model with other scores."""
    model = onnx.load_model_from_string(colour_model())
    pool, reshape, concat = model.graph.node
    reshape.output[0] = "plain"
    model.graph.initializer.append(numpy_helper.from_array(np.array(gain, np.float32), "gain"))
    del model.graph.node[:]
    model.graph.node.extend([pool, reshape, helper.make_node("Mul", ["plain", "gain"], ["scores"]), concat])
    return bytes(model.SerializeToString())


@pytest.mark.parametrize(("gain", "verdict"), [(0.99, "PASS"), (0.8, "FAIL")], ids=["near", "far"])
def test_a_variant_whose_scores_have_moved_is_red(gain: float, verdict: str) -> None:
    """Thresholds and calibration are fitted to every variant, so that no score of its own would tell."""
    plain = SHIPPED.variants.variants[0]
    eight = replace(plain, name="int8", file="int8.onnx", precision="int8")
    models = {**SHIPPED.models, "int8.onnx": dimmed(gain)}
    shipped = replace(SHIPPED, variants=Variants((plain, eight), CLASSES), models=models)
    (row,) = parity.between_variants(shipped, LIMITS, [read_image(original) for original in ORIGINALS])
    assert row.detections > 0
    assert (row.variant, row.verdict) == ("int8", verdict)


def test_a_single_variant_is_compared_with_no_other() -> None:
    assert list(parity.between_variants(SHIPPED, LIMITS, [read_image(ORIGINALS[0])])) == []


def test_every_frame_gives_odd_thin_portrait_and_grey_ones() -> None:
    shapes = [read_image(made).shape[:2] for made in parity.pictures_of(jpeg(picture(1, 320, 256)))]
    assert shapes == [(256, 320), (255, 319), (16, 320), (320, 256), (256, 320)]
    grey = read_image(parity.pictures_of(ORIGINALS[0])[4])
    assert np.array_equal(grey[..., 0], grey[..., 2])


def test_a_model_that_the_runtime_refuses_stops_the_stage() -> None:
    broken = replace(SHIPPED, models={"fp32.onnx": colour_model(32)})
    with pytest.raises(BundleError, match="32 x 32"):
        list(parity.against_device(broken, b"", ORIGINALS))


def test_a_runtime_that_does_not_run_stops_the_stage() -> None:
    with pytest.raises(BundleError, match="ended with 1"):
        list(parity.against_device(SHIPPED, b"not a program", ORIGINALS))


def lively_weights() -> Weights:
    """Random weights whose scores differ from anchor to anchor: of equal scores suppression may keep any."""
    torch.manual_seed(0)
    architecture = weights_file.architecture_of("yolov8n.yaml")
    network = weights_file.blank(architecture, 3)
    for layer in network.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.momentum = 1.0
    for branch in network.model[-1].cv3:
        torch.nn.init.normal_(branch[-1].weight, std=0.3)
        torch.nn.init.constant_(branch[-1].bias, -3.0)
    with torch.no_grad():
        network.train()(torch.rand(4, 3, 96, 96))
    return Weights(architecture, CLASSES, 96, {name: t.float() for name, t in network.state_dict().items()})


@pytest.mark.slow
def test_an_untrained_network_answers_the_same_through_trainer_and_export(tmp_path: Path) -> None:
    """The real predictor on real weights against the real export."""
    weights = lively_weights()
    weights_file.write(tmp_path / "weights.pt", weights)
    content = export.to_onnx(weights, 17)
    settings = replace(SETTINGS, score_floor=0.01, maximum_detections=100)
    variants = Variants((Variant("fp32", "fp32.onnx", "onnxruntime", "fp32", 96, 96, "", 0),), CLASSES)
    shipped = Shipped(variants, {"fp32.onnx": content}, SHIPPED.calibration, settings)
    predictor = prediction.Predictor(tmp_path / "weights.pt", 96, settings)
    dice = np.random.default_rng(0)
    noise = [png(dice.integers(0, 256, (57, 81, 3), np.uint8)) for _ in range(2)]
    report = parity.run(shipped, Framework(prediction.letterbox, predictor.predict), LIMITS, noise)
    assert report.verdict == "PASS", [parity.sentence(row) for row in report.rows]
    assert report.rows[1].detections > 100
