"""What a source gives: frames, frames that could not be read, and quiet moments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from detection.edge.vision.frames import Image


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame that was decoded.

    Attributes:
        name: path below the source with ``/``, or ``<video or camera>#<number>``.
        camera: who took it.
        image: ``(h, w, 3)`` blue, green, red. A live source writes the next frame into the same memory: copy what
            must last longer than until the next frame is asked for.
        taken_at: when a live source took it; None where the run's clock says so.
        content: the bytes of the file it was; None where it was none.
        read_ms: what reading and decoding it took, where the loop waits for that.
    """

    name: str
    camera: str
    image: Image
    taken_at: datetime | None = None
    content: bytes | None = None
    read_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One frame that could not be decoded, and why."""

    name: str
    camera: str
    reason: str


@dataclass(frozen=True, slots=True)
class Quiet:
    """No frame for now: time to beat, to flush, and to see whether somebody wants to stop.

    Attributes:
        state: ``waiting`` where none is owed; ``stalled`` where a camera should give frames and does not.
    """

    state: str


Item: TypeAlias = Frame | Unreadable | Quiet

QUIET_S = 0.5
"""A source that has no frame says so at least this often."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How a source is read.

    Attributes:
        camera: name of the camera where no sub-folder names it; ``""`` takes the source's own name.
        pixel_limit: larger pictures are refused before they are decoded.
    """

    camera: str
    pixel_limit: int


class Source(Protocol):
    """Gives frames until it is read out or closed."""

    @property
    def live(self) -> bool:
        """The world does not wait: frames that come too fast are dropped and counted."""

    @property
    def dropped(self) -> int:
        """Frames that a newer one had overtaken."""

    @property
    def reconnects(self) -> int:
        """Times that a camera was opened again."""

    def items(self) -> Iterator[Item]:
        """Every item, once.

        Raises:
            FrameError: the source cannot be read as a whole.
        """

    def close(self) -> None:
        """Let go of the camera and its thread; may be called twice."""


class Recorded:
    """A source that waits for its reader: every frame is looked at."""

    live = False
    dropped = 0
    reconnects = 0

    def __init__(self, items: Iterator[Item]) -> None:
        self._items = items

    def items(self) -> Iterator[Item]:
        """Every item, once."""
        return self._items

    def close(self) -> None:
        """Nothing is held between items."""
