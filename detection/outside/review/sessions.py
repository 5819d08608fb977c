"""A session's folder: made whole or not at all, read strictly, closed once. See :mod:`detection.rules.field.review`."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from detection.errors import DocumentError
from detection.outside import files
from detection.outside.documents import read_value, write_value
from detection.outside.fiftyone.program import ANSWERS, DATABASE, FRAMES, SESSION
from detection.outside.formats.writing.folders import FolderError
from detection.rules.field.queue.items import Item
from detection.rules.field.review.session import FORMAT, Answers, Known, References, Session

REFERENCE, CLOSED = "reference.json", "closed.json"


@dataclass(frozen=True, slots=True)
class Closed:
    """``closed.json``: what came home, and where it went.

    Attributes:
        session: its id.
        queue: of which it was.
        annotator: who answered.
        closed_at: UTC.
        decided: frames with an answer, blind and expert's frames among them.
        unsure: frames that somebody else must look at.
        left: frames without a decision.
        delivered: frames that came home.
        boxes: of them.
        kept: proposals accepted as they were.
        changed: proposals given other corners or another class.
        added: boxes drawn anew.
        removed: proposals taken away.
        unchanged_share: kept of all proposals; None if nothing was proposed.
        control_frames: blind frames that were compared.
        control_f1: their agreement.
        delivery: folder of the delivery.
        source: id of the entry in ``collect.sources``.
    """

    session: str
    queue: str
    annotator: str
    closed_at: datetime
    decided: int
    unsure: int
    left: int
    delivered: int
    boxes: int
    kept: int
    changed: int
    added: int
    removed: int
    unchanged_share: float | None
    control_frames: int
    control_f1: float | None
    delivery: str
    source: str


def make(folder: Path, session: Session, known: Sequence[Known], picture: Callable[[Item], bytes]) -> None:
    """Make a session's folder, whole or not at all; only this user may enter it.

    Args:
        folder: missing or empty.
        session: who reviews what.
        known: what an expert said of frames mixed in.
        picture: bytes of an item's file.

    Raises:
        FolderError: something stands there.
        DiskError: the disk is full or refuses.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderError(f"{folder}: is not empty and no session; name a folder that is missing or empty")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
        try:
            (building / FRAMES).mkdir()
            for item in session.items:
                files.write_bytes(building / FRAMES / Path(item.file).name, picture(item))
            write_value(building / REFERENCE, References(FORMAT, tuple(known)))
            write_value(building / SESSION, session)
            building.replace(folder)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    except OSError as error:
        raise files.DiskError(
            f"{folder}: cannot be written ({error.strerror or error}); mend it, then rerun"
        ) from error


def is_session(folder: Path) -> bool:
    """Whether a folder holds a session."""
    return (folder / SESSION).is_file()


def read(folder: Path) -> Session:
    """The session of a folder.

    Raises:
        DocumentError: it holds none, or a damaged one.
    """
    if not is_session(folder):
        raise DocumentError(
            f"{folder}: holds no session.json; make one with `detection review open QUEUE --out {folder}`"
        )
    session = read_value(Session, folder / SESSION)
    if session.format != FORMAT:
        raise DocumentError(f"{folder / SESSION}: format {session.format}; this release reads {FORMAT}")
    return session


def references(folder: Path) -> tuple[Known, ...]:
    """What an expert said of the frames mixed in."""
    return read_value(References, folder / REFERENCE).known


def answers(folder: Path) -> Answers | None:
    """What was decided so far, or what the last safety copy holds; None before the first."""
    path = folder / ANSWERS
    return read_value(Answers, path) if path.is_file() else None


def closed(folder: Path) -> Closed | None:
    """What came home; None while the session is not closed."""
    path = folder / CLOSED
    return read_value(Closed, path) if path.is_file() else None


def has_database(folder: Path) -> bool:
    """Whether the review tool was ever opened on it."""
    return (folder / DATABASE).is_dir()
