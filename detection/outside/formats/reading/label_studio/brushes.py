"""Brush strokes of Label Studio: a mask as runs of bytes packed bit by bit; the box around what it covers.

The packing: 32 bits of how many bytes the mask has, 5 bits of a value's width less 1, four times 4 bits of the width
of a run's length less 1; then runs until all bytes are told: a bit that is 1 for one repeated value, 2 bits that choose
the width of the length, the length less 1, and the value, or as many values. The mask is red, green, blue and alpha of
each pixel, row by row; where alpha is not 0 somebody painted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detection.outside.formats.reading.geometry import Corners

CHANNELS, ALPHA = 4, 3


class _Bits:
    """Reads numbers from packed bits."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def take(self, width: int) -> int:
        """The next number of ``width`` bits.

        Raises:
            ValueError: the content ends before.
        """
        end = self._at + width
        first, last = self._at // 8, -(-end // 8)
        if last > len(self._content):
            raise ValueError("the brush stroke ends too early")
        chunk = int.from_bytes(self._content[first:last], "big")
        self._at = end
        return (chunk >> (last * 8 - end)) & ((1 << width) - 1)


@dataclass(slots=True)
class _Cover:
    """What is painted so far: rows and columns from and to, in pixels; nothing if ``right`` is 0."""

    width: int
    left: int
    top: int
    right: int = 0
    bottom: int = 0

    def paint(self, first: int, end: int) -> None:
        """Cover the bytes from ``first`` up to ``end``, as far as they are alpha."""
        pixel, stop = -(-(first - ALPHA) // CHANNELS), -(-(end - ALPHA) // CHANNELS)
        if pixel >= stop:
            return
        row, column = divmod(pixel, self.width)
        last_row, last_column = divmod(stop - 1, self.width)
        wraps = last_row > row
        self.left = min(self.left, 0 if wraps else column)
        self.right = max(self.right, self.width if wraps else last_column + 1)
        self.top, self.bottom = min(self.top, row), max(self.bottom, last_row + 1)


def around(rle: Sequence[object], width: int, height: int) -> Corners | None:
    """The box around a stroke; None if nothing is painted.

    Args:
        rle: bytes as numbers.
        width: pixels of the image.
        height: likewise.

    Raises:
        ValueError: no bytes, damaged, or of another size.
    """
    try:
        bits = _Bits(bytes(rle))  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise ValueError("rle holds what is no byte") from error
    total = bits.take(32)
    if total != width * height * CHANNELS:
        raise ValueError(f"the brush stroke has {total} bytes; expected {width} x {height} x {CHANNELS}")
    value_bits = bits.take(5) + 1
    length_bits = [bits.take(4) + 1 for _ in range(4)]
    cover, at = _Cover(width, width, height), 0
    while at < total:
        repeated = bits.take(1)
        end = at + 1 + bits.take(length_bits[bits.take(2)])
        steps = [(at, end)] if repeated else [(byte, byte + 1) for byte in range(at, end)]
        for first, after in steps:
            if bits.take(value_bits):
                cover.paint(first, min(after, total))
        at = end
    return [cover.left, cover.top, cover.right, cover.bottom] if cover.right else None
