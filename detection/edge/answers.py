"""What the runtime says of each frame: one JSON object a line. docs/runtime-output.md is its description for users."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

import numpy as np

from detection.edge import checked
from detection.edge.boxes import Detections


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What was found in one frame.

    Attributes:
        frame: its path below the source, or the video's name and frame number.
        camera: which camera took it.
        captured_at: when, with its zone.
        width: of the frame, pixels.
        height: of the frame, pixels.
        variant: which model variant looked.
        latency_ms: from decoded frame to detections.
        detections: calibrated; cut at the thresholds unless all were asked for; none where the guard holds them back.
        flags: why the frame or its camera is not as validated, such as ``out-of-domain:brightness``; mostly none.
    """

    frame: str
    camera: str
    captured_at: datetime
    width: int
    height: int
    variant: str
    latency_ms: float
    detections: Detections
    flags: tuple[str, ...] = ()

    def to_line(self, classes: Sequence[str]) -> str:
        """One line of JSON with its newline."""
        return _line(
            {
                "frame": self.frame,
                "camera": self.camera,
                "captured_at": spelled(self.captured_at),
                "width": self.width,
                "height": self.height,
                "variant": self.variant,
                "latency_ms": round(self.latency_ms, 3),
                "flags": list(self.flags),
                "detections": detections_to_json(self.detections, classes),
            }
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """A frame that could not be looked at, and why."""

    frame: str
    error: str

    def to_line(self, classes: Sequence[str]) -> str:
        """One line of JSON with its newline."""
        return _line({"frame": self.frame, "error": self.error})


def spelled(moment: datetime) -> str:
    """A time as ISO 8601 in UTC with milliseconds: ``2026-11-21T03:15:00.000Z``."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def detections_to_json(detections: Detections, classes: Sequence[str]) -> list[dict[str, object]]:
    """As plain values, each float32 by its shortest spelling: reading them back gives the same bits."""
    return [
        {"label": classes[label], "score": _short(score), "raw": _short(raw), "box": [_short(corner) for corner in box]}
        for label, score, raw, box in zip(
            detections.labels, detections.scores, detections.raw, detections.boxes, strict=True
        )
    ]


def detections_from_json(value: object, where: str, classes: Sequence[str]) -> Detections:
    """What :func:`detections_to_json` wrote.

    Raises:
        BundleError: an unknown class, or a value out of bounds.
    """

    def one(item: object, place: str) -> tuple[int, list[float]]:
        fields = checked.Fields(item, place, ("label", "score", "raw", "box"))
        label = fields.text("label")
        if label not in classes:
            checked.fault(place, f"one of {list(classes)}", label)
        box = fields.numbers("box")
        if len(box) != 4:
            checked.fault(place, "four corners", box)
        return classes.index(label), [fields.number("score", 0, 1), fields.number("raw", 0, 1), *box]

    rows = checked.many(value, where, one)
    columns = np.array([numbers for _, numbers in rows], np.float32).reshape(-1, 6)
    return Detections(columns[:, 2:], np.array([label for label, _ in rows], np.int64), columns[:, 0], columns[:, 1])


def _short(value: np.float32) -> float:
    return float(str(value))


def _line(value: dict[str, object]) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False) + "\n"
