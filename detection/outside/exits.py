"""How a stage or a command ends: one message and an exit status, never a traceback for what the reader can mend.

0 done · 1 the input or the machine is at fault · 2 a gate is not green · 130 stopped from the keyboard. A broken
promise inside our own code is none of these: it crashes with its traceback.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from detection.errors import DetectionError, GateRefusalError

FAULT = 1
"""The input or the machine is at fault."""
REFUSED = 2
"""A gate is not green."""
STOPPED = 130
"""Stopped from the keyboard."""


def run(main: Callable[[], None]) -> None:
    """Call ``main`` and leave the process with the status its end deserves."""
    sys.exit(status_of(main))


def status_of(main: Callable[[], None]) -> int:
    """Call ``main``; print what went wrong to standard error; return the exit status."""
    try:
        main()
    except GateRefusalError as refusal:
        print(f"refused: {shown(str(refusal))}", file=sys.stderr)
        return REFUSED
    except DetectionError as error:
        print(f"error: {shown(str(error))}", file=sys.stderr)
        return FAULT
    except KeyboardInterrupt:
        print("stopped: nothing half written; run the same command again to go on", file=sys.stderr)
        return STOPPED
    return 0


def shown(text: str) -> str:
    """A message as a terminal may have it: strangers' names in it can neither colour nor overwrite anything."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)
