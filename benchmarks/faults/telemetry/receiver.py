"""The receiver, compacting all the time, so that a kill often meets it at that.

python -m benchmarks.faults.telemetry.receiver STORE KEYS PORT RESERVE_BYTES
"""

from __future__ import annotations

import sys
from pathlib import Path

from detection.outside import receiver
from detection.outside.telemetry.stored.store import Store

_COMPACT_S = 0.2


def main(words: list[str]) -> None:
    """Serve until killed."""
    store, keys, port, reserve = words
    opened = Store(Path(store), int(reserve))
    receiver.serve(receiver.application(opened, receiver.Settings(Path(keys), _COMPACT_S)), "127.0.0.1", int(port))


if __name__ == "__main__":
    main(sys.argv[1:])
