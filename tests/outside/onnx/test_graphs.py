"""ONNX files: one file or none, the same bytes for the same model, pixels in."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto

from detection.edge.engines.onnx import OnnxSession
from detection.errors import ModelError
from detection.outside.onnx import graphs
from detection.outside.onnx.halving import halved
from detection.outside.ultralytics import export
from tests.examples_models import CLASSES, SIZE, colour_model
from tests.examples_weights import untrained

OPSET = 17


@pytest.fixture(scope="module")
def plain() -> bytes:
    return graphs.finished(graphs.with_pixels_in(export.to_onnx(untrained(), OPSET, SIZE, SIZE)), CLASSES)


def test_nothing_of_its_maker_is_left(plain: bytes) -> None:
    model = onnx.load_model_from_string(plain)
    assert (model.producer_name, model.producer_version, model.doc_string) == ("detection", "", "")
    assert not any(node.doc_string for node in model.graph.node)
    assert {entry.key: entry.value for entry in model.metadata_props} == {"classes": '["red", "green", "blue"]'}


def test_finishing_twice_changes_nothing(plain: bytes) -> None:
    assert graphs.finished(plain, CLASSES) == plain


@pytest.mark.parametrize("content", [b"", b"no model", colour_model()[:200]], ids=["empty", "text", "truncated"])
def test_what_is_no_model_is_refused(content: bytes) -> None:
    with pytest.raises(ModelError, match="export it anew"):
        graphs.check(content)


def test_a_model_with_weights_in_another_file_is_refused() -> None:
    """An engine would follow the path, wherever it leads."""
    model = onnx.load_model_from_string(colour_model())
    tensor = model.graph.initializer[0]
    tensor.data_location = TensorProto.EXTERNAL
    tensor.ClearField("raw_data")
    tensor.external_data.add(key="location", value="../../secret")
    with pytest.raises(ModelError, match="another file"):
        graphs.check(model.SerializeToString())


def test_the_graph_takes_pixels(plain: bytes) -> None:
    graph = onnx.load_model_from_string(plain).graph
    assert graph.input[0].type.tensor_type.elem_type == TensorProto.UINT8


def test_sixteen_bits_are_half_as_large_and_near(plain: bytes) -> None:
    half = graphs.finished(halved(plain), CLASSES)
    assert len(half) < 0.6 * len(plain)
    exact, near = OnnxSession(plain), OnnxSession(half)
    exact.tensor[:] = near.tensor[:] = np.random.default_rng(0).integers(0, 256, exact.tensor.shape)
    assert np.abs(near.run() - exact.run())[:, 4:].max() < 0.01
