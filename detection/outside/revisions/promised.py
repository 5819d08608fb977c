"""Does the workspace hold what DVC has recorded, and the cache what its names say?

DVC compares times and sizes, puts damaged objects of its cache back into the workspace without a word, and has no
command that looks. Here every byte is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import md5 as md5_of
from pathlib import Path

from detection.outside import dvc
from detection.outside.dvc import FOLDER, Listed, ListError, Output, Record
from detection.outside.revisions.checks import Check
from detection.outside.revisions.faults import Fault, unreadable


def workspace_checks(record: Record) -> list[Check]:
    """One check for every output of the workspace."""
    return [
        Check(output.path, _size(record.root / output.path), partial(_output, record, output))
        for output in record.outputs
    ]


def cache_checks(record: Record) -> list[Check]:
    """One check for every object in the cache, and one for those that are missing."""
    owners = _owners(record)
    whole = [
        Check(place.name, place.stat().st_size, partial(_object, place, owners)) for place in dvc.objects(record.cache)
    ]
    return [Check("objects that are missing", 0, lambda: _missing(record, owners)), *whole]


def _output(record: Record, output: Output) -> list[Fault]:
    path = record.root / output.path
    if not output.md5:
        step = f"`dvc repro {output.stage}`, then commit dvc.lock"
        return [Fault(output.path, "an MD5 in dvc.lock", "another kind of hash", step)]
    if not output.is_folder():
        return _file(record, output, Listed(output.path, output.md5))
    if not path.is_dir():
        return [Fault(output.path, f"MD5 {output.md5}", unreadable(path), f"`dvc checkout {output.path}`")]
    try:
        listed = record.listed(output)
    except ListError as error:
        return _folder_without_list(record, output, error)
    promised = {f"{output.path}/{one.name}" for one in listed}
    faults = [f for one in listed for f in _file(record, output, Listed(f"{output.path}/{one.name}", one.md5))]
    strangers = [name for name in _names(record, path) if name not in promised]
    return faults + [
        Fault(name, f"only what {output.path} held when it was recorded", "a file more", "move it away")
        for name in strangers
    ]


def _file(record: Record, output: Output, promised: Listed) -> list[Fault]:
    """Hold one file of the workspace against its MD5."""
    path = record.root / promised.name
    found = dvc.md5(path) if path.is_file() else ""
    if found == promised.md5:
        return []
    step = _restored(record, output, promised)
    return [Fault(promised.name, f"MD5 {promised.md5}", found or unreadable(path), step)]


def _folder_without_list(record: Record, output: Output, error: ListError) -> list[Fault]:
    """Without its list, a folder can be held against the MD5 of the list that it would give today."""
    files = _names(record, record.root / output.path)
    today = tuple(Listed(name.removeprefix(f"{output.path}/"), dvc.md5(record.root / name)) for name in files)
    found = md5_of(dvc.list_bytes(today), usedforsecurity=False).hexdigest()
    place = record.object(output.md5)
    if found == output.md5.removesuffix(FOLDER):
        listless = f"a damaged list ({error}); the files are whole"
        return (
            [Fault(output.path, "its list in the cache", listless, _rewritten(place, output))]
            if place.is_file()
            else []
        )
    told = f"{found}; which file it is cannot be said: {error}"
    return [Fault(output.path, f"MD5 {output.md5}", told, _anew(place, output.stage))]


def _restored(record: Record, output: Output, promised: Listed) -> str:
    """How a file comes back: from the cache, if the cache has it whole."""
    place = record.object(promised.md5)
    if place.is_file() and dvc.md5(place) == promised.md5:
        return f"delete it, then `dvc checkout {output.path}` (its object in the cache is whole)"
    if place.is_file():
        return f"`dvc checkout --force` would bring the damage back: {_anew(place, output.stage)}"
    return f"its object {place} is missing: `dvc fetch`, or `dvc repro --force {output.stage}`"


def _anew(place: Path, stage: str) -> str:
    return f"delete the object {place}, then `dvc fetch` and `dvc checkout`, or `dvc repro --force {stage}`"


def _rewritten(place: Path, output: Output) -> str:
    return f"delete {place}, then `dvc commit --force {output.stage}`"


def _object(place: Path, owners: Mapping[str, Owner]) -> list[Fault]:
    """Hold one object of the cache against its name."""
    expected = place.parent.name + place.name
    found = dvc.md5(place)
    if found == expected.removesuffix(FOLDER):
        return []
    owner = owners.get(expected)
    what = f"{place} ({owner.path})" if owner else f"{place} (of another revision)"
    return [Fault(what, f"MD5 {expected}", found, _anew(place, owner.stage if owner else "STAGE"))]


def _missing(record: Record, owners: Mapping[str, Owner]) -> list[Fault]:
    return [
        Fault(f"{record.object(md5)} ({owner.path})", "an object in the cache", "no such file",
              f"`dvc fetch`; if the workspace is whole, `dvc commit --force {owner.stage}`")
        for md5, owner in sorted(owners.items())
        if not record.object(md5).is_file()
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Owner:
    """What an object is in the workspace: a path, and the stage that makes it."""

    path: str
    stage: str


def _owners(record: Record) -> dict[str, Owner]:
    """Object to what it is, for all that the workspace's records promise."""
    owners = {}
    for output in record.outputs:
        if output.md5:
            owners[output.md5] = Owner(output.path, output.stage)
        try:
            listed = record.listed(output) if output.is_folder() else ()
        except ListError:
            continue
        for one in listed:
            owners.setdefault(one.md5, Owner(f"{output.path}/{one.name}", output.stage))
    return owners


def _names(record: Record, folder: Path) -> list[str]:
    """Files below a folder, relative to the root, sorted."""
    found = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted(path.relative_to(record.root).as_posix() for path in found)


def _size(path: Path) -> int:
    """Bytes of a file, or of all files below a folder."""
    found = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return sum(p.stat().st_size for p in found)
