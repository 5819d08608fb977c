"""From what a person writes after ``run BUNDLE`` to a source."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from detection.edge.sources import files, video
from detection.edge.sources.backoff import Patience
from detection.edge.sources.camera import Camera
from detection.edge.sources.captures import Size, open_rtsp, open_usb
from detection.edge.sources.items import Choice, Recorded, Source
from detection.edge.sources.piped import LivePiped, Piped
from detection.errors import FrameError

_RTSP = ("rtsp://", "rtsps://")
_DEVICE = re.compile(r"(?:usb:(\d{1,3})|(/dev/video\d{1,3}))(?:@(\d{1,5})x(\d{1,5}))?")
_WORDS = "a folder, a picture, a video, rtsp://..., usb:0, - (frames on standard input) or @FILE (whose line says it)"


@dataclass(frozen=True, slots=True)
class Manner:
    """How a source is followed.

    Attributes:
        watch: a folder is watched for ever.
        newest: of frames on standard input only the newest counts.
        patience: with a camera.
    """

    watch: bool = False
    newest: bool = False
    patience: Patience = field(default_factory=Patience)


def open_source(text: str, choice: Choice, manner: Manner) -> Source:
    """The source that was meant.

    Args:
        text: as a person writes it; ``@FILE`` takes the first line of a file, so that a password need not stand in the
            list of processes.
        choice: how frames are named and how large they may be.
        manner: how it is followed.

    Raises:
        FrameError: there is no such source; an address is told without user, password and query.
    """
    if text.startswith("@"):
        text = _first_line(Path(text[1:]))
    if text == "-":
        pipe = LivePiped if manner.newest else Piped
        return pipe(sys.stdin.fileno(), Choice(choice.camera or "stdin", choice.pixel_limit))
    named = Choice(choice.camera or "camera", choice.pixel_limit)
    if "://" in text:
        if not text.lower().startswith(_RTSP):
            raise FrameError(f"{shown(text)}: no such kind of address; name {_WORDS}")
        return Camera(lambda: open_rtsp(text, manner.patience.answer_s), named, manner.patience)
    if device := _DEVICE.fullmatch(text):
        path = Path(device.group(2) or f"/dev/video{device.group(1)}")
        size = Size(int(device.group(3)), int(device.group(4))) if device.group(3) else None
        return Camera(lambda: open_usb(path, size), named, manner.patience)
    return _of_path(Path(text), choice, manner)


def shown(address: str) -> str:
    """An address without what may be secret: no user, no password, no query."""
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0].partition('#')[0]}"


def _of_path(path: Path, choice: Choice, manner: Manner) -> Source:
    if manner.watch:
        if not path.is_dir():
            raise FrameError(f"{path}: is no folder; --watch follows a folder")
        return Recorded(files.of_watched(path, choice))
    if path.is_dir():
        return Recorded(files.of_folder(path, choice))
    if not path.is_file():
        raise FrameError(f"{path}: does not exist; name {_WORDS}")
    if path.suffix.lower() in video.SUFFIXES:
        return Recorded(video.of_video(path, choice))
    return Recorded(files.of_picture(path, choice))


def _first_line(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8").strip().partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise FrameError(f"{path}: cannot be read as text; write the source's address into its first line") from error
    if not text or text.startswith("@"):
        raise FrameError(f"{path}: holds no address in its first line; name {_WORDS}")
    return text
