"""Every variant is a file the runtime loads; eight bits have seen train frames only."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detection.edge.engines.onnx import OnnxSession
from detection.edge.vision.frames import read_image
from detection.edge.vision.preprocess import letterbox
from detection.errors import ModelError
from detection.outside import documents
from detection.outside.dataset import Dataset
from detection.outside.ultralytics import weights as weights_file
from detection.rules.variants import Variants
from detection.stages import convert
from detection.stages.convert import Params
from tests import examples_dataset
from tests.examples_models import CLASSES, SIZE
from tests.examples_weights import untrained

PARAMS = Params(variants=["fp32", "int8"], calibration_frames=4, opset=17)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return examples_dataset.write(tmp_path_factory.mktemp("convert") / "data", {"train": 6, "val": 3, "test": 3})


def test_two_runs_give_the_same_bytes(root: Path) -> None:
    """Otherwise a bundle could never be traced to what made it."""
    first, second = (convert.run(PARAMS, untrained(), Dataset.open(root)) for _ in range(2))
    assert [item.variant.name for item in first] == ["fp32", "int8"]
    assert first == second


def test_a_variant_says_what_its_file_is(root: Path) -> None:
    for item in convert.run(PARAMS, untrained(), Dataset.open(root)):
        session = OnnxSession(item.content)
        assert (session.input_width, session.input_height) == (item.variant.width, item.variant.height) == (SIZE, SIZE)
        assert item.variant.sha256 == hashlib.sha256(item.content).hexdigest()
        assert item.variant.bytes == len(item.content)


def test_only_train_frames_are_shown_to_the_quantiser(root: Path) -> None:
    """A variant tuned on what judges it would flatter itself."""
    dataset = Dataset.open(root)
    allowed = [letterbox(read_image(dataset.image(row)), SIZE, SIZE).tensor for row in dataset.chosen("train").tolist()]
    shown = list(convert.calibration_tensors(dataset, 4, SIZE))
    assert len(shown) == 4
    assert all(any(np.array_equal(tensor, one) for one in allowed) for tensor in shown)


def test_more_calibration_frames_than_there_are_is_all_of_them(root: Path) -> None:
    assert len(list(convert.calibration_tensors(Dataset.open(root), 999, SIZE))) == 6


def test_without_train_frames_int8_is_refused(tmp_path: Path) -> None:
    dataset = Dataset.open(examples_dataset.write(tmp_path / "data", {"val": 2}))
    with pytest.raises(ModelError, match="train frames"):
        convert.run(PARAMS, untrained(), dataset)


def test_a_variant_named_twice_is_made_once(root: Path) -> None:
    params = Params(variants=["fp32", "fp32"], calibration_frames=1, opset=17)
    assert len(convert.run(params, untrained(), Dataset.open(root))) == 1


def test_weights_that_fit_no_architecture_are_refused(root: Path) -> None:
    with pytest.raises(ModelError, match="do not fit"):
        convert.run(PARAMS, replace(untrained(), classes=("one",)), Dataset.open(root))


def test_main_writes_files_and_their_document(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root.parent)
    Path("params.yaml").write_text("convert: {variants: [fp32, int8], calibration_frames: 2, opset: 17}\n")
    weights_file.write(Path("data/train/weights.pt"), untrained())
    convert.main()
    written = documents.read_value(Variants, Path("data/convert/variants.json"))
    assert written.classes == CLASSES
    for variant in written.variants:
        content = (Path("data/convert") / variant.file).read_bytes()
        assert hashlib.sha256(content).hexdigest() == variant.sha256
