"""``domain.json``: the world in which the detector was validated, and what is answered outside of it.

Stage ``calibrate`` measures the ranges on the validation frames with the device's own code; the spec's sections
``domain`` and ``failure_modes`` decide the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from detection.edge import checked

NAME = "domain.json"
FORMAT = 1
RANGES = ("brightness", "contrast", "sharpness")
"""What may have a validated range."""
MODES = ("flag", "suppress", "fallback")
"""What may be answered; docs/runtime-output.md says it for users.

``flag``: detections as ever, and why they may be wrong. ``suppress``: no detections, the flag ``suppressed``.
``fallback``: no detections, the flag ``fallback``: whoever acts on answers does what is done without a detector.
"""


@dataclass(frozen=True, slots=True)
class Range:
    """Validated values, both ends allowed."""

    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class Modes:
    """What is answered; each one of :data:`MODES`.

    Attributes:
        out_of_domain: to a frame outside the validated world.
        degraded_camera: to a frame of a camera that is frozen, covered, moved or slow.
    """

    out_of_domain: str
    degraded_camera: str


@dataclass(frozen=True, slots=True)
class CameraLimits:
    """When a camera is degraded.

    Attributes:
        frozen_s: seconds of equal pictures.
        covered_contrast: standard deviation of grey below which it is covered, if it is not sharp either.
        covered_sharpness: the sharpness that counts as sharp.
        moved_similarity: correlation with its own view below which it has moved.
        moved_s: seconds for which it must have looked elsewhere.
        rate_minimum_hz: frames a second below which it is slow; None does not look.
    """

    frozen_s: float
    covered_contrast: float
    covered_sharpness: float
    moved_similarity: float
    moved_s: float
    rate_minimum_hz: float | None


@dataclass(frozen=True, slots=True)
class Domain:
    """The validated world.

    Attributes:
        ranges: by name, some of :data:`RANGES`.
        sizes: width and height of validated frames, pixels; None allows any.
        cameras: names of the validated cameras; None allows any.
        limits: when a camera is degraded.
        modes: what is answered outside.
    """

    ranges: Mapping[str, Range]
    sizes: frozenset[tuple[int, int]] | None
    cameras: frozenset[str] | None
    limits: CameraLimits
    modes: Modes

    def to_json(self) -> dict[str, object]:
        """As plain values."""
        limits = self.limits
        return {
            "format": FORMAT,
            "ranges": {name: [one.lowest, one.highest] for name, one in sorted(self.ranges.items())},
            "sizes": None if self.sizes is None else [list(size) for size in sorted(self.sizes)],
            "cameras": None if self.cameras is None else sorted(self.cameras),
            "limits": {
                "frozen_s": limits.frozen_s,
                "covered_contrast": limits.covered_contrast,
                "covered_sharpness": limits.covered_sharpness,
                "moved_similarity": limits.moved_similarity,
                "moved_s": limits.moved_s,
                "rate_minimum_hz": limits.rate_minimum_hz,
            },
            "modes": {"out_of_domain": self.modes.out_of_domain, "degraded_camera": self.modes.degraded_camera},
        }

    @classmethod
    def from_json(cls, value: object, where: str = NAME) -> Domain:
        """Read and check all of it.

        Raises:
            BundleError: anything missing, unknown or out of bounds.
        """
        fields = checked.Fields(value, where, ("format", "ranges", "sizes", "cameras", "limits", "modes"))
        fields.whole("format", FORMAT, FORMAT)
        ranges = checked.entries(fields.any("ranges"), f"{where}: ranges")
        if strange := sorted(set(ranges) - set(RANGES)):
            checked.fault(f"{where}: ranges", f"some of {list(RANGES)}", strange)
        modes = checked.Fields(fields.any("modes"), f"{where}: modes", ("out_of_domain", "degraded_camera"))
        either = "|".join(MODES)
        return cls(
            {name: _range(found, f"{where}: ranges: {name}") for name, found in ranges.items()},
            None if fields.any("sizes") is None else frozenset(fields.many("sizes", _size)),
            None if fields.any("cameras") is None else frozenset(fields.many("cameras", _camera)),
            _limits(fields.any("limits"), f"{where}: limits"),
            Modes(modes.text("out_of_domain", either), modes.text("degraded_camera", either)),
        )


def _range(value: object, where: str) -> Range:
    ends = checked.numbers(value, where)
    if len(ends) != 2 or ends[0] > ends[1]:
        checked.fault(where, "the lowest and the highest value", list(ends))
    return Range(*ends)


def _size(value: object, where: str) -> tuple[int, int]:
    sides = checked.many(value, where, lambda side, _: side)
    if len(sides) != 2:
        checked.fault(where, "width and height", value)
    fields = checked.Fields({"width": sides[0], "height": sides[1]}, where, ("width", "height"))
    return fields.whole("width", 1, 2**20), fields.whole("height", 1, 2**20)


def _camera(value: object, where: str) -> str:
    return checked.Fields({"camera": value}, where, ("camera",)).text("camera")


def _limits(value: object, where: str) -> CameraLimits:
    names = (
        "frozen_s", "covered_contrast", "covered_sharpness", "moved_similarity", "moved_s", "rate_minimum_hz",
    )  # fmt: skip
    fields = checked.Fields(value, where, names)
    rate = None if fields.any("rate_minimum_hz") is None else fields.number("rate_minimum_hz", 0, 1e6)
    return CameraLimits(
        fields.number("frozen_s", 0, 1e9),
        fields.number("covered_contrast", 0, 255),
        fields.number("covered_sharpness", 0, 1e9),
        fields.number("moved_similarity", -1, 1),
        fields.number("moved_s", 0, 1e9),
        rate,
    )
