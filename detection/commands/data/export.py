"""``detection data export``."""

from __future__ import annotations


def export() -> None:
    """Not yet."""
    raise NotImplementedError
