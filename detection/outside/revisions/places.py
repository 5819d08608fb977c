"""Where the files of a version lie: in a folder, or as objects of DVC's cache. Nothing is checked out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from detection.outside import dvc
from detection.outside.dvc import Record, RevisionError

WORKSPACE = "workspace"
DATA = "data"
"""The folder of the stages' outputs."""


class Place(Protocol):
    """Finds the files of one version."""

    def find(self, name: str) -> Path | None:
        """Where a file lies; None if the version has none of that name.

        Args:
            name: relative to the folder of the stages' outputs, with ``/``.

        Raises:
            RevisionError: the version has it, but it cannot be read from here.
        """
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of this machine."""

    path: Path

    def find(self, name: str) -> Path | None:
        """The file, if it is there."""
        place = self.path / name
        return place if place.is_file() else None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A revision of git, its files in DVC's cache."""

    record: Record

    def find(self, name: str) -> Path | None:
        """The object that holds the file, proven by its MD5.

        Raises:
            RevisionError: it is not in the cache, or is damaged there.
        """
        path, revision = f"{DATA}/{name}", self.record.revision
        place = self.record.find(path)
        if place is None:
            return None
        if not place.is_file():
            raise RevisionError(f"{path} of {revision} is not in the cache ({place}); {dvc.RESTORE}")
        found, expected = dvc.md5(place), place.parent.name + place.name
        if found != expected:
            raise RevisionError(
                f"{path} of {revision}: its object in the cache ({place}) has MD5 {found}, expected {expected}; "
                f"delete the object, then {dvc.RESTORE}"
            )
        return place


def place_of(name: str, root: Path) -> Place:
    """Where a version lies.

    Args:
        name: ``workspace``, a folder, or a revision of git; a folder goes before a revision of the same name.
        root: the repository's folder, or one within it.

    Raises:
        RevisionError: there is neither such a folder nor such a revision.
    """
    if name == WORKSPACE:
        return Folder(root / DATA)
    if (folder := Path(name)).is_dir():
        return Folder(folder)
    return Snapshot(dvc.recorded(root, name))
