"""Every variant is a file the runtime loads; eight bits have seen train frames only."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detection.edge.engines.opening import open_session
from detection.edge.vision.frames import read_image
from detection.edge.vision.preprocess import letterbox
from detection.errors import ModelError
from detection.outside import documents, tensorrt
from detection.outside.dataset import Dataset
from detection.outside.ultralytics import weights as weights_file
from detection.rules.engines import BUILT_NOT_RUN, Engines
from detection.rules.quantisation import Quantisation
from detection.rules.spec.targets import Camera, InputSize, Target
from detection.rules.variants import Variants
from detection.stages import convert
from detection.stages.convert import Params
from tests import examples_dataset
from tests.examples_models import CLASSES, SIZE
from tests.examples_weights import untrained

ROOT = Path(__file__).parents[2]
PARAMS = Params(calibration_frames=2, calibration_quantile=1.0, compared_frames=1, float_share=0.0, opset=17)
SQUARE = InputSize(SIZE, SIZE)
FP32 = Target(
    id="plain", hardware="any", machine="x86_64", engine="onnxruntime", variant="fp32", precision="fp32", camera=None,
    compute_capability=None, p95_ms=50, memory_mb=500, bundle_mb=20,
)  # fmt: skip
INT8 = FP32.model_copy(
    update={"id": "wide", "variant": "int8", "precision": "int8", "camera": Camera(width=320, height=160)}
)
CARD = FP32.model_copy(
    update={"id": "card", "variant": "card", "engine": "tensorrt-rtx", "precision": "fp16", "compute_capability": "8.6"}
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return examples_dataset.write(tmp_path_factory.mktemp("convert") / "data", {"train": 6, "val": 3, "test": 3})


@pytest.mark.slow
def test_a_variant_says_what_its_file_is_and_two_runs_give_the_same_bytes(root: Path) -> None:
    """Otherwise a bundle could never be traced to what made it."""
    made, again = (convert.run(PARAMS, [FP32, INT8], untrained(), Dataset.open(root)) for _ in range(2))
    assert made == again
    sizes = []
    for item in made.ready:
        session = open_session(item.variant.engine, item.content)
        height, width = session.tensor.shape[2:]
        assert (width, height) == (item.variant.width, item.variant.height)
        assert item.variant.sha256 == hashlib.sha256(item.content).hexdigest()
        assert item.variant.bytes == len(item.content)
        sizes.append((item.variant.name, width, height))
    assert sizes == [("fp32", SIZE, SIZE), ("int8", SIZE, SIZE // 2)]
    (eight,) = made.eights
    assert (eight.variant, eight.frames, eight.kept) == ("int8", 1, ())


@pytest.mark.slow
def test_targets_that_name_one_variant_share_it(root: Path) -> None:
    other = FP32.model_copy(update={"id": "another"})
    assert len(convert.run(PARAMS, [FP32, other], untrained(), Dataset.open(root)).ready) == 1


@pytest.mark.slow
def test_an_engine_for_a_card_that_is_not_here_is_recorded_and_does_not_ship(root: Path) -> None:
    """Nobody ran it, so nobody judged it."""
    if tensorrt.card_is_here():
        pytest.skip("a graphics card is here: the engine runs and ships")
    made = convert.run(PARAMS, [FP32, CARD], untrained(), Dataset.open(root))
    assert [item.variant.name for item in made.ready] == ["fp32"]
    (built,) = made.elsewhere
    assert (built.recipe.variant, built.recipe.compute_capability, built.verdict) == ("card", "8.6", BUILT_NOT_RUN)
    assert built.takes == f"images UINT8 (1, 3, {SIZE}, {SIZE})"
    assert built.gives == "candidates FLOAT (1, 7, 84)"
    assert built.bytes > 1_000_000


@pytest.mark.slow
def test_a_device_that_builds_its_own_engine_gets_the_onnx_file(root: Path) -> None:
    target = CARD.model_copy(update={"engine": "tensorrt", "compute_capability": None})
    made = convert.run(PARAMS, [FP32, target], untrained(), Dataset.open(root))
    assert [(one.variant.file, one.variant.engine, one.variant.precision) for one in made.ready] == [
        ("fp32.onnx", "onnxruntime", "fp32"),
        ("card.onnx", "onnxruntime", "fp16"),
    ]


def test_only_train_frames_are_shown_to_the_quantiser(root: Path) -> None:
    """A variant tuned on what judges it would flatter itself."""
    dataset = Dataset.open(root)
    allowed = [letterbox(read_image(dataset.image(row)), SIZE, SIZE).tensor for row in dataset.chosen("train").tolist()]
    shown = list(convert.calibration_tensors(dataset, 4, SQUARE))
    assert len(shown) == 4
    assert all(any(np.array_equal(tensor, one) for one in allowed) for tensor in shown)


def test_more_calibration_frames_than_there_are_is_all_of_them(root: Path) -> None:
    assert len(list(convert.calibration_tensors(Dataset.open(root), 999, SQUARE))) == 6


@pytest.mark.slow
def test_without_train_frames_int8_is_refused(tmp_path: Path) -> None:
    dataset = Dataset.open(examples_dataset.write(tmp_path / "data", {"val": 2}))
    with pytest.raises(ModelError, match="train frames"):
        convert.run(PARAMS, [FP32, INT8], untrained(), dataset)


def test_weights_that_fit_no_architecture_are_refused(root: Path) -> None:
    with pytest.raises(ModelError, match="do not fit"):
        convert.run(PARAMS, [FP32], replace(untrained(), classes=("one",)), Dataset.open(root))


@pytest.mark.slow
def test_main_writes_files_and_their_documents(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root.parent)
    Path("params.yaml").write_text(
        "convert: {calibration_frames: 2, calibration_quantile: 1, compared_frames: 1, float_share: 0.0, opset: 17}\n",
        encoding="utf-8",
    )
    Path("specs/targets").mkdir(parents=True)
    target = ROOT / "specs/targets/cpu-plain.yaml"
    Path("specs/targets/cpu-plain.yaml").write_bytes(target.read_bytes())
    weights_file.write(Path("data/train/weights.pt"), untrained())
    convert.main()
    written = documents.read_value(Variants, Path("data/convert/variants.json"))
    assert written.classes == CLASSES
    for variant in written.variants:
        content = (Path("data/convert") / variant.file).read_bytes()
        assert hashlib.sha256(content).hexdigest() == variant.sha256
    assert documents.read_value(Quantisation, Path("data/convert/quantisation.json")).variants == ()
    assert documents.read_value(Engines, Path("data/convert/engines.json")).engines == ()
