"""A data set on disk that a tiny real model understands: coloured patches, of which the brighter are labelled."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.outside import documents, files, shards, tables
from detection.rules.labels.samples import Annotations, Assignments, Frames
from detection.rules.variants import Variant, Variants
from tests.examples_models import CELL, CLASSES, SIZE, colour_model

CONDITIONS: Mapping[str, tuple[str, ...]] = {"lighting": ("bright", "dusk"), "crowding": ("sparse",)}
PATCHES = 4
SCENES_OF_FRAMES = 4


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A cell of one colour; the model says its class, with its brightness as the score."""

    label: str
    brightness: int
    row: int
    column: int

    def corners(self) -> list[int]:
        """The box the model gives it: twice the cell."""
        x, y = (self.column * CELL + CELL // 2), (self.row * CELL + CELL // 2)
        return [x - CELL, y - CELL, x + CELL, y + CELL]


def write(root: Path, frames_of: Mapping[str, int], seed: int = 0) -> Path:
    """Write a data set as stages collect, validate, agreement and split leave it.

    Args:
        root: the folder ``data``.
        frames_of: how many frames each split has.
        seed: of the patches.
    """
    dice = np.random.default_rng(seed)
    splits = [name for name, count in frames_of.items() for _ in range(count)]
    patches = [_patches(dice) for _ in splits]
    images = [_png(some) for some in patches]
    ids = np.array([hashlib.sha256(image).hexdigest() for image in images], object)
    with shards.ShardWriter(root / "collect" / "shards", 10**8) as writer:
        places = [writer.add(str(name), "png", image) for name, image in zip(ids, images, strict=True)]
    tables.write_frames(root / "validate" / "frames.parquet", _frames(ids, places))
    tables.write_annotations(root / "agreement" / "labels.parquet", _labels(ids, patches, dice))
    verified = Assignments(ids, _constant(len(ids), "verified"), _constant(len(ids), "1"), np.ones(len(ids), np.bool_))
    tables.write_assignments(root / "agreement" / "labelled.parquet", verified)
    groups = np.array([f"{name}-{i // SCENES_OF_FRAMES}" for i, name in enumerate(splits)], object)
    columns = {"frame": ids, "split": np.array(splits, object), "group": groups}
    tables.write_columns(root / "split" / "splits.parquet", columns)
    return root


def _patches(dice: np.random.Generator) -> list[Patch]:
    cells = dice.choice(9, PATCHES, replace=False)
    return [
        Patch(str(dice.choice(CLASSES)), int(dice.integers(60, 256)), 1 + 2 * (cell // 3), 1 + 2 * (cell % 3))
        for cell in cells
    ]


def _png(patches: list[Patch]) -> bytes:
    image = np.zeros((SIZE, SIZE, 3), np.uint8)
    for patch in patches:
        channel = 2 - CLASSES.index(patch.label)
        y, x = patch.row * CELL, patch.column * CELL
        image[y : y + CELL, x : x + CELL, channel] = patch.brightness
    return bytes(cv2.imencode(".png", image)[1])


def _frames(ids: NDArray[np.object_], places: list[shards.Place]) -> Frames:
    n = len(ids)
    scenes = [f"s{i // SCENES_OF_FRAMES}" for i in range(n)]
    return Frames(
        id=ids, name=np.array([f"{i}.png" for i in range(n)], object),
        shard=np.array([place.shard for place in places], object),
        offset=np.array([place.offset for place in places]), length=np.array([place.length for place in places]),
        width=np.full(n, SIZE), height=np.full(n, SIZE), site=_constant(n, ""), camera=_constant(n, "cam-01"),
        scene=np.array(scenes, object), captured_at=np.full(n, "2025-01-01", "datetime64[us]"),
        conditions={name: np.array([v[i % len(v)] for i in range(n)], object) for name, v in CONDITIONS.items()},
        source=_constant(n, "scenes"), licence=_constant(n, "Apache-2.0"), consent=_constant(n, "not-needed"),
        retain_until=np.full(n, "NaT", "datetime64[D]"),
    )  # fmt: skip


def _labels(ids: NDArray[np.object_], patches: list[list[Patch]], dice: np.random.Generator) -> Annotations:
    """A patch is labelled with the square of its brightness as the chance: raw scores promise too much."""
    all_of_them = [(i, patch) for i, some in zip(ids, patches, strict=True) for patch in some]
    kept = [(i, patch) for i, patch in all_of_them if dice.random() < (patch.brightness / 255) ** 2]
    n, flags = len(kept), np.zeros(len(kept), np.bool_)
    return Annotations(
        frame=np.array([i for i, _ in kept], object), annotator=_constant(n, "verified"), guideline=_constant(n, "1"),
        label=np.array([patch.label for _, patch in kept], object),
        corners=np.array([patch.corners() for _, patch in kept], np.float32).reshape(-1, 4),
        occluded=flags, truncated=flags, verified=~flags, crowd=flags,
    )  # fmt: skip


def _constant(n: int, value: str) -> NDArray[np.object_]:
    return np.full(n, value, object)


def colours() -> Variants:
    """The variants of :func:`examples_models.colour_model`: one."""
    content = colour_model()
    digest = hashlib.sha256(content).hexdigest()
    return Variants((Variant("fp32", "fp32.onnx", "onnxruntime", "fp32", SIZE, SIZE, digest, len(content)),), CLASSES)


def write_model(root: Path) -> Variants:
    """Write the model as stage convert leaves it."""
    files.write_bytes(root / "convert" / "fp32.onnx", colour_model())
    documents.write_value(root / "convert" / "variants.json", colours())
    return colours()
