"""What is not as it was promised: one fault a file, with what to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from detection.errors import FaultsError


class DamageError(FaultsError):
    """Files are not what was promised: restore those named."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as promised.

    Attributes:
        what: the file, or the frame by its name.
        expected: what was promised.
        got: what is there.
        next_step: how to mend it.
    """

    what: str
    expected: str
    got: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.what}: expected {self.expected}, got {self.got}; {self.next_step}"


MISSING = "no such file"


def unreadable(path: Path) -> str:
    """Why a file that was promised is none: for :attr:`Fault.got`."""
    if path.is_symlink() and not path.exists():
        return "a link to nothing"
    return "a folder" if path.is_dir() else MISSING
