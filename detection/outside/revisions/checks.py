"""One thing to be looked at, and what was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from detection.outside.revisions.faults import Fault


@dataclass(frozen=True, slots=True)
class Check:
    """Looks at one file, or at one set of files.

    Attributes:
        name: of what is looked at, for a progress bar.
        size: bytes that will be read, about.
        look: looks, and gives every fault.
    """

    name: str
    size: int
    look: Callable[[], list[Fault]]

    def faults(self) -> list[Fault]:
        """Every fault; that the disk itself refuses is one."""
        try:
            return self.look()
        except OSError as error:
            step = "the disk may be failing: look at its log, and restore what it held"
            return [Fault(self.name, "bytes", error.strerror or str(error), step)]
