"""Eight bits: near thirty-two, the same bytes for the same model, pixels straight in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from detection.edge.engines.onnx import OnnxSession
from detection.errors import ModelError
from detection.outside.onnx import graphs, sensitivity
from detection.outside.onnx.quantising import Quantiser, block_of, quantised
from detection.outside.ultralytics import export
from tests.examples_models import CLASSES, SIZE
from tests.examples_weights import untrained

OPSET = 17


@pytest.fixture(scope="module")
def plain() -> bytes:
    return graphs.finished(graphs.with_pixels_in(export.to_onnx(untrained(), OPSET, SIZE, SIZE)), CLASSES)


@pytest.fixture(scope="module")
def quantiser(plain: bytes) -> Quantiser:
    return Quantiser(plain, shown())


@pytest.fixture(scope="module")
def eight(quantiser: Quantiser) -> bytes:
    return graphs.finished(quantiser.quantised(), CLASSES)


def shown(count: int = 8, seed: int = 0) -> Iterator[NDArray[np.uint8]]:
    dice = np.random.default_rng(seed)
    return (dice.integers(0, 256, (1, 3, SIZE, SIZE), np.uint8) for _ in range(count))


def three_blocks() -> bytes:
    """Three convolutions with their activations, the second hard to say in 256 steps, and one that scores each cell."""
    dice = np.random.default_rng(0)
    nodes, constants, before = [], [], "images"
    for step, (channels, wide) in enumerate([(3, 8), (8, 16), (16, 8), (8, 7)]):
        weight, bias = dice.normal(size=(wide, channels, 3, 3)) / channels, dice.normal(size=wide)
        bias[0] -= 100 * (step == 1)  # the range inside the block is wide, what leaves it is not
        for name, value in ((f"w{step}", weight), (f"b{step}", bias)):
            constants.append(numpy_helper.from_array(value.astype(np.float32), name))
        read, path = [before, f"w{step}", f"b{step}"], f"/model.{step}"
        nodes.append(helper.make_node("Conv", read, [f"c{step}"], f"{path}/conv/Conv", strides=[2, 2], pads=[1] * 4))
        nodes.append(helper.make_node("Sigmoid", [f"c{step}"], [f"s{step}"], f"{path}/act/Sigmoid"))
        before = f"a{step}"
        nodes.append(helper.make_node("Mul", [f"c{step}", f"s{step}"], [before], f"{path}/act/Mul"))
    nodes[-1] = helper.make_node("Reshape", ["s3", "flat"], ["output0"], "/model.3/Reshape")
    constants.append(numpy_helper.from_array(np.array([1, 7, -1], np.int64), "flat"))
    takes = helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, SIZE, SIZE])
    gives = helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, 7, (SIZE // 16) ** 2])
    graph = helper.make_graph(nodes, "small", [takes], [gives], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    return graphs.with_pixels_in(model.SerializeToString())


def inputs_of(content: bytes) -> list[str]:
    """Operators that read the pixels."""
    graph = onnx.load_model_from_string(content).graph
    return [node.op_type for node in graph.node if graph.input[0].name in node.input]


@pytest.mark.slow
def test_eight_bits_are_smaller_and_near(plain: bytes, eight: bytes) -> None:
    assert len(eight) < len(plain) / 3
    exact, near = OnnxSession(plain), OnnxSession(eight)
    for tensor in shown(4, seed=1):
        exact.tensor[:] = near.tensor[:] = tensor
        expected, found = exact.run(), near.run()
        assert np.abs(found[:, :4] - expected[:, :4]).max() < 2
        assert np.abs(found[:, 4:] - expected[:, 4:]).max() < 0.1


@pytest.mark.slow
def test_pixels_go_straight_into_eight_bits(eight: bytes) -> None:
    """They are eight bits already: dividing and rounding them again would be a pass over the picture for nothing."""
    assert inputs_of(eight) == ["DequantizeLinear"]
    model = onnx.load_model_from_string(eight)
    (first,) = [node for node in model.graph.node if "images" in node.input]
    constants = {one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer}
    assert constants[first.input[1]] == np.float32(1 / 255)
    assert constants[first.input[2]] == 0


@pytest.mark.slow
def test_tensorrt_has_eight_bits_of_its_own(quantiser: Quantiser) -> None:
    """It knows signed activations around zero and no integer bias."""
    content = quantiser.quantised(flavour="tensorrt")
    graph = onnx.load_model_from_string(content).graph
    kinds = {one.name: one.data_type for one in graph.initializer}
    zeros = {node.input[2] for node in graph.node if node.op_type == "QuantizeLinear"}
    assert {kinds[name] for name in zeros} == {TensorProto.INT8}
    assert TensorProto.INT32 not in {kinds.get(n.input[0]) for n in graph.node if n.op_type == "DequantizeLinear"}
    assert inputs_of(content) == ["Cast"]


@pytest.mark.slow
def test_quantising_twice_gives_the_same_bytes(plain: bytes, eight: bytes) -> None:
    assert graphs.finished(quantised(plain, shown()), CLASSES) == eight


@pytest.mark.slow
def test_what_decodes_stays_exact(quantiser: Quantiser) -> None:
    """All but the last convolutions are quantised; those and what follows are not."""
    kept = set(quantiser.tail)
    last = {f"/model.22/cv{branch}.{scale}/cv{branch}.{scale}.2/Conv" for branch in (2, 3) for scale in (0, 1, 2)}
    nodes = quantiser.folded.graph.node
    convolutions = {node.name for node in nodes if node.op_type == "Conv"}
    assert convolutions & kept == last | {"/model.22/dfl/conv/Conv"}
    assert {node.name for node in nodes if node.op_type == "Softmax"} <= kept


@pytest.mark.slow
def test_a_block_that_is_kept_has_float_weights(quantiser: Quantiser) -> None:
    block = "/model.2/cv1"
    graph = onnx.load_model_from_string(quantiser.quantised([block])).graph
    kinds = {one.name: one.data_type for one in graph.initializer}
    (convolution,) = [n for n in graph.node if n.op_type == "Conv" and block_of(n.name) == block]
    assert kinds[convolution.input[1]] == TensorProto.FLOAT


def test_without_calibration_frames_nothing_is_quantised() -> None:
    with pytest.raises(ModelError, match="calibration frames"):
        quantised(three_blocks(), iter(()))


@pytest.mark.parametrize(
    ("node", "block"),
    [
        ("/model.0/conv/Conv", "/model.0"),
        ("/model.0/act/Mul", "/model.0"),
        ("/model.2/m.0/cv1/conv/Conv", "/model.2/m.0/cv1"),
        ("/model.22/cv2.0/cv2.0.2/Conv", "/model.22/cv2.0/cv2.0.2"),
    ],
)
def test_a_convolution_and_its_activation_are_one_block(node: str, block: str) -> None:
    assert block_of(node) == block


@pytest.mark.slow
def test_a_blocks_share_is_of_all_multiplications(quantiser: Quantiser) -> None:
    shares = sensitivity.shares(quantiser)
    assert 0.5 < sum(shares.values()) < 1  # the decoding layers have the rest
    side = SIZE // 2
    first, second = 3 * 9 * 16 * side * side, 16 * 9 * 32 * (side // 2) ** 2
    assert shares["/model.1"] / shares["/model.0"] == pytest.approx(second / first)


def test_every_block_is_measured_and_the_record_holds_what_was_kept() -> None:
    """On three blocks alone: of a whole model it takes a minute."""
    small = Quantiser(three_blocks(), shown())
    found = sensitivity.searched(small, "int8", list(shown(2, seed=1)), share=0.95)
    assert [block.name for block in found.blocks] == ["/model.0", "/model.1", "/model.2"]
    assert found.kept[0] == "/model.1"
    assert 0 < found.error_kept < found.error
    assert found.share_kept == pytest.approx(sum(b.share for b in found.blocks if b.name in found.kept))


@pytest.mark.slow
def test_a_block_that_is_released_is_what_the_quantiser_would_leave_out(quantiser: Quantiser, eight: bytes) -> None:
    """Otherwise the search would measure another model than the one that ships."""
    block, tensors = "/model.22/cv3.0/cv3.0.1", list(shown(2, seed=1))
    released = sensitivity.released(onnx.load_model_from_string(eight), quantiser, block)
    found = sensitivity.answers(released, tensors)
    proper = sensitivity.answers(quantiser.quantised([block]), tensors)
    whole = sensitivity.answers(eight, tensors)
    assert all(np.array_equal(one, other) for one, other in zip(found, proper, strict=True))
    assert not np.array_equal(whole[0], proper[0])
