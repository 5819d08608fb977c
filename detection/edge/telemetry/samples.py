"""Frames that a device kept for people to look at: what is said of each, and how the folder is read.

Below the folder lies each frame as ``<sha256>.jpg`` or ``.png`` (its own bytes where it came as such a file), and
beside them segments of lines, one for each sample, that are written like those of telemetry. A frame without a line is
one whose line the power cut took; it is not read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from detection.edge import checked
from detection.edge.answers import detections_from_json, detections_to_json
from detection.edge.boxes import Detections
from detection.edge.telemetry.outbox import read_segment, segments_of
from detection.edge.telemetry.records import DEVICE, Origin
from detection.errors import BundleError, TelemetryError

FORMAT = 1
CONTROL, LOW_MARGIN, OUTSIDE = "control", "low-margin", "out-of-domain"
REASONS = (CONTROL, LOW_MARGIN, OUTSIDE)
"""Drawn at random from all frames; a score near its threshold; outside the validated world."""

_FIELDS = (
    "format", "device", "bundle", "variant", "boot", "frame", "file", "sha256", "camera", "captured_at", "width",
    "height", "reasons", "flags", "detections",
)  # fmt: skip
_FLAG = r"[a-z0-9:-]{1,64}"
_MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One frame that was kept.

    Attributes:
        origin: which device, bundle, variant and run.
        frame: its name, as the answer tells it.
        file: name of its picture in the folder, ``<sha256>.jpg`` or ``.png``.
        camera: who took it.
        captured_at: ISO 8601, UTC, milliseconds.
        width: pixels.
        height: pixels.
        reasons: some of :data:`REASONS`, why it was kept.
        flags: of its answer.
        detections: everything above the floor, those below their thresholds too.
    """

    origin: Origin
    frame: str
    file: str
    camera: str
    captured_at: str
    width: int
    height: int
    reasons: tuple[str, ...]
    flags: tuple[str, ...]
    detections: Detections

    @property
    def sha256(self) -> str:
        """Of the picture's bytes."""
        return self.file.partition(".")[0]

    def to_line(self, classes: Sequence[str]) -> str:
        """One line of JSON with its newline."""
        value = {
            "format": FORMAT,
            "device": self.origin.device,
            "bundle": self.origin.bundle,
            "variant": self.origin.variant,
            "boot": self.origin.boot,
            "frame": self.frame,
            "file": self.file,
            "sha256": self.sha256,
            "camera": self.camera,
            "captured_at": self.captured_at,
            "width": self.width,
            "height": self.height,
            "reasons": list(self.reasons),
            "flags": list(self.flags),
            "detections": detections_to_json(self.detections, classes),
        }
        return json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False) + "\n"

    @classmethod
    def from_line(cls, line: bytes, where: str, classes: Sequence[str]) -> Sample:
        """Read one line, hostile until checked; whether its picture is there is for :func:`read_samples` to say.

        Raises:
            TelemetryError: damaged, or of classes that the bundle does not know.
        """
        try:
            fields = checked.Fields(checked.parse(line, where), where, _FIELDS)
            fields.whole("format", FORMAT, FORMAT)
            digest = fields.text("sha256", r"[0-9a-f]{64}")
            return cls(
                Origin(
                    fields.text("device", DEVICE), fields.text("bundle", r"[0-9a-f]{64}"), fields.text("variant"),
                    fields.text("boot", r"[0-9a-f]{16}"),
                ),
                fields.text("frame", r"[^\x00-\x1f\x7f\ud800-\udfff]{0,4096}"),
                fields.text("file", rf"{digest}\.(jpg|png)"),
                fields.text("camera"),
                fields.text("captured_at", _MOMENT),
                fields.whole("width", 1, 2**20),
                fields.whole("height", 1, 2**20),
                fields.many("reasons", lambda item, place: _word(item, place, "|".join(REASONS))),
                fields.many("flags", lambda item, place: _word(item, place, _FLAG)),
                detections_from_json(fields.any("detections"), f"{where}: detections", classes),
            )  # fmt: skip
        except BundleError as error:
            raise TelemetryError(f"{error.headline.split('; fetch the bundle')[0]}; leave it out") from error


def read_samples(folder: Path, classes: Sequence[str]) -> Iterator[Sample]:
    """Every sample of a folder once, whose picture is there and is what its name promises.

    Raises:
        TelemetryError: no folder, a damaged segment or line, a picture that is missing or was changed.
    """
    seen: set[str] = set()
    for path in segments_of(folder):
        for number, line in enumerate(read_segment(path), start=1):
            sample = Sample.from_line(line, f"{path.name}:{number}", classes)
            if sample.sha256 not in seen:
                seen.add(sample.sha256)
                _require_picture(folder / sample.file, sample.sha256)
                yield sample


def _require_picture(path: Path, sha256: str) -> None:
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise TelemetryError(f"{path}: cannot be read ({error.strerror or error}); copy the folder again") from error
    if found != sha256:
        raise TelemetryError(f"{path}: was changed, its SHA-256 is {found[:12]}...; copy the folder again")


def _word(value: object, where: str, pattern: str) -> str:
    return checked.Fields({"word": value}, where, ("word",)).text("word", pattern)
