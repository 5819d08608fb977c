"""The program that is timed: a detector in a process of its own, from the packed runtime. Started by its file.

It imports nothing of this checkout: what it runs is the archive that it was given.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

WARM_UP = 3
"""Frames answered and not timed: buffers are made, caches filled."""


def main() -> None:
    """Load, answer the first picture, then time one picture for every number that comes in."""
    chosen = _options()
    sys.path.insert(0, chosen.runtime)
    from detection.edge.engines.opening import open_session
    from detection.edge.settings import Settings
    from detection.edge.vision.calibration import identity
    from detection.edge.vision.detector import Detector
    from detection.edge.vision.frames import read_image

    pictures = sorted(chosen.pictures.iterdir())
    first = read_image(pictures[0].read_bytes())
    began = time.perf_counter()
    session = open_session(chosen.engine, chosen.model.read_bytes(), chosen.threads)
    across = bool(chosen.suppression_across_classes)
    settings = Settings(chosen.suppression_iou, chosen.score_floor, chosen.maximum_detections, across)
    detector = Detector(session, settings, identity(session.classes))
    detector.detect(first)
    _say(time.perf_counter() - began)
    for _ in range(WARM_UP):
        detector.detect(first)
    for line in sys.stdin:
        # Decoded anew each time, as a device does between two answers, and not timed: it is the same for all.
        image = read_image(pictures[int(line)].read_bytes())
        began, busy = time.perf_counter(), time.process_time()
        detector.detect(image)
        _say(time.perf_counter() - began, time.process_time() - busy)
    _say(_peak_memory_mb())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("runtime", "engine"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("model", "pictures"):
        parser.add_argument(f"--{name}", required=True, type=Path)
    for name in ("threads", "maximum-detections", "suppression-across-classes"):
        parser.add_argument(f"--{name}", required=True, type=int)
    for name in ("suppression-iou", "score-floor"):
        parser.add_argument(f"--{name}", required=True, type=float)
    return parser.parse_args()


def _peak_memory_mb() -> float:
    """Of this program alone: what ``getrusage`` says may be that of the program that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) * 1024 / 1e6


def _say(*values: float) -> None:
    sys.stdout.write(" ".join(map(repr, values)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
