"""What the trainer does to the process that imports it."""

from __future__ import annotations

import subprocess
import sys

UNTOUCHED = """
import cv2
from PIL import Image
before = (Image.open, cv2.imread, cv2.imwrite, cv2.imshow)
import detection.outside.ultralytics.weights
after = (Image.open, cv2.imread, cv2.imwrite, cv2.imshow)
print([x is y for x, y in zip(before, after)])
"""


def test_pillow_and_opencv_stay_as_they_were() -> None:
    """Ultralytics replaces their readers; then our pixel limit would no longer be asked before an image is opened."""
    said = subprocess.run([sys.executable, "-c", UNTOUCHED], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[True, True, True, True]"
