"""The exam: odd pictures that travel with what was seen in them, level by level.

So a device can say where it differs: in the pixels it decodes, in the tensor it makes of them, in what its engine says,
or only in the answers.

Pixels and tensors are held by digest, and by a few samples for a device that rounds otherwise; raw outputs by digest
alone, since engines round as their processor likes; answers in full.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detection.edge import checked
from detection.edge.boxes import Detections
from detection.edge.trust.manifest import file_name
from detection.edge.vision.detector import Detector
from detection.edge.vision.frames import read_image
from detection.edge.vision.headers import PictureSize
from detection.errors import FrameError

NAME = "exam/exam.json"
FORMAT = 1
SAMPLES = 64
"""Values of a picture that are kept beside its digest, evenly spread."""

_DIGEST = r"[0-9a-f]{64}"
_ROW = np.dtype("<f4")
_COLUMNS = 7
"""Label, score, raw score, four corners: 32 bits each."""


class Fingerprint(NamedTuple):
    """Eight-bit values, told by their digest and a few of themselves.

    Attributes:
        sha256: of all values in C order, lower-case hex.
        samples: :data:`SAMPLES` of them, evenly spread.
    """

    sha256: str
    samples: bytes

    def apart(self, other: Fingerprint) -> float:
        """Largest difference known, of full scale: 0 if the digests agree, else the samples', one step at least."""
        if self.sha256 == other.sha256:
            return 0.0
        left, right = (np.frombuffer(one.samples, np.uint8).astype(np.int16) for one in (self, other))
        return max(int(np.abs(left - right).max(initial=0)), 1) / 255


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One picture that was read, and what was seen in it.

    Attributes:
        file: its name in the bundle.
        size: of the decoded picture, EXIF's rotation applied.
        pixels: of the decoded picture.
        tensors: what a model of that input size is shown.
        raw: by variant, SHA-256 of what the model itself said.
        found: by variant, calibrated detections before thresholds.
    """

    file: str
    size: PictureSize
    pixels: Fingerprint
    tensors: Mapping[PictureSize, Fingerprint]
    raw: Mapping[str, str]
    found: Mapping[str, Detections]


@dataclass(frozen=True, slots=True, eq=False)
class Exam:
    """``exam/exam.json``.

    Attributes:
        tensor: how far pixels and tensors of another device may lie apart, of full scale.
        refused: pictures that must be refused.
        seen: pictures that must be read, and what was seen in them.
    """

    tensor: float
    refused: tuple[str, ...]
    seen: tuple[Seen, ...]

    def to_bytes(self) -> bytes:
        """The file's bytes; reading them back gives the same values to the last bit."""
        value = {
            "format": FORMAT,
            "tensor": self.tensor,
            "refused": list(self.refused),
            "seen": [_seen_to_json(one) for one in self.seen],
        }
        return checked.canonical(value)

    @property
    def files(self) -> list[str]:
        """Names of all pictures in the bundle."""
        return sorted((*self.refused, *(one.file for one in self.seen)))

    @classmethod
    def from_bytes(cls, content: bytes, classes: int) -> Exam:
        """Read and check all of it.

        Args:
            content: the file's bytes.
            classes: how many the bundle knows.

        Raises:
            BundleError: anything missing, unknown or out of bounds.
        """
        fields = checked.Fields(checked.parse(content, NAME), NAME, ("format", "tensor", "refused", "seen"))
        fields.whole("format", FORMAT, FORMAT)

        def seen(value: object, where: str) -> Seen:
            return _seen_from_json(value, where, classes)

        return cls(fields.number("tensor", 0, 1), fields.many("refused", file_name), fields.many("seen", seen))


def sit(files: Mapping[str, bytes], detectors: Mapping[str, Detector], pixel_limit: int, tensor: float = 0.0) -> Exam:
    """Show every picture to every detector.

    Args:
        files: bytes of each picture file by its name in the bundle.
        detectors: by variant.
        pixel_limit: pixels above which a picture is refused.
        tensor: how far another device may lie apart, of full scale.
    """
    looks = {file: look(file, content, detectors, pixel_limit) for file, content in sorted(files.items())}
    refused = tuple(file for file, seen in looks.items() if seen is None)
    return Exam(tensor, refused, tuple(seen for seen in looks.values() if seen is not None))


def look(file: str, content: bytes, detectors: Mapping[str, Detector], pixel_limit: int) -> Seen | None:
    """What detectors see of one picture; None if it is refused.

    Args:
        file: its name in the bundle.
        content: the picture file's bytes.
        detectors: by variant.
        pixel_limit: pixels above which a picture is refused.
    """
    try:
        image = read_image(content, pixel_limit)
    except FrameError:
        return None
    height, width = image.shape[:2]
    tensors: dict[PictureSize, Fingerprint] = {}
    raw: dict[str, str] = {}
    found: dict[str, Detections] = {}
    for name, detector in detectors.items():
        tensor = detector.tensor(image)
        tensors[PictureSize(tensor.shape[3], tensor.shape[2])] = fingerprint(tensor)
        raw[name] = hashlib.sha256(detector.raw(image).tobytes()).hexdigest()
        found[name] = detector.detect(image)
    return Seen(file, PictureSize(width, height), fingerprint(image), tensors, raw, found)


def fingerprint(values: NDArray[np.uint8]) -> Fingerprint:
    """Of eight-bit values of any shape, one at least."""
    flat = np.ascontiguousarray(values).reshape(-1)
    at = np.linspace(0, len(flat) - 1, SAMPLES).astype(np.int64)
    return Fingerprint(hashlib.sha256(flat.data).hexdigest(), flat[at].tobytes())


def _seen_to_json(seen: Seen) -> dict[str, object]:
    return {
        "file": seen.file,
        "width": seen.size.width,
        "height": seen.size.height,
        "pixels": _print_to_json(seen.pixels),
        "tensors": [
            {"width": size.width, "height": size.height, **_print_to_json(one)}
            for size, one in sorted(seen.tensors.items())
        ],
        "raw": dict(seen.raw),
        "found": {name: _packed(one) for name, one in seen.found.items()},
    }


def _seen_from_json(value: object, where: str, classes: int) -> Seen:
    fields = checked.Fields(value, where, ("file", "width", "height", "pixels", "tensors", "raw", "found"))
    tensors = fields.many("tensors", _tensor_from_json)
    raw = checked.entries(fields.any("raw"), f"{where}: raw")
    found = checked.Fields(fields.any("found"), f"{where}: found", raw)
    digests = checked.Fields(raw, f"{where}: raw", raw)
    return Seen(
        file_name(fields.any("file"), where),
        _size(fields),
        _print_from_json(checked.Fields(fields.any("pixels"), f"{where}: pixels", ("sha256", "samples"))),
        dict(tensors),
        {name: digests.text(name, _DIGEST) for name in raw},
        {name: _unpacked(found.text(name, _BASE64), f"{where}: found: {name}", classes) for name in raw},
    )


class _Shown(NamedTuple):
    size: PictureSize
    tensor: Fingerprint


def _tensor_from_json(value: object, where: str) -> _Shown:
    fields = checked.Fields(value, where, ("width", "height", "sha256", "samples"))
    return _Shown(_size(fields), _print_from_json(fields))


def _size(fields: checked.Fields) -> PictureSize:
    return PictureSize(fields.whole("width", 1, 2**31), fields.whole("height", 1, 2**31))


def _print_to_json(one: Fingerprint) -> dict[str, object]:
    return {"sha256": one.sha256, "samples": one.samples.hex()}


def _print_from_json(fields: checked.Fields) -> Fingerprint:
    samples = bytes.fromhex(fields.text("samples", f"[0-9a-f]{{{2 * SAMPLES}}}"))
    return Fingerprint(fields.text("sha256", _DIGEST), samples)


_BASE64 = r"[A-Za-z0-9+/]*={0,2}"


def _packed(found: Detections) -> str:
    """Seven 32-bit numbers a detection, base64: a tenth of what the same would take spelled out."""
    columns = (found.labels[:, None], found.scores[:, None], found.raw[:, None], found.boxes)
    return base64.b64encode(np.concatenate(columns, axis=1).astype(_ROW).tobytes()).decode()


def _unpacked(text: str, where: str, classes: int) -> Detections:
    try:
        rows = np.frombuffer(base64.b64decode(text, validate=True), _ROW).reshape(-1, _COLUMNS).astype(np.float32)
    except (binascii.Error, ValueError):
        checked.fault(where, f"rows of {_COLUMNS} numbers in 32 bits, base64", text)
    labels = rows[:, 0].astype(np.int64) if np.isfinite(rows).all() else np.full(len(rows), -1)
    sound = (labels == rows[:, 0]) & (labels >= 0) & (labels < classes)
    within = ((rows[:, 1:3] >= 0) & (rows[:, 1:3] <= 1)).all(axis=1)
    if not (sound & within).all():
        checked.fault(where, f"classes below {classes} and scores from 0 to 1", text)
    return Detections(rows[:, 3:], labels, rows[:, 1], rows[:, 2])
