"""A fault, what must follow, and what followed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of the table.

    Attributes:
        point: where and what, such as ``manifest.json: bit 3 of byte 17``.
        expected: what must follow, in the words of ``seen``.
        seen: what followed.
    """

    point: str
    expected: str
    seen: str

    @property
    def survived(self) -> bool:
        """What had to follow, followed."""
        return self.seen == self.expected
