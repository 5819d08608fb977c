"""Which targets need an engine that only the device can build, and where it lies: in the slot, beside the bundle."""

from __future__ import annotations

from pathlib import Path

from detection.edge.trust.manifest import Target

BUILT_HERE = ("tensorrt",)
"""Engines whose files are valid on the card alone that built them."""


def engine_of(slot: Path, target: Target) -> Path | None:
    """The file of a target's own engine; None where the bundle's model file is what runs."""
    return slot / "engines" / f"{target.id}.engine" if target.engine in BUILT_HERE else None
