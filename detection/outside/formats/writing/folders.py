"""Exports on disk: a folder that is there whole or not at all, and the frames' files in it. Knows no format.

Everything is written into a hidden folder beside the place, synced, and renamed. A folder that holds anything is
replaced only if it is an export itself and that was asked for.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from detection.errors import DetectionError
from detection.outside.files import DiskError
from detection.rules.labels.intake.arrivals import IMAGE_SUFFIXES
from detection.rules.labels.outgoing import Item, Labelled, Names, items

Images = Callable[[int], bytes]
"""The image file's bytes by row of the frame; no bytes if only its labels are exported."""

NOTE = "export.txt"
"""What the export is, in every export's folder."""
FIRST_LINE = "Written by `detection data export`"

_SIGNATURES = {
    b"\x89PNG": "png", b"\xff\xd8\xff": "jpg", b"BM": "bmp", b"RIFF": "webp", b"II*\x00": "tif", b"MM\x00*": "tif"
}  # fmt: skip


class FolderError(DetectionError):
    """The folder is taken: name another, or empty it."""


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """A frame under the name of its file in the export."""

    name: str
    item: Item


class Destination:
    """A folder being written, not yet in its place."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, name: str, content: bytes) -> None:
        """Write one file, synced.

        Args:
            name: relative, with ``/``; ours, never a stranger's path.
            content: its bytes.
        """
        path = self._root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())

    def make(self, name: str) -> None:
        """Make a folder that may stay empty."""
        (self._root / name).mkdir(parents=True, exist_ok=True)

    def holds(self, name: str) -> bool:
        """Whether a file was written."""
        return (self._root / name).is_file()

    def put_text(self, name: str, content: str) -> None:
        """Write one file in UTF-8."""
        self.put(name, content.encode())


@contextmanager
def whole(folder: Path, replace: bool = False) -> Iterator[Destination]:
    """Give a destination that becomes ``folder`` at the end; on any fault nothing is left of it.

    Args:
        folder: where the export shall stand; missing or empty.
        replace: an older export may stand there.

    Raises:
        FolderError: something else stands there.
        DiskError: the disk is full or refuses.
    """
    try:
        _refuse_taken(folder, replace)
        folder.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
        try:
            yield Destination(building)
            _settle(building)
            _exchange(building, folder)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    except OSError as error:
        raise DiskError(f"{folder}: cannot be written ({error.strerror or error}); free space or mend it") from error


def each(labelled: Labelled, images: Images, destination: Destination, place: Callable[[Item], str]) -> Iterator[Named]:
    """Every frame under its file name; its image is written where ``place`` says, if it has any.

    Args:
        labelled: the frames.
        images: their bytes.
        destination: where to write.
        place: the folder for a frame's image.
    """
    names = Names()
    for item in items(labelled):
        content = images(item.row)
        frames = labelled.frames
        name = names.give(str(frames.name[item.row]), str(frames.id[item.row]), extension(content))
        if content:
            destination.put(f"{place(item)}/{name}", content)
        yield Named(name, item)


def extension(content: bytes) -> str:
    """What kind of image, by its first bytes; ``""`` for none that we know."""
    return next((kind for start, kind in _SIGNATURES.items() if content.startswith(start)), "")


def is_image(name: str) -> bool:
    """Whether a name ends like an image's."""
    return PurePosixPath(name).suffix.lower() in IMAGE_SUFFIXES


def _refuse_taken(folder: Path, replace: bool) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise FolderError(f"{folder}: is a file or a link; name a folder that is missing or empty")
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not replace:
        raise FolderError(f"{folder}: is not empty; name another folder, or replace an older export with --force")
    note = folder / NOTE
    if not (note.is_file() and note.read_bytes().startswith(FIRST_LINE.encode())):
        raise FolderError(f"{folder}: holds what is no export of ours; nothing is replaced: empty it yourself")


def _settle(building: Path) -> None:
    """Make names and modes last: a temporary folder is private, an export is not."""
    building.chmod(0o755)
    for place, _, _ in os.walk(building):
        _sync(Path(place))


def _exchange(building: Path, folder: Path) -> None:
    """The new folder in the old one's place; a fault in between brings the old one back."""
    if not folder.exists() or not any(folder.iterdir()):
        building.replace(folder)
        _sync(folder.parent)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".old", dir=folder.parent))
    folder.replace(old)
    try:
        building.replace(folder)
    except OSError:
        old.replace(folder)
        raise
    _sync(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
