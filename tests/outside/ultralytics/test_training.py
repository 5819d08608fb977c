"""Training gives the same bits twice, asks nobody, and stops with advice where it cannot work."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from detection.errors import TrainingError
from detection.outside import files
from detection.outside.dataset import Dataset
from detection.outside.ultralytics import folder, training
from detection.outside.ultralytics import weights as weights_file
from detection.outside.ultralytics.recipe import Recipe
from detection.outside.ultralytics.training import Epoch, Trained
from detection.outside.ultralytics.weights import Pretrained
from tests import examples_dataset
from tests.examples_models import CLASSES, SIZE
from tests.examples_weights import MODEL, untrained

pytestmark = pytest.mark.slow
"""Every test trains, or waits for Ultralytics' training to begin."""

ROOT = Path(__file__).resolve().parents[3]
OUTPUTS = "model.22.cv3.1.2.weight"
"""One row a class."""
RECIPE = Recipe(
    model=MODEL, epochs=1, size=SIZE, batch=8, nominal_batch=8, optimizer="AdamW", learning_rate=0.002,
    final_learning_rate=0.01, cosine=True, momentum=0.9, weight_decay=0.0005, warmup_epochs=0.0, warmup_bias_rate=0.1,
    mosaic=0.5, close_mosaic=0, fliplr=0.5, flipud=0.5, scale=0.3, translate=0.1, hsv_h=0.015, hsv_s=0.7, hsv_v=0.4,
    starting_reach=2.5, settling=0, seed=0, threads=1,
)  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Sixteen frames to train on, four to watch."""
    root = examples_dataset.write(tmp_path_factory.mktemp("data"), {"train": 16, "val": 4})
    dataset = Dataset.open(root)
    rows = {"train": dataset.chosen("train"), "val": dataset.chosen("val")}
    with folder.materialised(dataset, rows, CLASSES) as made:
        yield made


@pytest.fixture(scope="module")
def trained(place: Path) -> Trained:
    return train(place, RECIPE)


def train(place: Path, recipe: Recipe) -> Trained:
    return training.train(recipe, place, CLASSES, None, lambda epoch: None)


def test_two_trainings_give_the_same_bits(place: Path, trained: Trained, tmp_path: Path) -> None:
    """Augmentation included: otherwise no result can be traced to what made it."""
    again = train(place, RECIPE)
    assert weights_file.digest(again.weights.tensors) == weights_file.digest(trained.weights.tensors)
    weights_file.write(tmp_path / "a.pt", trained.weights)
    weights_file.write(tmp_path / "b.pt", again.weights)
    assert files.sha256(tmp_path / "a.pt") == files.sha256(tmp_path / "b.pt")
    assert (again.epochs, again.ap50, again.ap50_95) == (trained.epochs, trained.ap50, trained.ap50_95)


def test_another_seed_gives_other_weights(place: Path, trained: Trained) -> None:
    """Otherwise the test above would prove nothing."""
    other = train(place, replace(RECIPE, seed=1))
    assert weights_file.digest(other.weights.tensors) != weights_file.digest(trained.weights.tensors)


def test_the_weights_can_be_used_at_once(trained: Trained) -> None:
    assert weights_file.module(trained.weights).names == dict(enumerate(CLASSES))
    assert all(str(tensor.dtype) != "torch.float16" for tensor in trained.weights.tensors.values())


def test_every_epoch_is_reported_once(place: Path) -> None:
    seen: list[Epoch] = []
    result = training.train(replace(RECIPE, epochs=2), place, CLASSES, None, seen.append)
    assert [epoch.number for epoch in seen] == [1, 2]
    assert tuple(seen) == result.epochs
    assert set(seen[0].losses) == {"box_loss", "cls_loss", "dfl_loss"}


def test_settled_statistics_are_the_means_over_the_frames(place: Path, trained: Trained) -> None:
    """Running statistics move by three hundredths a step: after two steps they are still what they began as."""
    settled = train(place, replace(RECIPE, settling=1))
    name = "model.0.bn.running_mean"
    assert abs(settled.weights.tensors[name]).sum() > 3 * abs(trained.weights.tensors[name]).sum()


@pytest.mark.parametrize(("model", "cells"), [(MODEL, 7.5), (MODEL, 2.5), ("yolo26n.yaml", 2.5)])
def test_untrained_boxes_reach_as_far_as_they_were_told(place: Path, model: str, cells: float) -> None:
    """Small objects are learnt late when every first guess is many times their size."""
    still = replace(RECIPE, model=model, starting_reach=cells, learning_rate=1e-12, optimizer="SGD", warmup_bias_rate=0)
    module = weights_file.module(train(place, still).weights)
    width, height = module(torch.zeros(1, 3, SIZE, SIZE))[0][0, 2:4, 0].tolist()  # a cell of 8 pixels
    assert width == pytest.approx(2 * cells * 8, rel=0.1)
    assert height == pytest.approx(2 * cells * 8, rel=0.1)


def test_training_begins_from_pretrained_tensors(place: Path) -> None:
    """With a rate too small to move anything, the weights stay what they were."""
    begin = untrained(seed=5)
    still = replace(RECIPE, learning_rate=1e-12, optimizer="SGD")
    result = training.train(still, place, CLASSES, Pretrained(begin.tensors, CLASSES), lambda epoch: None)
    for name in ("model.0.conv.weight", OUTPUTS):
        np.testing.assert_allclose(result.weights.tensors[name].numpy(), begin.tensors[name].numpy(), atol=1e-6)


@pytest.mark.parametrize(
    "known", [CLASSES[1:], ("new", *CLASSES), CLASSES[::-1]], ids=["one is new", "one is gone", "another order"]
)
def test_a_class_keeps_its_outputs_wherever_it_stands(place: Path, known: tuple[str, ...]) -> None:
    """A new class gives the outputs another shape: what was learnt of the others is not to be thrown away."""
    begin = untrained(seed=5, classes=known)
    still = replace(RECIPE, learning_rate=1e-12, optimizer="SGD")
    result = training.train(still, place, CLASSES, Pretrained(begin.tensors, known), lambda epoch: None)
    found, before = result.weights.tensors[OUTPUTS].numpy(), begin.tensors[OUTPUTS].numpy()
    for name in set(CLASSES) & set(known):
        np.testing.assert_allclose(found[CLASSES.index(name)], before[known.index(name)], atol=1e-6)


def test_the_outputs_of_a_class_that_nobody_knew_begin_afresh(place: Path, trained: Trained) -> None:
    begin = untrained(seed=5, classes=("stranger", *CLASSES[1:]))
    still = replace(RECIPE, learning_rate=1e-12, optimizer="SGD")
    result = training.train(still, place, CLASSES, Pretrained(begin.tensors, begin.classes), lambda epoch: None)
    found, before = result.weights.tensors[OUTPUTS].numpy(), begin.tensors[OUTPUTS].numpy()
    assert abs(found[0] - before[0]).max() > 1e-3
    np.testing.assert_allclose(found[1:], before[1:], atol=1e-6)


def test_pretrained_tensors_of_another_architecture_are_refused(place: Path) -> None:
    begin = untrained(model="yolo11n.yaml")
    with pytest.raises(TrainingError, match="fit the architecture"):
        training.train(RECIPE, place, CLASSES, Pretrained(begin.tensors, begin.classes), lambda epoch: None)


def test_a_loss_that_is_no_number_stops_the_run(place: Path) -> None:
    broken = {name: tensor.clone() for name, tensor in untrained().tensors.items()}
    broken["model.22.cv3.0.2.bias"][0] = float("nan")
    with pytest.raises(TrainingError, match=r"loss of epoch 1 is no number; lower train\.learning_rate"):
        training.train(RECIPE, place, CLASSES, Pretrained(broken, CLASSES), lambda epoch: None)


def test_a_number_ultralytics_refuses_is_a_fault_of_the_params(place: Path) -> None:
    with pytest.raises(TrainingError, match="lr0"):
        train(place, replace(RECIPE, learning_rate=1e30))


def test_an_unknown_optimizer_is_a_fault_of_the_params(place: Path) -> None:
    with pytest.raises(TrainingError, match="Hammer"):
        train(place, replace(RECIPE, optimizer="Hammer"))


def test_a_frame_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    """Ultralytics leaves it out and says so in a log nobody reads."""
    for split in ("train", "val"):
        (tmp_path / "images" / split).mkdir(parents=True)
        (tmp_path / "labels" / split).mkdir(parents=True)
        for number in range(4):
            content = cv2.imencode(".png", np.full((SIZE, SIZE, 3), number, np.uint8))[1].tobytes()
            (tmp_path / "images" / split / f"{number}.png").write_bytes(content if number else content[:40])
            (tmp_path / "labels" / split / f"{number}.txt").write_text("0 0.5 0.5 0.5 0.5\n")
    with pytest.raises(TrainingError, match="reads 3 of 4 train frames"):
        train(tmp_path, RECIPE)


def test_an_interruption_leaves_nothing_behind(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle: no run folder, no checkpoint, neither here nor among temporary files."""

    def interrupt(epoch: Epoch) -> None:
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(KeyboardInterrupt):
        training.train(RECIPE, place, CLASSES, None, interrupt)
    assert list(tmp_path.iterdir()) == []


OFFLINE = """
    import socket, sys

    def refuse(*arguments, **named):
        print("NETWORK", arguments[-1], file=sys.stderr)
        raise OSError("no network")

    socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = refuse
    socket.getaddrinfo = socket.gethostbyname = socket.create_connection = refuse

    from pathlib import Path
    from detection.outside.ultralytics import training
    from tests.outside.ultralytics.test_training import RECIPE

    training.train(RECIPE, Path(sys.argv[1]), ("red", "green", "blue"), None, lambda epoch: None)
"""


def test_no_connection_is_tried_and_no_home_is_written(place: Path, tmp_path: Path) -> None:
    """From the first import on, in a process, a home and a folder of its own."""
    home, here = tmp_path / "home", tmp_path / "here"
    home.mkdir()
    here.mkdir()
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith(("YOLO", "ULTRALYTICS", "XDG", "PYTEST"))}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(OFFLINE), str(place)],
        cwd=here, env=surroundings | {"HOME": str(home), "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "NETWORK" not in done.stderr
    assert done.stdout == ""
    assert [path for path in (*home.rglob("*"), *here.rglob("*")) if path.is_file()] == []
