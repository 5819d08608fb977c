"""ONNX files: one file or none, the same bytes for the same model, eight bits near thirty-two."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto

from detection.edge.engines.onnx import OnnxSession
from detection.errors import ModelError
from detection.outside import onnx as adapter
from detection.outside.ultralytics import export
from tests.examples_models import CLASSES, SIZE, colour_model
from tests.examples_weights import untrained

OPSET = 17


@pytest.fixture(scope="module")
def plain() -> bytes:
    return adapter.finished(export.to_onnx(untrained(), OPSET), CLASSES, SIZE)


def shown(count: int = 8, seed: int = 0) -> Iterator[NDArray[np.float32]]:
    dice = np.random.default_rng(seed)
    return (dice.random((1, 3, SIZE, SIZE), np.float32) for _ in range(count))


def test_nothing_of_its_maker_is_left(plain: bytes) -> None:
    model = onnx.load_model_from_string(plain)
    assert (model.producer_name, model.producer_version, model.doc_string) == ("detection", "", "")
    assert not any(node.doc_string for node in model.graph.node)
    assert {entry.key: entry.value for entry in model.metadata_props} == {
        "classes": '["red", "green", "blue"]',
        "size": str(SIZE),
    }


def test_finishing_twice_changes_nothing(plain: bytes) -> None:
    assert adapter.finished(plain, CLASSES, SIZE) == plain


@pytest.mark.parametrize("content", [b"", b"no model", colour_model()[:200]], ids=["empty", "text", "truncated"])
def test_what_is_no_model_is_refused(content: bytes) -> None:
    with pytest.raises(ModelError, match="export it anew"):
        adapter.check(content)


def test_a_model_with_weights_in_another_file_is_refused() -> None:
    """An engine would follow the path, wherever it leads."""
    model = onnx.load_model_from_string(colour_model())
    tensor = model.graph.initializer[0]
    tensor.data_location = TensorProto.EXTERNAL
    tensor.ClearField("raw_data")
    tensor.external_data.add(key="location", value="../../secret")
    with pytest.raises(ModelError, match="another file"):
        adapter.check(model.SerializeToString())


def test_eight_bits_are_smaller_and_near(plain: bytes) -> None:
    eight = adapter.finished(adapter.quantised(plain, shown()), CLASSES, SIZE)
    assert len(eight) < len(plain) / 3
    exact, near = OnnxSession(plain), OnnxSession(eight)
    for tensor in shown(4, seed=1):
        expected, found = exact.run(tensor), near.run(tensor)
        assert np.abs(found[:, :4] - expected[:, :4]).max() < 2
        assert np.abs(found[:, 4:] - expected[:, 4:]).max() < 0.1


def test_quantising_twice_gives_the_same_bytes(plain: bytes) -> None:
    def quantise() -> bytes:
        return adapter.finished(adapter.quantised(plain, shown()), CLASSES, SIZE)

    assert quantise() == quantise()


def test_what_decodes_stays_exact(plain: bytes) -> None:
    """All but the last convolutions are quantised; those and what follows are not."""
    kept = set(adapter.tail(plain))
    last = {f"/model.22/cv{branch}.{scale}/cv{branch}.{scale}.2/Conv" for branch in (2, 3) for scale in (0, 1, 2)}
    nodes = onnx.load_model_from_string(plain).graph.node
    convolutions = {node.name for node in nodes if node.op_type == "Conv"}
    assert convolutions & kept == last | {"/model.22/dfl/conv/Conv"}
    assert {node.name for node in nodes if node.op_type == "Softmax"} <= kept


def test_without_calibration_frames_nothing_is_quantised(plain: bytes) -> None:
    with pytest.raises(ModelError, match="calibration frames"):
        adapter.quantised(plain, iter(()))
