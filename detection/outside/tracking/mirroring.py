"""The registry's mirror in the tracker: made, caught up, compared. The registry itself is only read."""

from __future__ import annotations

from detection.outside.database.registry import Registry
from detection.outside.mlflow.client import connect
from detection.outside.mlflow.mirror import MlflowMirror
from detection.rules.registry.readings import Placed
from detection.rules.tracking.mirror import Mirrored, differences, mirrored


def mirror_of(registry: Registry, tracker: str) -> MlflowMirror:
    """The mirror of this registry in that tracker.

    Raises:
        TrackerError: the tracker cannot be opened.
    """
    return MlflowMirror(connect(tracker), tracker, registry.id)


def truth(registry: Registry) -> tuple[Mirrored, ...]:
    """What the mirror has to show."""
    placed = [Placed(slot, one.digest, one.stage) for slot in registry.slots() for one in registry.stages(slot)]
    return mirrored(registry.versions(), placed)


def catch_up(registry: Registry, tracker: str, rebuild: bool = False) -> int:
    """Make the mirror show what the registry has.

    Args:
        registry: the truth.
        tracker: address of the store.
        rebuild: throw the mirror away first.

    Returns:
        How many versions were added, changed or removed.

    Raises:
        TrackerError: the tracker cannot be reached or refuses; the registry is unaffected, run it again.
    """
    mirror = mirror_of(registry, tracker)
    if rebuild:
        mirror.clear()
    return mirror.write(truth(registry))


def compare(registry: Registry, tracker: str) -> tuple[str, ...]:
    """Where the mirror is not what it should be, a line each.

    Raises:
        TrackerError: the tracker cannot be asked.
    """
    return differences(truth(registry), mirror_of(registry, tracker).read())
