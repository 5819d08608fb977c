"""Annotated pictures on disk: drawn in the loop (a camera writes over its frame), encoded and written beside it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from detection.edge.boxes import Detections
from detection.edge.sinks.courier import Courier, Terms
from detection.edge.vision import drawing
from detection.edge.vision.frames import Image
from detection.errors import FrameError

DEPTH = 4
CLOSING_S = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    path: Path
    image: Image


class Pictures:
    """A folder of annotated frames."""

    def __init__(self, folder: Path, classes: Sequence[str], waits: bool, keep: int = 0) -> None:
        """Start the writer.

        Args:
            folder: where the pictures go, under the frames' names.
            classes: class ids, for the captions.
            waits: every frame is drawn, however long it takes; otherwise those that come too fast are given up.
            keep: so many newest pictures of this run stay; 0 keeps all.
        """
        self._folder = folder
        self._classes = classes
        self._keep = keep
        self._written: deque[Path] = deque()
        self._courier: Courier[_Picture] = Courier("pictures", self._write, Terms(DEPTH, 1, waits))

    @property
    def undelivered(self) -> int:
        """Pictures that were given up."""
        return self._courier.undelivered

    def put(self, name: str, image: Image, detections: Detections) -> None:
        """Draw a frame, and leave it to the writer.

        Raises:
            FrameError: the disk refused an earlier one.
        """
        path = self._folder / f"{name.replace('#', '-')}.jpg"
        self._courier.put(_Picture(path, drawing.draw(image, detections, self._classes)))

    def close(self) -> None:
        """Write what waits.

        Raises:
            FrameError: the disk refused.
        """
        self._courier.close(CLOSING_S)

    def _write(self, pictures: list[_Picture]) -> bool:
        for picture in pictures:
            self._write_one(picture)
        return True

    def _write_one(self, picture: _Picture) -> None:
        try:
            picture.path.parent.mkdir(parents=True, exist_ok=True)
            picture.path.write_bytes(drawing.encode(picture.image))
            if self._keep:
                self._written.append(picture.path)
                if len(self._written) > self._keep:
                    self._written.popleft().unlink(missing_ok=True)
        except OSError as error:
            raise FrameError(
                f"{picture.path}: cannot be written ({error.strerror or error}); free space or name another folder"
            ) from error
