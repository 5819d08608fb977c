"""Faults of models: which frames are the dark ones, what noise is, and that both are really made."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from detection.edge.engines.onnx import OnnxSession
from detection.outside import documents, files, tables
from detection.outside.dataset import Dataset
from detection.outside.faults import models
from detection.outside.faults.scratch import Scratch
from detection.outside.onnx.graphs import finished, with_pixels_in
from detection.outside.ultralytics import export
from detection.rules.labels.statistics import Statistics
from detection.rules.variants import Variants
from tests.examples_models import CLASSES, SIZE
from tests.examples_weights import untrained


def measure(place: Scratch, dusk: float, others: float) -> None:
    """Write how bright the frames are."""
    dataset = Dataset.open(place.data)
    n = len(dataset)
    lighting = dataset.frames.conditions["lighting"]
    mean = np.where(lighting == "dusk", dusk, others) + np.linspace(0, 1, n)
    nothing = np.zeros(n, np.float32)
    numbers = np.full(n, SIZE)
    statistics = Statistics(
        dataset.frames.id, np.ones(n, bool), numbers, numbers, mean.astype(np.float32), nothing, nothing, nothing,
        nothing, nothing, np.zeros(n, np.uint64),
    )  # fmt: skip
    tables.write_statistics(place.data / "validate" / "images.parquet", statistics)


def test_only_the_darkest_value_of_a_condition_is_left_to_learn_from(place: Scratch) -> None:
    measure(place, dusk=20, others=120)
    before = len(Dataset.open(place.data).chosen("train"))
    planted = models.train_in_the_dark(place)
    left = Dataset.open(place.data)
    rows = left.chosen("train")
    assert set(left.frames.conditions["lighting"][rows]) == {"dusk"}
    assert planted.told == f"trained for 20 of 20 epochs on {len(rows)} of {before} frames: lighting dusk"
    assert len(left.chosen("val", "test", "golden")) == 24


def test_where_no_value_is_dark_the_darkest_quarter_is(place: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    measure(place, dusk=119, others=120)
    monkeypatch.setattr(models, "FEWEST_FRAMES", 4)
    assert "on 4 of 16 frames: the darkest 25%" in models.train_in_the_dark(place).told


def test_a_long_recipe_is_cut_short(place: Scratch) -> None:
    measure(place, dusk=20, others=120)
    place.set_params("train", epochs=900, size=3200, close_mosaic=10)
    assert "for 3 of 900 epochs on 8" in models.train_in_the_dark(place).told
    assert place.params("train")["close_mosaic"] == 3


def test_too_few_dark_frames_are_not_trained_on(place: Scratch) -> None:
    measure(place, dusk=119, others=120)
    assert models.train_in_the_dark(place).obstacle == "only 4 train frames are dark"


def test_noise_has_every_value_alike_and_is_the_same_each_time() -> None:
    (first,), (again,) = (list(models.noise(1, 96, 64)) for _ in range(2))
    assert first.shape == (1, 3, 64, 96)
    assert first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert (first.min(), first.max()) == (0, 255)
    assert first.mean() == pytest.approx(127.5, abs=3)


def test_without_an_int8_variant_there_is_nothing_to_calibrate(place: Scratch) -> None:
    assert models.calibrate_on_noise(place).obstacle == "there is no int8 variant beside an fp32 one"


@pytest.mark.slow
def test_noise_makes_another_model_that_the_record_knows(place: Scratch) -> None:
    """The model is really quantised, and stages that check digests take it."""
    plain = finished(with_pixels_in(export.to_onnx(untrained(), 17, SIZE, SIZE)), CLASSES)
    files.write_bytes(place.data / "convert" / "fp32.onnx", plain)
    path = place.data / "convert" / "variants.json"
    (fp32,) = documents.read_value(Variants, path).variants
    fp32 = replace(fp32, sha256=hashlib.sha256(plain).hexdigest(), bytes=len(plain))
    int8 = replace(fp32, name="int8", file="int8.onnx", precision="int8", sha256="0" * 64)
    documents.write_value(path, Variants((fp32, int8), CLASSES))
    place.set_params("convert", calibration_frames=4)
    assert models.calibrate_on_noise(place).told.startswith("the ranges of int8 come from 4 pictures of noise")
    made = (place.data / "convert" / "int8.onnx").read_bytes()
    kept, changed = documents.read_value(Variants, path).variants
    assert kept == fp32
    assert changed.sha256 == hashlib.sha256(made).hexdigest()
    assert OnnxSession(made).classes == len(CLASSES)
