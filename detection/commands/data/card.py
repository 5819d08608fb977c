"""``detection data card``."""

from __future__ import annotations


def card() -> None:
    """Not yet."""
    raise NotImplementedError
