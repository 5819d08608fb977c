"""ONNX Runtime behind our port: what it loads, what it refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from detection.edge.engines.onnx import OnnxSession
from detection.errors import ModelError
from tests.examples_models import colour_model


def passing(shape: list[int | str], kind: int = TensorProto.UINT8) -> bytes:
    """A model that hands its input through, of any shape."""
    graph = helper.make_graph(
        [helper.make_node("Identity", ["a"], ["b"])],
        "g",
        [helper.make_tensor_value_info("a", kind, shape)],
        [helper.make_tensor_value_info("b", kind, shape)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


def test_bytes_and_a_path_load_the_same(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(colour_model(64, 96))
    for session in (OnnxSession(path), OnnxSession(path.read_bytes(), threads=2)):
        assert session.tensor.dtype == np.uint8
        assert (session.tensor.shape, session.classes) == ((1, 3, 64, 96), 3)
        assert session.run().shape == (1, 7, 96)


@pytest.mark.parametrize("content", [b"", b"not a model", colour_model()[:400]], ids=["empty", "text", "cut-short"])
def test_a_damaged_model_is_refused_in_one_line(content: bytes) -> None:
    with pytest.raises(ModelError, match="cannot be loaded") as caught:
        OnnxSession(content)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "shape", [[1, 3, 64], [1, 3, "height", "width"], [2, 3, 64, 64], [1, 1, 64, 64]],
    ids=["flat", "dynamic", "batch", "grey"],
)  # fmt: skip
def test_another_input_than_one_picture_is_refused(shape: list[int | str]) -> None:
    with pytest.raises(ModelError, match="inputs"):
        OnnxSession(passing(shape))


def test_an_input_of_floats_is_refused() -> None:
    """A model of the former format would see pixels 255 times too bright."""
    with pytest.raises(ModelError, match="inputs are tensor\\(float\\)"):
        OnnxSession(passing([1, 3, 64, 64], TensorProto.FLOAT))


def test_another_output_than_a_detection_head_is_refused() -> None:
    with pytest.raises(ModelError, match="outputs"):
        OnnxSession(passing([1, 3, 64, 64]))


def test_weights_beside_the_file_are_never_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bundle's digests cover the model file alone, so nothing else may reach the engine."""
    model = onnx.load_model_from_string(colour_model())
    onnx.save_model(
        model, tmp_path / "model.onnx", save_as_external_data=True, all_tensors_to_one_file=True,
        location="beside.bin", size_threshold=0,
    )  # fmt: skip
    monkeypatch.chdir(tmp_path / "..")
    with pytest.raises(ModelError, match="cannot be loaded"):
        OnnxSession((tmp_path / "model.onnx").read_bytes())
