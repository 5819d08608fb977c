"""Numbers as people read them: thousands set apart, three digits of a share, bytes in a unit that is spoken of."""

from __future__ import annotations

from math import floor


def thousands(value: int) -> str:
    """``12345`` as ``12,345``."""
    return f"{value:,}"


def digits(value: float | None) -> str:
    """Three digits after the point; a dash for what could not be measured."""
    return "–" if value is None or value != value else f"{value:.3f}"


def cut(value: float | None) -> str:
    """Three digits after the point, cut off and not rounded: a bound is never shown above what is proven."""
    return "–" if value is None else f"{floor(value * 1000 + 1e-9) / 1000:.3f}"


def size(value: int) -> str:
    """Bytes in the unit people read: ``4.2 MB``."""
    return f"{value / 1e6:.1f} MB" if value >= 100_000 else f"{value / 1e3:.1f} kB"
