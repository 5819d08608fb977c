"""Golden frames: verified pictures that travel with what the detector found in them: a device can test itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detection.edge import checked
from detection.edge.answers import detections_from_json, detections_to_json
from detection.edge.boxes import Detections
from detection.edge.compare import Gap
from detection.edge.trust.manifest import file_name

NAME = "golden/expected.json"
_FORMAT = 2


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far another processor may differ; the spec's section ``parity`` decides it.

    Attributes:
        box_px: of a corner's coordinate, pixels of the frame.
        score: of a score.
        unmatched_share: detections without a partner, part of all of both sides.
    """

    box_px: float
    score: float
    unmatched_share: float

    def allows(self, gap: Gap) -> bool:
        """All within bounds, over at least one frame."""
        within = gap.box_px <= self.box_px and gap.score <= self.score
        return within and gap.unmatched_share <= self.unmatched_share and gap.frames > 0


@dataclass(frozen=True, slots=True, eq=False)
class GoldenFrame:
    """One picture and what every variant found in it, calibrated, before thresholds.

    Attributes:
        file: its name in the bundle.
        expected: detections by variant.
    """

    file: str
    expected: Mapping[str, Detections]


@dataclass(frozen=True, slots=True, eq=False)
class Golden:
    """``golden/expected.json``."""

    tolerance: Tolerance
    frames: tuple[GoldenFrame, ...]

    def to_json(self, classes: Sequence[str]) -> dict[str, object]:
        """As plain values; reading them back gives the same float32."""
        tolerance = self.tolerance
        return {
            "format": _FORMAT,
            "tolerance": {
                "box_px": tolerance.box_px,
                "score": tolerance.score,
                "unmatched_share": tolerance.unmatched_share,
            },
            "frames": [
                {"file": f.file, "expected": {v: detections_to_json(d, classes) for v, d in sorted(f.expected.items())}}
                for f in self.frames
            ],
        }

    @classmethod
    def from_json(cls, value: object, classes: Sequence[str], variants: Sequence[str]) -> Golden:
        """Read and check all of it; every frame must have an answer for every variant.

        Raises:
            BundleError: anything missing, unknown or out of bounds.
        """
        fields = checked.Fields(value, NAME, ("format", "tolerance", "frames"))
        fields.whole("format", _FORMAT, _FORMAT)
        limits = checked.Fields(fields.any("tolerance"), f"{NAME}: tolerance", ("box_px", "score", "unmatched_share"))
        tolerance = Tolerance(
            limits.number("box_px", 0, 1e6), limits.number("score", 0, 1), limits.number("unmatched_share", 0, 1)
        )

        def frame(item: object, where: str) -> GoldenFrame:
            inner = checked.Fields(item, where, ("file", "expected"))
            answers = checked.Fields(inner.any("expected"), f"{where}: expected", variants)
            expected = {v: detections_from_json(answers.any(v), f"{where}: {v}", classes) for v in variants}
            return GoldenFrame(file_name(inner.any("file"), where), expected)

        return cls(tolerance, fields.many("frames", frame))
