"""Parity by real engines, and red where it should be red."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from numpy.typing import NDArray
from onnx import helper, numpy_helper

import detection
from detection.edge import checked
from detection.edge.boxes import Detections
from detection.edge.vision.frames import Image, read_image
from detection.edge.vision.headers import PictureSize
from detection.edge.vision.preprocess import letterbox
from detection.errors import BundleError, FrameError
from detection.outside import runtime_archive
from detection.outside.onnx.graphs import with_pixels_in
from detection.outside.parity import odd_pictures
from detection.outside.parity.device import Shipped
from detection.outside.parity.framework import Framework, against_framework
from detection.outside.parity.pictures import Pictures, pictures_of
from detection.outside.ultralytics import export, prediction
from detection.outside.ultralytics import weights as weights_file
from detection.outside.ultralytics.weights import Weights
from detection.rules.judging.parity import Limits, ParityRow
from detection.rules.judging.parity_rows import Look
from detection.rules.variants import Variant, Variants
from detection.stages import parity
from tests.examples_bundles import HALVED, SETTINGS, jpeg, picture, png
from tests.examples_models import CLASSES, SIZE, colour_model

LIMITS = Limits(tensor=0.002, box_px=0.5, score=0.01, unmatched_share=0.01, variant_score=0.02)
FP32 = Variant("fp32", "fp32.onnx", "onnxruntime", "fp32", SIZE, SIZE, "", 0)
SHIPPED = Shipped(
    Variants((FP32,), CLASSES),
    {"fp32.onnx": colour_model()},
    checked.canonical({"fp32": HALVED.to_json(CLASSES)}),
    SETTINGS,
)
GOLDEN = {f"exam/golden-{seed}.jpg": jpeg(picture(seed, 81, 57)) for seed in range(3)}
FEW = Pictures(
    GOLDEN, {"exam/grey.png": png(picture(4)), "exam/half.jpg": GOLDEN["exam/golden-0.jpg"][:300]}, ("exam/half.jpg",)
)


class Colours:
    """A trainer that agrees: the colour model, asked step by step."""

    def __init__(self, size: PictureSize) -> None:
        self._size = size
        variant = replace(FP32, width=size.width, height=size.height)
        self._detector = replace(SHIPPED, models={"fp32.onnx": colour_model(size.height, size.width)}).plain(variant)

    def look(self, image: Image) -> Look:
        tensor = letterbox(image, self._size.width, self._size.height).tensor
        scaled: NDArray[np.float32] = np.divide(tensor, 255, dtype=np.float32)
        return Look(scaled, self._detector.raw(image), self._detector.detect(image))


@dataclass
class Changed:
    """A trainer that agrees but for one step."""

    like: Colours
    tensors: Callable[[NDArray[np.float32]], NDArray[np.float32]] = lambda tensor: tensor
    raws: Callable[[NDArray[np.float32]], NDArray[np.float32]] = lambda raw: raw
    finds: Callable[[Detections], Detections] = lambda found: found

    def look(self, image: Image) -> Look:
        tensor, raw, found = self.like.look(image)
        return Look(self.tensors(tensor), self.raws(raw), self.finds(found))


def read(content: bytes, suffix: str) -> Image | None:
    assert suffix in (".jpg", ".png")
    try:
        return read_image(content)
    except FrameError:
        return None


AGREES = Framework(read, Colours, Colours, Colours)


def rows(framework: Framework = AGREES, shipped: Shipped = SHIPPED, pictures: Pictures = FEW) -> list[ParityRow]:
    return list(against_framework(shipped, framework, LIMITS, pictures))


def red(found: list[ParityRow]) -> list[str]:
    return [row.level for row in found if row.verdict == "FAIL"]


def test_a_framework_that_agrees_is_green_on_every_level() -> None:
    found = rows()
    assert [(row.level, row.frames, row.verdict) for row in found] == [
        ("pixels", 4, "PASS"), ("tensors", 4, "PASS"), ("raw", 4, "PASS"), ("detections", 4, "PASS"),
    ]  # fmt: skip
    assert all(difference.observed == 0 for row in found for difference in row.differences)
    assert found[-1].detections > 0


def one_column_off(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.roll(tensor, 1, axis=3)


def one_fewer(found: Detections) -> Detections:
    return found.take(np.arange(max(len(found) - 1, 0)))


def one_flat_more(found: Detections) -> Detections:
    flat = np.concatenate((found.boxes, np.zeros((1, 4), np.float32)))
    return Detections.uncalibrated(flat, np.append(found.labels, 0), np.append(found.scores, np.float32(0.3)))


@pytest.mark.parametrize(
    ("step", "level"),
    [
        pytest.param({"tensors": one_column_off}, ["tensors"], id="letterbox off by a pixel"),
        pytest.param({"raws": lambda raw: raw * np.float32(1.1)}, ["raw"], id="other output"),
        pytest.param({"finds": one_fewer}, ["detections"], id="one detection fewer"),
        pytest.param({"finds": one_flat_more}, [], id="boxes without an area are not held against it"),
    ],
)
def test_a_difference_is_red_on_its_own_level_alone(step: dict[str, object], level: list[str]) -> None:
    def changed(size: PictureSize) -> Changed:
        return Changed(Colours(size), **step)  # type: ignore[arg-type]

    assert red(rows(replace(AGREES, at=changed))) == level


def test_a_reader_that_sees_other_pixels_is_red() -> None:
    def mirrored(content: bytes, suffix: str) -> Image | None:
        image = read(content, suffix)
        return None if image is None else image[:, ::-1]

    assert red(rows(replace(AGREES, read=mirrored))) == ["pixels"]


@pytest.mark.parametrize("refused", [(), ("exam/half.jpg", "exam/grey.png")], ids=["too few", "too many"])
def test_a_picture_read_or_refused_otherwise_than_due_is_red(refused: tuple[str, ...]) -> None:
    """A list that says otherwise than the runtime does, in either direction."""
    found = rows(pictures=replace(FEW, refused=refused))
    assert red(found) == ["pixels"]
    assert [d.observed for d in found[0].differences if d.unit == "pictures"] == [1]


def dimmed(gain: float, size: int = SIZE, width: int | None = None) -> bytes:
    """The colour model with other scores."""
    model = onnx.load_model_from_string(colour_model(size, width))
    *before, concat = model.graph.node
    before[-1].output[0] = "plain"
    model.graph.initializer.append(numpy_helper.from_array(np.array(gain, np.float32), "gain"))
    del model.graph.node[:]
    model.graph.node.extend([*before, helper.make_node("Mul", ["plain", "gain"], ["scores"]), concat])
    return bytes(model.SerializeToString())


@pytest.mark.parametrize(("gain", "level"), [(0.99, []), (0.8, ["raw", "detections"])], ids=["near", "far"])
def test_a_variant_whose_scores_have_moved_is_red(gain: float, level: list[str]) -> None:
    """Thresholds and calibration are fitted to every variant, so that no score of its own would tell.

    It is held to the framework at its own size, here a rectangle, over golden frames alone.
    """
    eight = Variant("int8", "int8.onnx", "onnxruntime", "int8", 96, SIZE, "", 0)
    models = {**SHIPPED.models, "int8.onnx": dimmed(gain, SIZE, 96)}
    shipped = replace(SHIPPED, variants=Variants((FP32, eight), CLASSES), models=models)
    found = rows(shipped=shipped)
    assert red(found) == level
    assert [(r.variant, r.frames) for r in found if r.level in ("tensors", "raw")] == [
        ("96 x 64", 4), ("int8", 3), ("64 x 64", 4), ("fp32", 4),
    ]  # fmt: skip


def test_no_frame_is_red() -> None:
    assert parity.run(SHIPPED, AGREES, LIMITS, [], []).verdict == "FAIL"


@pytest.mark.slow
def test_the_packed_runtime_in_its_bare_environment_agrees_to_the_last_bit() -> None:
    """A real process of the device's own interpreter, over the whole exam."""
    pictures = pictures_of(list(GOLDEN.values()), [PictureSize(320, 256), PictureSize(640, 480)])
    runtime = runtime_archive.pack()
    found = list(parity.against_device(SHIPPED, runtime, pictures))
    expected = len(pictures.every) - len(pictures.refused)
    assert [(row.level, row.frames, row.verdict) for row in found] == [
        (level, expected, "PASS") for level in ("pixels", "tensors", "raw", "detections")
    ]
    assert {row.right for row in found} == {"runtime.pyz, bare environment"}
    assert found[-1].detections > 20


@pytest.mark.slow
def test_a_runtime_with_other_preprocessing_is_red_from_the_tensors_on(tmp_path: Path) -> None:
    """The exam says at which level a device differs: here it is the letterbox, not the decoder."""
    package = tmp_path / "detection"
    source = Path(detection.__file__).parent
    for path in (source / "errors.py", *(source / "edge").rglob("*.py")):
        copy = package / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    preprocess = package / "edge" / "vision" / "preprocess.py"
    preprocess.write_text(preprocess.read_text().replace("PADDING_U8 = 114", "PADDING_U8 = 0"))
    found = list(parity.against_device(SHIPPED, runtime_archive.pack(package), FEW))
    assert red(found)[:2] == ["tensors", "raw"]


@pytest.mark.slow
def test_a_runtime_that_does_not_run_stops_the_stage() -> None:
    with pytest.raises(BundleError, match="ended with 1"):
        list(parity.against_device(SHIPPED, b"not a program", FEW))


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
    """The real predictor on real weights against the real export, over noise: dozens of detections a frame."""
    weights = lively_weights()
    weights_file.write(tmp_path / "weights.pt", weights)
    settings = replace(SETTINGS, score_floor=0.01, maximum_detections=100)
    variant = replace(FP32, width=96, height=64)
    models = {"fp32.onnx": with_pixels_in(export.to_onnx(weights, 17, 96, 64))}
    shipped = Shipped(Variants((variant,), CLASSES), models, SHIPPED.calibration, settings)

    def at(size: PictureSize) -> prediction.Predictor:
        return prediction.Predictor(tmp_path / "weights.pt", size, settings)

    dice = np.random.default_rng(0)
    noise = {f"exam/{i}.png": png(dice.integers(0, 256, (57, 81, 3), np.uint8)) for i in range(2)}
    found = rows(Framework(prediction.read, at, at, at), shipped, Pictures(noise, {}, ()))
    assert not red(found), [parity.sentence(row) for row in found]
    assert found[-1].detections > 40


def test_pictures_are_named_by_what_they_are() -> None:
    pictures = pictures_of([jpeg(picture(0))], [PictureSize(32, 24)])
    assert list(pictures.golden) == ["exam/golden-000000.jpg"]
    assert {"exam/camera-32x24.jpg", "exam/cmyk.jpg", *pictures.refused} < set(pictures.odd)
    assert len(pictures.refused) == sum(one.refused for one in odd_pictures.pictures(picture(0), [], 1000))
