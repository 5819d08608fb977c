"""One way in a process of its own: reads a frame's number a line, answers with what the frame cost.

    python -m benchmarks.edge.worker WAY MODEL THREADS FRAMES

Frames are read into one buffer, as a camera fills it, outside the measured time. A line ``memory`` is answered with
what the process holds. Needs numpy and what the way itself needs; runs on Python 3.10.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.edge.ways import WAYS, Frame

SHAPE = (1080, 1920, 3)


def main() -> None:
    """Open, say so, answer until the input ends."""
    way_name, model, threads, frames = sys.argv[1:5]
    answers, sys.stdout = sys.stdout, sys.stderr  # what a product prints is no answer
    way = WAYS[way_name](Path(model), int(threads))
    frame: Frame = np.zeros(SHAPE, np.uint8)
    with Path(frames).open("rb", buffering=0) as stream:
        for line in sys.stdin:
            if line.strip() == "memory":
                answer = {"memory_mb": memory_mb(), "runs_from": _origin()}
            else:
                stream.seek(int(line) * frame.nbytes)
                stream.readinto(frame.reshape(-1))  # type: ignore[arg-type]
                wall, cpu = time.perf_counter(), time.process_time()
                way(frame)
                answer = {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}
            print(json.dumps(answer), file=answers, flush=True)


def memory_mb() -> float:
    """Resident now, of this process."""
    status = Path("/proc/self/status").read_text()
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(resident.split()[1]) / 1024


def _origin() -> str:
    """Where the package ``detection`` came from, if it was used."""
    package = sys.modules.get("detection.edge")
    return str(package.__file__) if package else ""


if __name__ == "__main__":
    main()
