"""Sampled frames for tests of review queues."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from detection.outside import documents
from detection.rules.field.queue.candidates import Candidate, Context, Suspicion
from detection.rules.field.queue.items import Measured, Prediction
from detection.rules.spec.review import Quota, Reason, Review
from detection.rules.spec.spec import Spec

NOW = datetime(2026, 9, 1, 6, tzinfo=UTC)
REVIEW = documents.read_document(Spec, Path(__file__).resolve().parents[1] / "specs" / "spec.yaml").review
CUTS = {"int8": {"box": 0.5, "tube": 0.4}, "fp32": {"box": 0.6, "tube": 0.4}}
SUSPICION = Suspicion("cam-01", "incident-1", int(NOW.timestamp()) - 3600, True, "brightness")
CONTEXT = Context(CUTS, (SUSPICION,))


def box(score: float, label: str = "box", x: float = 10.0, cut: float = 0.5) -> Prediction:
    """A detection of 20 x 20 pixels."""
    return Prediction(label, score, score >= cut, x, 10.0, x + 20.0, 30.0)


def candidate(number: int, **changes: object) -> Candidate:
    """A frame that nothing speaks for: one sure detection, unlike all others, of a camera that is well."""
    frame = hashlib.sha256(f"frame {number}".encode()).hexdigest()
    plain = Candidate(
        frame=frame,
        suffix=".jpg",
        name=f"cam-00/{number:04d}.jpg",
        camera="cam-00",
        captured_at=NOW - timedelta(minutes=number),
        width=320,
        height=256,
        variant="int8",
        bundle="b" * 64,
        asked=(),
        flags=(),
        predictions=(box(0.9),),
        measured=Measured(100.0, 40.0, 300.0, 20.0),
        hash=int(frame[:16], 16),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def review(reasons: dict[Reason, int], per_camera: int = 100) -> Review:
    """The spec's review with other quotas, in this order."""
    quotas = [Quota(reason=r, frames=n, per_camera=per_camera, due_hours=24.0) for r, n in reasons.items()]
    return REVIEW.model_copy(update={"quotas": quotas})
