"""What it costs to split, and how well it is balanced: the whole stage on a million frames, and a peer on fewer.

    python -m benchmarks.splitting [--short]

The stage runs on 1,000 cameras x 10 scenes x 100 frames with three classes and three conditions: reading and writing
its tables, groups, placement, recount, near-duplicates and attack included (figure: at most 60 s). Placement alone runs
beside scikit-learn's StratifiedGroupKFold on 20,000 frames, in CPU seconds, in turn; the peer knows one label a frame
(class and conditions as one word) and equal folds, of which 12, 3 and 5 of 20 make the sides. The floor is reading and
writing the same tables.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import yaml
from rich.console import Console
from rich.table import Table
from sklearn.model_selection import StratifiedGroupKFold

from detection.outside import documents, files, tables
from detection.rules.labels.samples import Annotations, Assignments, Frames
from detection.rules.labels.splits import placement
from detection.rules.labels.splits.certificate import Certificate
from detection.rules.labels.splits.grouping import Grouping
from detection.rules.labels.splits.placement import Shares, Wanted
from detection.rules.labels.splits.strata import Strata, strata
from detection.rules.labels.statistics import Statistics
from detection.rules.spec.labels import MinimumGroups
from detection.stages import split

MOST_S = 60.0
ROUNDS = 3
SHARES = Shares(0.6, 0.15, 0.25)
CONDITIONS = {"lighting": 4, "weather": 3, "crowding": 2}
CLASSES = ("box", "polybag", "tube")
BOXES = 3


def world(cameras: int, per_camera: int, seed: int) -> tuple[Frames, Annotations]:
    """Frames of cameras that differ in what they see; ten scenes a camera."""
    dice = np.random.default_rng(seed)
    n = cameras * per_camera
    camera = np.repeat(np.arange(cameras), per_camera)
    ids = _words("{:064x}", np.arange(n))
    words = {name: _words("v{}", (dice.integers(0, k, cameras * 10).repeat(per_camera // 10)))
             for name, k in CONDITIONS.items()}  # fmt: skip
    same, numbers = np.full(n, "scenes", object), np.full(n, 64, np.int64)
    frames = Frames(
        id=ids, name=ids, shard=np.full(n, "", object), offset=numbers, length=np.zeros(n, np.int64), width=numbers,
        height=numbers, site=np.full(n, "", object), camera=_words("c{:04d}", camera),
        scene=_words("s{:06d}", np.arange(n) // (per_camera // 10)), captured_at=np.full(n, "NaT", "datetime64[us]"),
        conditions=words, source=same, licence=same, consent=same, retain_until=np.full(n, "NaT", "datetime64[D]"),
    )  # fmt: skip
    mixture = dice.dirichlet(np.ones(len(CLASSES)), cameras).cumsum(axis=1)
    label = (dice.random((n, BOXES, 1)) > mixture[camera][:, None, :]).sum(axis=2).clip(0, len(CLASSES) - 1).ravel()
    corner = dice.random((n * BOXES, 2)) * 40
    flags, who = np.zeros(n * BOXES, bool), np.full(n * BOXES, "x", object)
    corners = np.concatenate([corner, corner + 15], axis=1).astype(np.float32)
    names = np.array(CLASSES, object)[label]
    return frames, Annotations(np.repeat(ids, BOXES), who, who, names, corners, flags, flags, ~flags, flags)


def _words(
    form: str, values: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    return np.array([form.format(value) for value in values.tolist()], object)


def write(frames: Frames, labels: Annotations) -> None:
    """What the stages before leave."""
    n = len(frames)
    hashes = np.random.default_rng(1).integers(0, 2**64, n, dtype=np.uint64)
    real, whole = np.ones(n, np.float32), np.zeros(n, np.int64)
    measured = Statistics(frames.id, np.ones(n, bool), whole, whole, real, real, real, real, real, real, hashes)
    tables.write_frames(split.VALIDATE / "frames.parquet", frames)
    tables.write_frames(split.VALIDATE / "duplicates.parquet", frames.take(np.zeros(0, np.int64)))
    tables.write_statistics(split.VALIDATE / "images.parquet", measured)
    who = Assignments(frames.id, frames.source, frames.source, np.ones(n, bool))
    tables.write_assignments(split.AGREEMENT / "labelled.parquet", who)
    tables.write_annotations(split.AGREEMENT / "labels.parquet", labels)


def whole_stage(spec: Path, cameras: int, per_camera: int) -> bool:
    """Run the stage in an empty folder; whether it took too long."""
    (Path("specs")).mkdir()
    parsed = yaml.safe_load(spec.read_text())
    parsed["split"] |= {"near_duplicate_bits": 2, "keys": ["camera", "scene"]}
    files.write_text(Path("specs/spec.yaml"), json.dumps(parsed))
    shares = {"salt": "1", "train": 0.6, "val": 0.15, "test": 0.25, "lists": None}
    attack = {"frames": 2000, "repeats": 20, "seed": 0}
    files.write_text(Path("params.yaml"), json.dumps({"split": shares | {"attack": attack}}))
    frames, labels = world(cameras, per_camera, 0)
    floor_s = _timed(lambda: write(frames, labels)) + _timed(_read)
    begun = time.process_time()
    seconds = _timed(split.main)
    spent = time.process_time() - begun
    made = documents.read_value(Certificate, split.OUT / "certificate.json")
    worst = max(abs(b.difference) for b in made.balance)
    print(f"{len(frames)} frames in {made.groups} groups: {seconds:.1f} s (at most {MOST_S:g}), {spent:.1f} CPU s, "
          f"{seconds / floor_s:.1f} times reading and writing its input ({floor_s:.1f} s); "
          f"crossings {made.crossings}, largest difference of a share {worst:.4f}")  # fmt: skip
    again = _timed(split.main)
    print(f"again, with every frame standing already: {again:.1f} s")
    return max(seconds, again) > MOST_S


def _read() -> None:
    tables.read_frames(split.VALIDATE / "frames.parquet")
    tables.read_statistics(split.VALIDATE / "images.parquet")
    tables.read_assignments(split.AGREEMENT / "labelled.parquet")
    tables.read_annotations(split.AGREEMENT / "labels.parquet")


def _timed(what: object) -> float:
    begun = time.perf_counter()
    what()  # type: ignore[operator]
    return time.perf_counter() - begun


def beside_peer(cameras: int, per_camera: int) -> None:
    """Placement by us and by scikit-learn on the same groups."""
    frames, labels = world(cameras, per_camera, 2)
    counted = strata(frames, labels)
    names, number = np.unique(frames.camera, return_inverse=True)
    grouping = Grouping(names, number.astype(np.int64), ())
    wanted = Wanted(SHARES, MinimumGroups(train=1, val=1, test=1), "1")
    seconds: dict[str, list[float]] = {"ours": [], "StratifiedGroupKFold": []}
    placement.place(grouping, counted, np.full(len(names), -1), wanted)
    for _ in range(ROUNDS):
        begun = time.process_time()
        one = placement.place(grouping, counted, np.full(len(names), -1), wanted)[number]
        seconds["ours"].append(time.process_time() - begun)
        begun = time.process_time()
        other = _peer(counted, number)
        seconds["StratifiedGroupKFold"].append(time.process_time() - begun)
    table = Table("way", "CPU s", "ratio to ours", "largest difference of a share", title=f"{len(frames)} frames")
    for name, side in (("ours", one), ("StratifiedGroupKFold", other)):
        spent = median(seconds[name])
        ratio = spent / median(seconds["ours"])
        table.add_row(name, f"{spent:.3f}", f"{ratio:.1f}", f"{_worst(counted, side):.4f}")
    Console().print(table)


def _peer(
    counted: Strata, number: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    word = np.unique(counted.counts[:, 1:] > 0, axis=0, return_inverse=True)[1]
    fold = np.zeros(len(number), np.int64)
    folds = StratifiedGroupKFold(20, shuffle=True, random_state=0)
    for place, (_, rows) in enumerate(folds.split(number, word, number)):
        fold[rows] = place
    return np.digitize(fold, [12, 15])


def _worst(counted: Strata, side: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
    sums = counted.sums(side, 3)
    return float(np.abs(sums / sums.sum(axis=0) - np.array(SHARES.parts())[:, None]).max())


def main() -> int:
    """Both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="a tenth of the frames")
    cameras = 100 if parser.parse_args().short else 1000
    spec = Path("specs/spec.yaml").resolve()
    beside_peer(200, 100)
    home = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            return int(whole_stage(spec, cameras, 1000))
        finally:
            os.chdir(home)


if __name__ == "__main__":
    sys.exit(main())
