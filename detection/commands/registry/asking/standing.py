"""Versions and where they stand, as lines: what several verbs print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from detection.outside.database.registry import Registry
from detection.rules.evidence.registry import lines
from detection.rules.registry.readings import Standing
from detection.rules.registry.registered import Version
from detection.rules.registry.slots import Slot


def told(registry: Registry, versions: Sequence[Version], limit: int) -> Iterator[str]:
    """The newest versions of each model, and how many older ones there are."""
    standings = [(slot, one) for slot in registry.slots() for one in registry.stages(slot)]
    of: dict[tuple[str, str], list[tuple[Slot, Standing]]] = {}
    for slot, one in standings:
        of.setdefault((slot.model, one.digest), []).append((slot, one))
    for name in sorted({one.content.model for one in versions}):
        own = sorted((one for one in versions if one.content.model == name), key=lambda one: one.number, reverse=True)
        yield name
        for version in own[:limit]:
            yield from lines.version(version, of.get((name, version.content.digest), []))
        if len(own) > limit:
            yield f"  and {len(own) - limit} older: --limit {len(own)}"
