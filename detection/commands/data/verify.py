"""``detection data verify``."""

from __future__ import annotations


def verify() -> None:
    """Not yet."""
    raise NotImplementedError
