"""Cameras as OpenCV opens them: RTSP through its FFmpeg, USB through V4L2. Knows nothing of losing them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]


class Size(NamedTuple):
    """Of a picture, pixels."""

    width: int
    height: int


class Capture(Protocol):
    """An open camera."""

    def read(self, into: Picture | None) -> Picture | None:
        """The next picture, in the same memory if it is as large; None if none came in time."""

    def release(self) -> None:
        """Close it."""


class OpenCvCapture:
    """A camera that OpenCV opened."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        self._capture = capture

    def read(self, into: Picture | None) -> Picture | None:
        """The next picture, in the same memory if it is as large; None if none came in time."""
        try:
            found, image = self._capture.read(into)
        except cv2.error:
            return None
        return np.asarray(image, np.uint8) if found and image is not None and image.ndim == 3 else None

    def release(self) -> None:
        """Close it."""
        self._capture.release()


def open_rtsp(address: str, answer_s: float) -> Capture | None:
    """A camera in the network, its stream over TCP; None if it does not answer.

    Args:
        address: ``rtsp://`` or ``rtsps://``, with the password if it needs one.
        answer_s: for opening, and for each picture.
    """
    wait_ms = round(answer_s * 1000)
    settings = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, wait_ms, cv2.CAP_PROP_READ_TIMEOUT_MSEC, wait_ms]
    # One thread decodes: more of them hold frames back and take the processor from the model.
    capture = _open(address, cv2.CAP_FFMPEG, [*settings, cv2.CAP_PROP_N_THREADS, 1])
    return None if capture is None else OpenCvCapture(capture)


def open_usb(device: Path, size: Size | None = None) -> Capture | None:
    """A camera of this machine, such as ``/dev/video0``; None if it is not there.

    Args:
        device: its file.
        size: asked for as motion JPEG, for uncompressed pictures of that size seldom fit through the cable; the
            camera may give another. None takes what it gives by itself.
    """
    capture = _open(str(device), cv2.CAP_V4L2, []) if device.exists() else None
    if capture is not None:
        # The driver keeps as few pictures as it can: an old one is of no use.
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        if size is not None:
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, size.width)
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size.height)
    return None if capture is None else OpenCvCapture(capture)


def _open(name: str, backend: int, settings: list[int]) -> cv2.VideoCapture | None:
    # OpenCV would print the address, password included, when it cannot open it; FFmpeg a line for each broken block.
    # Who looks for a fault sets OPENCV_FFMPEG_LOGLEVEL=16 and reads what the camera answered.
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        capture = cv2.VideoCapture(name, backend, settings)
    except cv2.error:
        return None
    if capture.isOpened():
        return capture
    capture.release()
    return None
