"""``detection data leakage``."""

from __future__ import annotations


def leakage() -> None:
    """Not yet."""
    raise NotImplementedError
