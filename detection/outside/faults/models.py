"""Faults of models: trained on what is too narrow, quantised on what says nothing. Both are really made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from detection.edge.vision.preprocess import Tensor
from detection.outside import documents, files, tables
from detection.outside.faults.planting import Planted, not_planted
from detection.outside.faults.scratch import Scratch
from detection.outside.onnx.graphs import finished
from detection.outside.onnx.quantising import quantised
from detection.rules.labels.membership import among
from detection.rules.labels.samples import Frames, Strings
from detection.rules.variants import Variants

PASSED_PIXELS = 250_000_000
"""Pixels that go through a training at most: two minutes or so on two cores."""
DARKEST_SHARE = 0.25
"""Of the train frames, where the data knows no condition under which some are darker."""
DARK = 0.8
"""A condition's value is dark if its frames have at most this part of all frames' brightness."""
FEWEST_FRAMES = 8
"""A training on fewer says nothing."""
SEED = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Dark:
    """The darkest of the train frames: what they have in common, and their ids."""

    name: str
    frames: Strings


def calibrate_on_noise(place: Scratch) -> Planted:
    """Quantise the full-precision model anew, with ranges taken from noise instead of train frames."""
    path = place.data / "convert" / "variants.json"
    variants = documents.read_value(Variants, path)
    plain, eight = ([v for v in variants.variants if v.precision == kind] for kind in ("fp32", "int8"))
    if not plain or not eight:
        return not_planted("there is no int8 variant beside an fp32 one")
    content = (place.data / "convert" / plain[0].file).read_bytes()
    frames = int(str(place.params("convert")["calibration_frames"]))
    made = quantised(content, noise(frames, plain[0].width, plain[0].height))
    content = finished(made, variants.classes)
    files.write_bytes(place.data / "convert" / eight[0].file, content)
    digest = hashlib.sha256(content).hexdigest()
    changed = replace(eight[0], width=plain[0].width, height=plain[0].height, sha256=digest, bytes=len(content))
    kept = tuple(changed if v.name == changed.name else v for v in variants.variants)
    documents.write_value(path, replace(variants, variants=kept))
    return Planted(f"the ranges of {changed.name} come from {frames} pictures of noise instead of train frames")


def noise(pictures: int, width: int, height: int) -> Iterator[Tensor]:
    """Pictures whose every value is drawn evenly from 0 to 255."""
    dice = np.random.default_rng(SEED)
    for _ in range(pictures):
        yield dice.integers(0, 256, (1, 3, height, width), np.uint8)


def train_in_the_dark(place: Scratch) -> Planted:
    """Leave only the darkest train frames in the split; the stages train, convert and calibrate do the rest."""
    path = place.data / "split" / "splits.parquet"
    splits = tables.read_columns(path)
    train: Strings = splits["frame"][splits["split"] == "train"]
    frames = tables.read_frames(place.data / "validate" / "frames.parquet")
    dark = _darkest(frames.take(among(frames.id, train)), place)
    if len(dark.frames) < FEWEST_FRAMES:
        return not_planted(f"only {len(dark.frames)} train frames are dark")
    kept = (splits["split"] != "train") | np.isin(splits["frame"], dark.frames)
    tables.write_columns(path, {name: column[kept] for name, column in splits.items()})
    recipe = place.params("train")
    size, wanted, closed = (int(str(recipe[name])) for name in ("size", "epochs", "close_mosaic"))
    epochs = max(min(wanted, PASSED_PIXELS // (size * size * len(dark.frames))), 1)
    place.set_params("train", epochs=epochs, close_mosaic=min(closed, epochs))
    return Planted(f"trained for {epochs} of {wanted} epochs on {len(dark.frames)} of {len(train)} frames: {dark.name}")


def _darkest(train: Frames, place: Scratch) -> _Dark:
    """The darkest value of a condition; where none is dark, the darkest quarter."""
    measured = tables.read_statistics(place.data / "validate" / "images.parquet")
    at = np.searchsorted(measured.frame, train.id)
    brightness = measured.mean_u8[at].astype(np.float64)
    found = _Dark(f"the darkest {DARKEST_SHARE:.0%}", train.id[brightness <= np.quantile(brightness, DARKEST_SHARE)])
    most = DARK * float(brightness.mean())
    for condition, values in train.conditions.items():
        for value in sorted(set(values.tolist()) - {""}):
            inside = values == value
            mean = float(brightness[inside].mean())
            if inside.sum() >= FEWEST_FRAMES and mean <= most:
                found, most = _Dark(f"{condition} {value}", train.id[inside]), mean
    return found
