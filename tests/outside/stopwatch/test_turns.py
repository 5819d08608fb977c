"""Models are timed in processes of their own, from the packed runtime, in the bare environment."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from detection.edge.settings import Settings
from detection.errors import ModelError
from detection.outside import runtime_archive
from detection.outside.stopwatch.turns import Entrant, Track, timed
from tests import examples_models

PICTURES = [
    cv2.imencode(".png", np.full((40 + 8 * i, 64, 3), 40 * i, np.uint8))[1].tobytes() for i in range(3)
]  # fmt: skip


SETTINGS = Settings(0.6, 0.01, 100)


def track() -> Track:
    return Track(runtime_archive.pack(), runtime_archive.device_python(), SETTINGS, PICTURES, rounds=2)


def test_every_entrant_answers_every_picture_in_every_round() -> None:
    model = examples_models.colour_model()
    rounds: list[int] = []
    entrants = [Entrant("a", "onnxruntime", model, 1), Entrant("b", "onnxruntime", model, 2)]
    one, two = timed(entrants, track(), rounds.append)
    assert (one.variant, two.variant, two.threads) == ("a", "b", 2)
    assert rounds == [0, 1]
    for taken in (one, two):
        assert taken.latency_ms.shape == taken.computed_ms.shape == (2, 3)
        assert (taken.latency_ms > 0).all()
        assert taken.load_ms > 0
        assert taken.bytes == len(model)
        assert taken.bare
        # numpy, OpenCV and the engine weigh more than 20 MB; torch alone, of this process, would be beyond 300.
        assert 20 < taken.memory_mb < 300


def test_a_model_that_cannot_be_loaded_says_so() -> None:
    with pytest.raises(ModelError, match=r"broken: its process ended while it was timed \(.*cannot be loaded"):
        timed([Entrant("broken", "onnxruntime", b"no model", 1)], track())
