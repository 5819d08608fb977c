"""An engine is imported when a model asks for it, and says what to install if it is not here."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from detection.edge.engines.onnx import OnnxSession
from detection.edge.engines.opening import open_session
from detection.errors import EnvironmentMissingError, ModelError
from detection.outside import openvino, tensorrt
from detection.rules.engines import Recipe
from detection.rules.variants import Precision
from tests.examples_models import SIZE, colour_model

RECIPE = Recipe("card", "tensorrt-rtx", "fp32", SIZE, SIZE, "8.6")


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return stream.getvalue()


def test_an_engine_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ModelError, match="expected one of onnxruntime, openvino, tensorrt-rtx, tensorrt"):
        open_session("abacus", b"")


def test_a_package_that_is_missing_is_named() -> None:
    """The classic package cannot be installed from the registry alone, so it is missing here."""
    with pytest.raises(EnvironmentMissingError, match="expected the package tensorrt; install it"):
        open_session("tensorrt", b"")


def test_no_engine_is_imported_before_it_is_asked_for() -> None:
    """A device holds one engine; asking for it must not need the others."""
    program = "import sys; from detection.edge.engines.opening import open_session; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {"onnxruntime", "openvino", "tensorrt_rtx", "tensorrt"}.isdisjoint(done.stdout.split())


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["fp32", "fp16", "bf16"])
def test_openvino_answers_as_onnxruntime_does(precision: Precision) -> None:
    content = openvino.converted(colour_model(), precision)
    assert content == openvino.converted(colour_model(), precision)
    ours, theirs = open_session("openvino", content), OnnxSession(colour_model())
    assert (ours.tensor.shape, ours.classes) == (theirs.tensor.shape, theirs.classes)
    ours.tensor[:] = theirs.tensor[:] = np.random.default_rng(0).integers(0, 256, ours.tensor.shape)
    assert np.abs(ours.run()[:, 4:] - theirs.run()[:, 4:]).max() < 0.01


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no zip"),
        (b"PK\x03\x04 and no more", "no zip"),
        (zipped(model_xml=b"<net/>"), "expected model.xml, model.bin"),
        (zipped(model_xml=b"<net/>", model_bin=b"", more=b""), "expected model.xml, model.bin"),
        (zipped(model_xml=b"<net/>", model_bin=b""), "cannot be loaded"),
    ],
    ids=["empty", "torn", "a member missing", "a member too many", "no graph"],
)
def test_what_is_no_openvino_model_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        open_session("openvino", content)


@pytest.mark.slow
def test_an_engine_for_a_card_is_built_without_one_and_runs_only_there() -> None:
    built, content = tensorrt.built(colour_model(), RECIPE)
    assert (built.takes, built.gives) == (f"images UINT8 (1, 3, {SIZE}, {SIZE})", "output0 FLOAT (1, 7, 64)")
    assert built.bytes == len(content)
    if not tensorrt.card_is_here():
        with pytest.raises(EnvironmentMissingError, match=r"graphics card|CUDA runtime"):
            open_session("tensorrt-rtx", content)


@pytest.mark.slow
def test_a_graph_that_tensorrt_cannot_parse_is_refused_with_what_it_said() -> None:
    with pytest.raises(ModelError, match="cannot parse"):
        tensorrt.built(colour_model()[:300], RECIPE)


def test_a_card_that_nothing_is_built_for_is_refused() -> None:
    with pytest.raises(ModelError, match=r"compute capability 3\.0"):
        tensorrt.built(colour_model(), Recipe("card", "tensorrt-rtx", "fp32", SIZE, SIZE, "3.0"))
