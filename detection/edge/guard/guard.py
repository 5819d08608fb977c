"""The domain guard: says of every frame whether it lies in the validated world, and what is answered if it does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from detection.edge.guard.cameras import CameraHealth
from detection.edge.telemetry.domain import MODES, Domain
from detection.edge.telemetry.optics import OpticalBench, Optics

OUTSIDE = "out-of-domain"
DEGRADED = "camera"

_MARKS = ("frozen", "covered", "moved")
"""States of a camera that are counted."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the guard says of one frame.

    Attributes:
        flags: as the answer tells them, such as ``out-of-domain:brightness`` and ``camera:frozen``, in order.
        withheld: no detections are answered.
        marks: counters of telemetry that the frame adds one to.
    """

    flags: tuple[str, ...] = ()
    withheld: bool = False
    marks: tuple[str, ...] = ()

    @property
    def outside(self) -> bool:
        """The frame itself is not like the validated ones."""
        return bool(self.flags) and any(flag.startswith(f"{OUTSIDE}:") for flag in self.flags)

    @property
    def degraded(self) -> bool:
        """Its camera does not see what it should."""
        return any(flag.startswith(f"{DEGRADED}:") for flag in self.flags)


FINE = Judgement()
"""Nothing to say."""


class Guard:
    """Judges frame after frame of any number of cameras."""

    def __init__(self, domain: Domain, bench: OpticalBench, still: bool = False) -> None:
        """With the bundle's domain.

        Args:
            domain: the validated world.
            bench: that measures; learns views of cameras that the reference does not know.
            still: cameras' pictures may be equal for ever.
        """
        self._domain = domain
        self._ranges = [(name, attrgetter(name), one.lowest, one.highest) for name, one in domain.ranges.items()]
        self._bench = bench
        self._still = still
        self._cameras: dict[str, CameraHealth] = {}

    def judge(self, camera: str, at: datetime, optics: Optics) -> Judgement:
        """One frame.

        Args:
            camera: who took it.
            at: when.
            optics: what was measured of it.
        """
        outside = self._outside(camera, optics)
        health = self._cameras.get(camera)
        if health is None:
            health = self._cameras[camera] = CameraHealth(camera, self._domain.limits, self._still)
        states = health.saw(at, optics, self._bench)
        if not outside and not states:
            return FINE
        modes = self._domain.modes
        asked = ([modes.out_of_domain] if outside else []) + ([modes.degraded_camera] if states else [])
        mode = max(asked, key=MODES.index)
        flags = [f"{OUTSIDE}:{name}" for name in outside] + [f"{DEGRADED}:{state}" for state in states]
        flags += {"flag": [], "suppress": ["suppressed"], "fallback": ["fallback"]}[mode]
        marks = ["out_of_domain"] if outside else []
        marks += ["foreign_size"] if "size" in outside else []
        marks += [state for state in states if state in _MARKS]
        marks += [] if mode == "flag" else ["suppressed"]
        return Judgement(tuple(flags), mode != "flag", tuple(marks))

    def _outside(self, camera: str, optics: Optics) -> list[str]:
        domain, found = self._domain, []
        for name, value_of, lowest, highest in self._ranges:
            if not lowest <= value_of(optics) <= highest:
                found.append(name)
        if domain.sizes is not None and (optics.width, optics.height) not in domain.sizes:
            found.append("size")
        if domain.cameras is not None and camera not in domain.cameras:
            found.append("camera")
        return found
