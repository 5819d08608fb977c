"""The practice world that was trained in, and the two seasons of it that are played."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from detection.edge.trust.bundle import Bundle
from detection.errors import DetectionError
from detection.outside import rehearsal
from detection.scenes.seasons import stable_on, winter_with_crates
from detection.scenes.warehouse import World


@dataclass(frozen=True, slots=True)
class Seasons:
    """The same world twice: as it was, and with the season that follows."""

    control: World
    following: World


def seasons(later: timedelta) -> Seasons:
    """Both seasons, played so many days later: other parcels on the belts.

    Raises:
        DetectionError: params.yaml draws no practice world.
    """
    world, winter = rehearsal.world_of(Path()), winter_with_crates()
    control = replace(world, season=stable_on(date(2026, 6, 2) + later))
    return Seasons(control, replace(world, season=replace(winter, day=winter.day - later)))


def cameras(bundle: Bundle, world: World) -> tuple[str, ...]:
    """Cameras that the bundle was validated on and that the world has.

    Raises:
        DetectionError: there is none.
    """
    known = {take.shot.camera for take in rehearsal.takes(world, bundle.reference().cameras(), 1)}
    if not known:
        raise DetectionError(
            f"{bundle.folder}: none of its baselines is a camera of the practice world in params.yaml; "
            "build the bundle from that world, or name another bundle"
        )
    return tuple(sorted(known))
