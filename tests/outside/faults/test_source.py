"""Faults of preprocessing: what the model sees then, by the runtime's own code."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from detection.outside.faults import source
from detection.outside.faults.planting import Plant
from detection.outside.faults.scratch import Scratch

LOOK = """
import json
import numpy as np
from detection.edge.vision.preprocess import letterbox
image = np.zeros((8, 16, 3), np.uint8)
image[:, 8:] = (0, 100, 200)
seen = letterbox(image, 16, 16)
boxes = seen.letterbox.to_frame(np.array([[8, 0, 16, 16]], np.float32))
print(json.dumps({"tensor": seen.tensor[0].tolist(), "box": boxes[0].tolist()}))
"""


def seen(place: Scratch, plant: Plant | None) -> Any:
    """What the model sees of a frame twice as wide as high: black, and orange from the middle on."""
    if plant is not None:
        assert not plant(place).obstacle
    words = [sys.executable, "-c", LOOK]
    done = subprocess.run(words, cwd=place.folder, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


@pytest.fixture
def sound(place: Scratch) -> Any:
    return seen(place, None)


def test_red_is_handed_over_as_blue(sound: Any, place: Scratch) -> None:
    faulty = seen(place, source.swap_channels)
    assert np.array_equal(np.array(faulty["tensor"])[::-1], np.array(sound["tensor"]))
    assert faulty["box"] == sound["box"]


def test_a_stretched_frame_fills_the_square_and_its_boxes_come_back_rightly(sound: Any, place: Scratch) -> None:
    faulty = seen(place, source.stretch)
    tensor = np.array(faulty["tensor"])
    assert np.all(tensor[0, :, 12] == tensor[0, 0, 12]), "no grey above or below"
    assert faulty["box"] == [8, 0, 16, 8]
    assert np.array(sound["tensor"])[0, 0, 12] == 114


def test_half_a_pixel_mixes_neighbours_evenly(sound: Any, place: Scratch) -> None:
    before, after = (np.array(one["tensor"])[0, 8, 7:10] for one in (sound, seen(place, source.shift)))
    assert before.tolist() == [0, 200, 200]
    assert after == pytest.approx([0, 100, 200], abs=1)
