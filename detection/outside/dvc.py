"""What DVC has recorded and stored: the only file that knows dvc. Reads; touches neither workspace, cache nor network.

DVC keeps every output in its cache under the MD5 of its bytes; a folder is a list of files, kept like a file under a
name that ends in ``.dir``. DVC puts a damaged object back into the workspace without a word, so that whoever reads an
object here proves it first.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from detection.errors import DetectionError, FaultsError

os.environ.setdefault("DVC_NO_ANALYTICS", "1")

FOLDER = ".dir"
"""Ends the name of a folder's list."""
KIND = "md5"
"""The one way of hashing that is checked; very old records have another."""

RESTORE = (
    "`dvc fetch --all-commits` brings it from the remote; without a remote, check the revision out and `dvc repro`"
)


class RevisionError(FaultsError):
    """A revision's data cannot be had: name another, or fetch it."""


class NoRepositoryError(RevisionError):
    """Neither the folder nor one above it is a repository of DVC."""


class ListError(DetectionError):
    """A folder's list in the cache cannot be read or is not what its name says."""


@dataclass(frozen=True, slots=True)
class Output:
    """One file or folder that DVC promises to hold.

    Attributes:
        path: relative to the repository's root, with ``/``.
        md5: of its bytes, or of its list and ``.dir``; ``""`` if it is recorded in another way.
        stage: who makes it: a stage of dvc.yaml, or a ``.dvc`` file.
    """

    path: str
    md5: str
    stage: str

    def is_folder(self) -> bool:
        """A list of files is recorded, not a file."""
        return self.md5.endswith(FOLDER)


@dataclass(frozen=True, slots=True)
class Listed:
    """One file of a folder: its name relative to the folder, and the MD5 of its bytes."""

    name: str
    md5: str


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that DVC promises at one revision.

    Attributes:
        revision: name of the revision; ``""`` for the workspace.
        root: the repository's folder.
        cache: where the objects are.
        outputs: in the order of their paths.
    """

    revision: str
    root: Path
    cache: Path
    outputs: tuple[Output, ...]

    def object(self, md5: str) -> Path:
        """Where the object of that name is, or would be."""
        return self.cache / md5[:2] / md5[2:]

    def listed(self, output: Output) -> tuple[Listed, ...]:
        """The files of a folder.

        Raises:
            ListError: the list is missing, damaged or no list.
        """
        return read_list(self.object(output.md5), output.md5)

    def find(self, path: str) -> Path | None:
        """The object that holds a file of the workspace; it may be missing. None if no such file is promised.

        Raises:
            RevisionError: the list of its folder is missing or damaged.
        """
        for output in self.outputs:
            if not output.md5:
                continue
            if output.path == path:
                return self.object(output.md5)
            if output.is_folder() and PurePosixPath(path).is_relative_to(output.path):
                return self._within(output, path)
        return None

    def _within(self, output: Output, path: str) -> Path | None:
        try:
            listed = self.listed(output)
        except ListError as error:
            raise RevisionError(f"{output.path} of {self.revision or 'the workspace'}: {error}; {RESTORE}") from error
        name = PurePosixPath(path).relative_to(output.path).as_posix()
        found = next((one for one in listed if one.name == name), None)
        return None if found is None else self.object(found.md5)


def recorded(root: Path, revision: str = "") -> Record:
    """What DVC promises at a revision of git, or in the workspace.

    Args:
        root: a folder within the repository.
        revision: a commit, tag or branch; ``""`` reads the files as they are.

    Raises:
        NoRepositoryError: no repository of DVC.
        RevisionError: no such revision, or its records cannot be read.
    """
    # Slow to load, and only revisions need it.
    from dvc.exceptions import DvcException, NotDvcRepoError
    from dvc.repo import Repo

    try:
        with Repo(str(root)) as repo:
            place, cache = Path(repo.root_dir), Path(repo.cache.local.path)
            if not revision:
                return Record("", place, cache, _outputs(repo))
            with repo.switch(revision):
                return Record(revision, place, cache, _outputs(repo))
    except NotDvcRepoError as error:
        raise NoRepositoryError(
            f"{root.resolve()}: no repository of DVC here or above; expected the project's folder"
        ) from error
    except DvcException as error:
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise RevisionError(
            f"{revision or root}: {said[0]}; expected a commit, tag or branch of a repository with DVC "
            "(`git log --oneline`), a folder, or `workspace`"
        ) from error


def read_list(place: Path, md5: str) -> tuple[Listed, ...]:
    """The list of a folder, proven by its name.

    Args:
        place: the object.
        md5: its name, with ``.dir``.

    Raises:
        ListError: missing, damaged, or no list.
    """
    try:
        content = place.read_bytes()
    except OSError as error:
        raise ListError(f"{place}: the folder's list is not in the cache ({error.strerror or error})") from error
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if found != md5.removesuffix(FOLDER):
        raise ListError(f"{place}: the folder's list has MD5 {found}, expected {md5.removesuffix(FOLDER)}")
    try:
        entries = json.loads(content)
        if not isinstance(entries, list):
            raise TypeError(f"a {type(entries).__name__}")
        return tuple(Listed(str(entry["relpath"]), str(entry[KIND])) for entry in entries)
    except (ValueError, TypeError, KeyError) as error:
        raise ListError(f"{place}: is no list of files ({error})") from error


def list_bytes(listed: tuple[Listed, ...]) -> bytes:
    """The list of a folder as DVC stores it, so that its MD5 is the folder's."""
    entries = [{KIND: one.md5, "relpath": one.name} for one in sorted(listed, key=lambda one: one.name)]
    return json.dumps(entries, sort_keys=True).encode()


def objects(cache: Path) -> Iterator[Path]:
    """Every object of a cache, in the order of names; what is no object is passed over."""
    for place in sorted(cache.glob("??/*")):
        name = (place.parent.name + place.name).removesuffix(FOLDER)
        if len(name) == 32 and set(name) <= set("0123456789abcdef") and place.is_file():
            yield place


def md5(path: Path) -> str:
    """MD5 of a file's bytes, as DVC names it."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _outputs(repo: Any) -> tuple[Output, ...]:
    """The outputs that DVC has recorded, by path, each relative to the repository's root wherever that is read from."""
    found = []
    for output in repo.index.outs:
        if not output.use_cache or output.protocol != "local" or not output.is_in_repo:
            continue
        path = os.path.relpath(output.fs_path, repo.root_dir)
        kind, value = output.hash_info.name, output.hash_info.value
        if not value:
            continue  # its stage never succeeded, so nothing is promised
        stage = getattr(output.stage, "name", None) or Path(str(output.stage.path)).name
        found.append(Output(Path(path).as_posix(), str(value) if kind == KIND else "", stage))
    return tuple(sorted(found, key=lambda output: output.path))
