"""Leaks across a split: groups torn, or frames that judge copied among those that train."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.outside import files, tables
from detection.outside.faults.planting import Planted, not_planted
from detection.outside.faults.scratch import Scratch
from detection.rules.labels.membership import among
from detection.rules.labels.samples import Strings
from detection.rules.labels.statistics import Hashes

Columns = dict[str, NDArray[np.generic]]
JUDGING_SETS = ("golden", "test", "challenge")
LISTS = {"train": ("train",), "val": ("val",), "test": JUDGING_SETS}
"""What each list of an official split holds."""
SHARE = 0.1
"""Part of what judges that leaks: groups that are torn, or frames that are copied."""
_ONE_BIT = np.uint64(1)


@dataclass(frozen=True, slots=True)
class _Table:
    """A table with a row, or several, for each frame: where it is, and which column names the frame."""

    path: str
    frame: str = "frame"


TABLES = (
    _Table("validate/frames.parquet", "id"), _Table("validate/images.parquet"), _Table("agreement/labels.parquet"),
    _Table("agreement/labelled.parquet"), _Table("split/splits.parquet"),
)  # fmt: skip


def leak(place: Scratch) -> Planted:
    """Let something stand on two sides; where the split was brought as lists, it is the lists that leak."""
    splits = tables.read_columns(place.data / "split" / "splits.parquet")
    judging = np.isin(splits["split"].astype(str), JUDGING_SETS)
    _, counts = np.unique(splits["group"][judging].astype(str), return_counts=True)
    if not len(counts):
        return not_planted("no frame judges")
    told = _tear(place, splits, judging) if counts.max() > 1 else _copy(place, splits["frame"][judging])  # type: ignore[arg-type]
    if place.params("split")["lists"] is not None:
        _write_lists(place)
    return Planted(told)


def _tear(place: Scratch, splits: Columns, judging: NDArray[np.bool_]) -> str:
    """Every second frame of some judging groups goes to train."""
    names, counts = np.unique(splits["group"][judging].astype(str), return_counts=True)
    torn = names[counts > 1][: _some(len(names))]
    rows = np.concatenate([np.flatnonzero(judging & (splits["group"] == one))[1::2] for one in torn])
    split = splits["split"].copy()
    split[rows] = "train"
    tables.write_columns(place.data / "split" / "splits.parquet", splits | {"split": split})
    return f"{len(rows)} frames of {len(torn)} of {len(names)} judging groups stand in train"


def _copy(place: Scratch, judging: Strings) -> str:
    """Some frames that judge are in train once more, saved anew: other bytes, a picture one bit of its hash away."""
    chosen = judging[: _some(len(judging))]
    copy_of = {one: hashlib.sha256(f"{one} saved anew".encode()).hexdigest() for one in chosen.tolist()}
    for table in TABLES:
        columns = tables.read_columns(place.data / table.path)
        rows = np.flatnonzero(among(columns[table.frame], chosen))  # type: ignore[arg-type]
        added = {name: column[rows] for name, column in columns.items()}
        added[table.frame] = np.array([copy_of[one] for one in added[table.frame].tolist()], object)
        added |= _as_copies(table, added)
        both = {name: np.concatenate([column, added[name]]) for name, column in columns.items()}
        order = np.argsort(both[table.frame], kind="stable")
        tables.write_columns(place.data / table.path, {name: column[order] for name, column in both.items()})
    return f"copies of {len(chosen)} of {len(judging)} frames that judge, saved anew, stand in train"


def _as_copies(table: _Table, rows: Columns) -> Columns:
    """What else is different about a copy."""
    if table.path.endswith("frames.parquet"):
        names = np.array([f"copy of {name}" for name in rows["name"].tolist()], object)
        return {"name": names, "scene": names}
    if table.path.endswith("images.parquet"):
        hashes: Hashes = rows["hash"]  # type: ignore[assignment]
        return {"hash": hashes ^ _ONE_BIT}
    if table.path.endswith("splits.parquet"):
        return {"split": np.full(len(rows["frame"]), "train", object), "group": rows["frame"]}
    return {}


def _write_lists(place: Scratch) -> None:
    frames = tables.read_frames(place.data / "validate" / "frames.parquet")
    splits = tables.read_columns(place.data / "split" / "splits.parquet")
    name_of = dict(zip(frames.id.tolist(), frames.name.tolist(), strict=True))
    folder = files.empty_folder(place.folder / "lists")
    for side, sets in LISTS.items():
        listed = splits["frame"][np.isin(splits["split"].astype(str), sets)]
        files.write_text(folder / f"{side}.txt", "".join(f"{name_of[one]}\n" for one in listed.tolist()))
    place.set_params("split", lists=str(folder))


def _some(count: int) -> int:
    return max(round(SHARE * count), 1)
