"""Does ``data/collect`` hold what its manifest promises, and every frame its own bytes?"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from detection.errors import DocumentError
from detection.outside import documents, files, tables
from detection.outside.revisions.checks import Check
from detection.outside.revisions.faults import Fault, unreadable
from detection.rules.labels.intake.promises import Promise, Promises
from detection.rules.labels.samples import Frames
from detection.rules.labels.versions.pairing import Integers

MANIFEST = "manifest.json"
RESTORE = (
    "delete the file, then `dvc checkout data/collect`; `detection data verify --cache` says whether the cache is whole"
)
"""DVC takes a file for unchanged by its time and size: only what is gone is surely put back."""


def checks(folder: Path) -> list[Check]:
    """One check for every file promised, one for files that nobody promised, one for the frames of every shard.

    Args:
        folder: ``data/collect``.
    """
    return [*_of_manifest(folder), *_of_frames(folder)]


def _of_manifest(folder: Path) -> list[Check]:
    manifest = folder / MANIFEST
    try:
        promises = documents.read_value(Promises, manifest)
    except DocumentError as error:
        fault = Fault(str(manifest), "the promises of stage collect", str(error), RESTORE)
        return [Check(str(manifest), 0, lambda: [fault])]
    strangers = Check(f"{folder}: nothing else", 0, lambda: _strangers(folder, promises))
    return [strangers, *(_of_promise(folder, promise) for promise in promises.files)]


def _of_promise(folder: Path, promise: Promise) -> Check:
    return Check(promise.name, promise.size, lambda: _kept(folder / promise.name, promise))


def _kept(path: Path, promise: Promise) -> list[Fault]:
    if not path.is_file():
        return [Fault(str(path), f"{promise.size} bytes", unreadable(path), RESTORE)]
    size = path.stat().st_size
    if size != promise.size:
        return [Fault(str(path), f"{promise.size} bytes", f"{size} bytes", RESTORE)]
    found = files.sha256(path)
    return [] if found == promise.sha256 else [Fault(str(path), f"SHA-256 {promise.sha256}", found, RESTORE)]


def _strangers(folder: Path, promises: Promises) -> list[Fault]:
    promised = {promise.name for promise in promises.files} | {MANIFEST}
    found = sorted(p for p in folder.rglob("*") if p.is_symlink() or not p.is_dir())
    return [
        Fault(str(path), "only what manifest.json promises", "a file that it does not", "move it away")
        for path in found
        if path.relative_to(folder).as_posix() not in promised
    ]


def _of_frames(folder: Path) -> list[Check]:
    table = folder / "frames.parquet"
    try:
        frames = tables.read_frames(table)
    except DocumentError as error:
        fault = Fault(str(table), "the table of frames", str(error), RESTORE)
        return [Check(str(table), 0, lambda: [fault])]
    shards = sorted(set(frames.shard) - {""})
    return [_of_shard(folder, shard, frames, np.flatnonzero(frames.shard == shard)) for shard in shards]


def _of_shard(folder: Path, shard: str, frames: Frames, rows: Integers) -> Check:
    path = folder / "shards" / shard
    size = int(frames.length[rows].sum())
    return Check(f"frames of {shard}", size, lambda: _frames(path, frames, rows))


def _frames(path: Path, frames: Frames, rows: Integers) -> list[Fault]:
    """Every frame of one shard whose bytes are not those of its id, by its file's name."""
    if not path.is_file():
        told = f"{len(rows)} frames, {frames.name[rows[0]]!r} the first of them"
        return [Fault(str(path), told, unreadable(path), RESTORE)]
    found = []
    with path.open("rb") as stream:
        for row in rows[np.argsort(frames.offset[rows])].tolist():
            stream.seek(int(frames.offset[row]))
            digest = hashlib.sha256(stream.read(int(frames.length[row]))).hexdigest()
            if digest != frames.id[row]:
                what = f"frame {frames.name[row]!r} at byte {frames.offset[row]} of {path}"
                found.append(Fault(what, f"SHA-256 {frames.id[row]}", digest, RESTORE))
    return found
