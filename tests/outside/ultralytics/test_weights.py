"""Weights are values: the same bytes for the same tensors, and nothing in a file is ever executed."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path

import pytest
import torch
from ultralytics.nn.tasks import DetectionModel

from detection.errors import ModelError, TrainingError
from detection.outside import files
from detection.outside.ultralytics import weights as weights_file
from tests.examples_weights import MODEL, untrained


class Hostile:
    """Unpickling one would make a file."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.trace,))


def hostile(folder: Path, wrapped: bool) -> Path:
    """A checkpoint that touches ``folder/trace`` when it is unpickled, plain or in torch's archive."""
    path = folder / "hostile.pt"
    if wrapped:
        torch.save({"model": Hostile(folder / "trace")}, path)
    else:
        path.write_bytes(pickle.dumps({"model": Hostile(folder / "trace")}, protocol=2))
    return path


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    weights = untrained()
    weights_file.write(tmp_path / "weights.pt", weights)
    again = weights_file.read(tmp_path / "weights.pt")
    assert (again.architecture, again.classes, again.size) == (weights.architecture, weights.classes, weights.size)
    assert weights_file.digest(again.tensors) == weights_file.digest(weights.tensors)


def test_equal_weights_have_equal_bytes(tmp_path: Path) -> None:
    """A digest of the file may stand for the weights only if no date or path enters it."""
    for name in ("a.pt", "elsewhere.pt"):
        weights_file.write(tmp_path / name, untrained())
    assert files.sha256(tmp_path / "a.pt") == files.sha256(tmp_path / "elsewhere.pt")
    assert str(Path.cwd()).encode() not in (tmp_path / "a.pt").read_bytes()


def test_the_digest_sees_one_changed_number() -> None:
    weights = untrained()
    tensors = {name: tensor.clone() for name, tensor in weights.tensors.items()}
    assert weights_file.digest(tensors) == weights_file.digest(weights.tensors)
    next(iter(tensors.values())).view(-1)[0] += 1e-6
    assert weights_file.digest(tensors) != weights_file.digest(weights.tensors)


@pytest.mark.parametrize("wrapped", [True, False], ids=["torch archive", "bare pickle"])
def test_a_hostile_file_is_refused_and_not_executed(tmp_path: Path, wrapped: bool) -> None:
    path = hostile(tmp_path, wrapped)
    with pytest.raises(ModelError, match="nothing of it was executed"):
        weights_file.read(path)
    with pytest.raises(ModelError, match="nothing of it was executed"):
        weights_file.read_pretrained(path, files.sha256(path))
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize("content", [b"", b"not weights", b"PK\x03\x04 not a zip"], ids=["empty", "text", "broken zip"])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "weights.pt"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"weights\.pt"):
        weights_file.read(path)


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    weights_file.write(path, untrained())
    path.write_bytes(path.read_bytes()[:100_000])
    with pytest.raises(ModelError, match=r"weights\.pt"):
        weights_file.read(path)


def test_a_file_of_another_layout_is_refused(tmp_path: Path) -> None:
    torch.save({"state_dict": {}}, tmp_path / "other.pt")
    with pytest.raises(ModelError, match="format 1"):
        weights_file.read(tmp_path / "other.pt")


def test_tensors_of_another_architecture_are_refused() -> None:
    weights = untrained()
    other = weights_file.Weights(weights.architecture, ("one",), weights.size, weights.tensors)
    with pytest.raises(ModelError, match="do not fit"):
        weights_file.module(other)


def test_pretrained_weights_that_are_not_the_pinned_file_are_refused(tmp_path: Path) -> None:
    path = hostile(tmp_path, wrapped=True)
    with pytest.raises(TrainingError, match="pins " + "0" * 64):
        weights_file.read_pretrained(path, "0" * 64)
    assert not (tmp_path / "trace").exists()


def test_missing_pretrained_weights_are_not_looked_for_elsewhere(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="cannot be read"):
        weights_file.read_pretrained(tmp_path / "yolov8n.pt", "0" * 64)


def test_our_weights_a_state_dict_and_a_checkpoint_of_known_layers_can_be_begun_from(tmp_path: Path) -> None:
    """Ultralytics' published checkpoints hold the whole module; ours and most others hold tensors."""
    weights = untrained()
    module = DetectionModel(MODEL, nc=len(weights.classes), verbose=False)
    module.load_state_dict(dict(weights.tensors))
    weights_file.write(tmp_path / "ours.pt", weights)
    torch.save(dict(weights.tensors), tmp_path / "state.pt")
    module.names = dict(enumerate(weights.classes))
    torch.save({"model": module, "ema": None, "date": "2025-01-01"}, tmp_path / "checkpoint.pt")
    named = {"ours.pt": weights.classes, "state.pt": None, "checkpoint.pt": weights.classes}
    for name, classes in named.items():
        found = weights_file.read_pretrained(tmp_path / name, files.sha256(tmp_path / name))
        assert weights_file.digest(found.tensors) == weights_file.digest(weights.tensors), name
        assert found.classes == classes, name


@pytest.mark.parametrize("model", ["yolov99n.yaml", "nonsense.yaml", "yolov8n.pt"])
def test_an_unknown_architecture_is_named(model: str) -> None:
    with pytest.raises(TrainingError, match=model):
        weights_file.architecture_of(model)


def test_the_file_holds_tensors_and_plain_values_only(tmp_path: Path) -> None:
    """Whoever looks inside finds no class of Ultralytics to import."""
    weights_file.write(tmp_path / "weights.pt", untrained())
    with zipfile.ZipFile(tmp_path / "weights.pt") as archive:
        program = archive.read("archive/data.pkl")
    assert b"ultralytics" not in program
