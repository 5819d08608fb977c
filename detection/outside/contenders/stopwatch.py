"""How long two detectors take for the same frames, in turn, so that whatever else the machine does meets both alike."""

from __future__ import annotations

import time
from collections.abc import Iterable

import numpy as np

from detection.edge.vision.detector import Detector
from detection.edge.vision.frames import Image
from detection.outside import inference
from detection.outside.dataset import Dataset
from detection.rules.judging.comparison.guardrails import Latencies

ROUNDS = 4
"""How often each frame is timed; its latency is the least of them: another program can only add to it."""
WARM_UP = 3
"""Rounds over the first frame that are not counted: buffers are made, caches filled."""


def timed(champion: Detector, challenger: Detector, dataset: Dataset, rows: Iterable[int]) -> Latencies:
    """Time both over ``rows``, frame by frame, the one that begins changing with every round and frame.

    Decoding is left out: it is the same for both. One process, the threads of each session.
    """
    both: list[list[float]] = []
    for number, row in enumerate(rows):
        image = inference.image_of(dataset, row)
        if not number:
            for _ in range(WARM_UP):
                _pair(champion, challenger, image, turned=False)
        rounds = [_pair(champion, challenger, image, turned=bool((number + turn) % 2)) for turn in range(ROUNDS)]
        both.append(np.min(rounds, axis=0).tolist())
    columns = np.array(both, np.float64).reshape(-1, 2)
    return Latencies(columns[:, 0], columns[:, 1])


def _pair(champion: Detector, challenger: Detector, image: Image, turned: bool) -> list[float]:
    """Milliseconds of champion and challenger for one frame; the challenger goes first if ``turned``."""
    if turned:
        return [_taken(challenger, image), _taken(champion, image)][::-1]
    return [_taken(champion, image), _taken(challenger, image)]


def _taken(detector: Detector, image: Image) -> float:
    began = time.perf_counter()
    detector.detect(image)
    return (time.perf_counter() - began) * 1000
