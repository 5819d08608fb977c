"""A stream of bytes, cut into JPEG and PNG files by their own marks. What is neither is said and skipped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

FILE_MAXIMUM_BYTES = 64_000_000
"""A longer file is no picture of a camera; it is skipped before it eats the memory."""

_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_BEGIN = re.compile(re.escape(_JPEG) + b"|" + re.escape(_PNG))
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_ALONE = frozenset((0x01, *range(0xD0, 0xD8)))
_BEGIN_OF_IMAGE, _END_OF_IMAGE = 0xD8, 0xD9


@dataclass(frozen=True, slots=True)
class Split:
    """One file of the stream, or what was wrong with it (then ``fault`` is not empty)."""

    content: bytes
    fault: str = ""


class Splitter:
    """Fed with pieces of any length; remembers where it stood, so that each byte is looked at once."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._at = 0
        self._skipped = 0

    def feed(self, piece: bytes) -> Iterator[Split]:
        """The files that are whole now."""
        self._held += piece
        while True:
            if self._at == 0 and not self._found_beginning():
                return
            if self._skipped:
                yield self._say_skipped()
            end = self._walk()
            if end is None and self._skipped:
                continue
            if end is None:
                if len(self._held) > FILE_MAXIMUM_BYTES:
                    self._drop(len(self._held))
                return
            yield Split(bytes(self._held[:end]))
            del self._held[:end]
            self._at = 0

    def end(self) -> Iterator[Split]:
        """What is left when the stream ends."""
        self._skipped += len(self._held)
        if self._skipped:
            yield self._say_skipped()

    def _say_skipped(self) -> Split:
        skipped, self._skipped = self._skipped, 0
        return Split(b"", f"{skipped} bytes are no whole JPEG or PNG; send whole files, one after the other")

    def _found_beginning(self) -> bool:
        found = _BEGIN.search(self._held)
        # The last bytes may be the first of a beginning that is not whole yet.
        keep = found.start() if found else max(len(self._held) - len(_PNG) + 1, 0)
        self._drop(keep)
        return found is not None

    def _drop(self, length_bytes: int) -> None:
        self._skipped += length_bytes
        del self._held[:length_bytes]
        self._at = 0

    def _walk(self) -> int | None:
        """Where the file that begins at 0 ends; None if that has not come yet."""
        return self._walk_jpeg() if self._held.startswith(_JPEG) else self._walk_png()

    def _walk_jpeg(self) -> int | None:
        self._at = max(self._at, 2)
        while True:
            found = _MARKER.search(self._held, self._at)
            if found is None:
                self._at = max(self._at, len(self._held) - 1)
                return None
            marker, after = self._held[found.end() - 1], found.end()
            if marker == _END_OF_IMAGE:
                return after
            if marker in _ALONE:
                self._at = after
                continue
            if marker == _BEGIN_OF_IMAGE:
                # The one before was cut short: a whole JPEG has no such mark outside its segments.
                self._drop(found.start())
                return None
            if len(self._held) < after + 2:
                self._at = found.start()
                return None
            length = int.from_bytes(self._held[after : after + 2], "big")
            if len(self._held) < after + length:
                self._at = found.start()
                return None
            self._at = after + max(length, 2)

    def _walk_png(self) -> int | None:
        self._at = max(self._at, len(_PNG))
        while len(self._held) >= self._at + 12:
            length = int.from_bytes(self._held[self._at : self._at + 4], "big")
            end = self._at + 12 + length
            if length > FILE_MAXIMUM_BYTES:
                self._drop(len(self._held))
                return None
            if len(self._held) < end:
                return None
            if self._held[self._at + 4 : self._at + 8] == b"IEND":
                return end
            self._at = end
        return None
