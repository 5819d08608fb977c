"""Every number of a training that we try, and how Ultralytics is told them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Recipe:
    """Every number of a training that we try; the names are Ultralytics' where it has one.

    Attributes:
        model: architecture, such as ``yolov8n.yaml``.
        epochs: passes over the training frames.
        size: side of the square input, pixels.
        batch: frames a step.
        nominal_batch: frames an update of the weights; steps are summed up to it.
        optimizer: Ultralytics' name of it.
        learning_rate: of the first epoch after warm-up.
        final_learning_rate: of the last epoch, as a share of the first.
        cosine: falls along a cosine instead of a line.
        momentum: beta1 of Adam and its kind.
        weight_decay: per nominal batch of 64.
        warmup_epochs: epochs over which the rate rises.
        warmup_bias_rate: where the biases' rate falls from.
        mosaic: share of pictures made of four.
        close_mosaic: last epochs without mosaic.
        fliplr: share mirrored left to right.
        flipud: share mirrored top to bottom.
        scale: largest relative change of size.
        translate: largest shift, share of the picture.
        hsv_h: largest relative change of hue.
        hsv_s: largest relative change of saturation.
        hsv_v: largest relative change of brightness.
        starting_reach: how far an untrained detector's boxes reach to each side, cells of the grid. Ultralytics' own is
            7.5, from which small objects match no box and are learnt last; objects of some 5 cells match at about 2.5.
        settling: passes after the last epoch that measure the statistics of batch normalisation anew; the running ones
            lag behind weights that still move, which matters in very short trainings.
        seed: of everything random.
        threads: of torch; one and two give different weights.
    """

    model: str
    epochs: int
    size: int
    batch: int
    nominal_batch: int
    optimizer: str
    learning_rate: float
    final_learning_rate: float
    cosine: bool
    momentum: float
    weight_decay: float
    warmup_epochs: float
    warmup_bias_rate: float
    mosaic: float
    close_mosaic: int
    fliplr: float
    flipud: float
    scale: float
    translate: float
    hsv_h: float
    hsv_s: float
    hsv_v: float
    starting_reach: float
    settling: int
    seed: int
    threads: int


def overrides(recipe: Recipe, run: Path) -> dict[str, Any]:
    """The recipe in Ultralytics' words; what is not tried stands here with its fixed value."""
    tried = {
        "model": recipe.model, "epochs": recipe.epochs, "imgsz": recipe.size, "batch": recipe.batch,
        "nbs": recipe.nominal_batch, "optimizer": recipe.optimizer, "lr0": recipe.learning_rate,
        "lrf": recipe.final_learning_rate, "cos_lr": recipe.cosine, "momentum": recipe.momentum,
        "weight_decay": recipe.weight_decay, "warmup_epochs": recipe.warmup_epochs,
        "warmup_bias_lr": recipe.warmup_bias_rate, "mosaic": recipe.mosaic, "close_mosaic": recipe.close_mosaic,
        "fliplr": recipe.fliplr, "flipud": recipe.flipud, "scale": recipe.scale, "translate": recipe.translate,
        "hsv_h": recipe.hsv_h, "hsv_s": recipe.hsv_s, "hsv_v": recipe.hsv_v, "seed": recipe.seed,
    }  # fmt: skip
    fixed = {
        "task": "detect", "mode": "train", "data": "folder", "device": "cpu", "workers": 0, "cache": "ram",
        "plots": False, "amp": False, "val": False, "save": False, "verbose": False, "deterministic": True,
        "patience": 0, "pretrained": False, "project": str(run), "name": "run", "exist_ok": True,
        "auto_augment": None, "erasing": 0.0,
    }  # fmt: skip
    return tried | fixed
