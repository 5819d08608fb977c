"""Frozen judging sets on our disk: ``specs/judging/golden.json`` and ``challenge.json``, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from detection.errors import DocumentError, SplitError
from detection.outside import documents
from detection.rules.labels.splits import frozen
from detection.rules.labels.splits.frozen import FrozenSet, FrozenSets, SetName

FOLDER = Path("specs/judging")


def path_of(name: SetName, folder: Path = FOLDER) -> Path:
    """Where a set stands, whether it is frozen or not."""
    return folder / f"{name}.json"


def read(name: SetName, folder: Path = FOLDER) -> FrozenSet | None:
    """A frozen set, proven by its log; None if it is not frozen.

    Raises:
        SplitError: the file was edited by hand, or is none of ours.
    """
    path = path_of(name, folder)
    if not path.exists():
        return None
    try:
        found = documents.read_value(FrozenSet, path)
    except DocumentError as error:
        raise SplitError(
            f"{path}: is not what `detection golden` wrote; restore it from version control "
            f"({str(error.__cause__).splitlines()[0]})"
        ) from error
    frozen.proven(name, found)
    return found


def read_all(folder: Path = FOLDER) -> FrozenSets:
    """Both sets."""
    return FrozenSets(*(read(name, folder) for name in get_args(SetName)))


def write(found: FrozenSet, folder: Path = FOLDER) -> Path:
    """Write a set; returns where."""
    path = path_of(found.set, folder)
    documents.write_value(path, found)
    return path
