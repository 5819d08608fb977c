"""``detection data diff``."""

from __future__ import annotations


def diff() -> None:
    """Not yet."""
    raise NotImplementedError
