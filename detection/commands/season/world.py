"""The practice world that was trained in, and the two seasons of it that are played."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from pydantic import ConfigDict

from detection.edge.trust.bundle import Bundle
from detection.errors import DetectionError
from detection.outside import documents, rehearsal
from detection.rules.document import Document
from detection.scenes.seasons import stable_on, winter_with_crates
from detection.scenes.warehouse import World


class Drawn(Document):
    """What makes the practice world the one that was trained in."""

    model_config = ConfigDict(extra="ignore")

    seed: int
    cameras: int
    width: int
    height: int


class Origin(Document):
    """One source of frames: the practice world if it says what is drawn."""

    model_config = ConfigDict(extra="ignore")

    scenes: Drawn | None = None


class Collected(Document):
    """The part of the section ``collect`` of params.yaml that is needed here."""

    model_config = ConfigDict(extra="ignore")

    sources: list[Origin]


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
    world, winter = _world(), winter_with_crates()
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


def _world() -> World:
    sources = documents.read_document(Collected, Path("params.yaml"), section="collect").sources
    scenes = next((source.scenes for source in sources if source.scenes is not None), None)
    if scenes is None:
        raise DetectionError(
            "params.yaml: collect.sources has none of format scenes; only the practice world can change its season"
        )
    return World(scenes.seed, scenes.cameras, scenes.width, scenes.height)
