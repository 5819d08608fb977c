"""The trainer: the only room that may import ultralytics or torch. Importing the room switches every connection off.

Ultralytics reads its switches when it is first imported, so they stand here, before any module of this room imports it:
no packages installed behind our back, no telemetry, no look whether the network is there, no settings in the home
folder, and checkpoints never through an unrestricted pickle. This is the one place that sets environment variables.

Threads that wait for each other spin for some microseconds, then sleep (docs/decisions/0017-threads-that-wait.md): by
default OpenMP lets them spin for long, which ruins a busy machine; with none at all an idle one trains half as fast.

Each training would import MLflow and Ray to report to them, which takes seconds; they are switched off in its settings,
which lie in a folder of their own.

Ultralytics replaces functions of Pillow and OpenCV for the whole process when it is imported; they are put back, since
our own checks of images rely on them.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from importlib import import_module

import cv2
from PIL import Image

_CONFIG_FOLDER = tempfile.mkdtemp(prefix="detection-ultralytics-")
atexit.register(shutil.rmtree, _CONFIG_FOLDER, ignore_errors=True)

os.environ.update(
    GOMP_SPINCOUNT="4000",
    OMP_WAIT_POLICY="PASSIVE",
    YOLO_AUTOINSTALL="false",
    YOLO_CONFIG_DIR=_CONFIG_FOLDER,
    YOLO_OFFLINE="true",
    YOLO_VERBOSE="false",
    ULTRALYTICS_SAFE_LOAD="true",
)
os.environ.pop("ULTRALYTICS_API_KEY", None)

_opened, _read, _written, _shown = Image.open, cv2.imread, cv2.imwrite, cv2.imshow

_ultralytics = import_module("ultralytics.utils")
Image.open = _opened
cv2.imread, cv2.imwrite, cv2.imshow = _read, _written, _shown
_ultralytics.SETTINGS.update(dict.fromkeys(("clearml", "comet", "dvc", "mlflow", "raytune"), False))
