"""``reference.json``: how the signals were distributed on the validation frames, and the edges every device counts by.

Counts are kept per block (one scene of one camera): frames of a block are not independent, so a monitor that asks how
far chance alone can carry a window draws whole blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from detection.edge import checked
from detection.edge.telemetry import signals
from detection.edge.telemetry.histogram import Edges, Histogram
from detection.edge.telemetry.signals import SIGNALS, Tally

_FORMAT = 1


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One scene of one camera.

    Attributes:
        camera: the camera's name; ``""`` if unknown.
        block: the scene's name.
        tally: its frames and histograms.
    """

    camera: str
    block: str
    tally: Tally


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """The validated world, as the device's telemetry would have seen it.

    Attributes:
        edges: inner bin edges for each signal.
        blocks: ordered by camera and block.
    """

    edges: Mapping[str, Edges]
    blocks: tuple[Block, ...]

    def cameras(self) -> list[str]:
        """Names of the cameras, sorted."""
        return sorted({block.camera for block in self.blocks})

    def total(self, camera: str | None = None) -> Tally:
        """Everything of one camera, or of all."""
        tally = signals.nothing(self.edges)
        for block in self.blocks:
            tally = tally.merge(block.tally) if camera in (None, block.camera) else tally
        return tally

    def to_json(self) -> dict[str, object]:
        """As plain values."""
        return {
            "format": _FORMAT,
            "signals": {name: {"edges": self.edges[name].tolist()} for name in SIGNALS},
            "blocks": [
                {
                    "camera": block.camera,
                    "block": block.block,
                    "frames": block.tally.frames,
                    "counts": counts_to_json(block.tally),
                }
                for block in self.blocks
            ],
        }

    @classmethod
    def from_json(cls, value: object, where: str = "reference.json") -> Reference:
        """Read and check all of it.

        Raises:
            BundleError: anything missing, unknown, out of order or of another length.
        """
        fields = checked.Fields(value, where, ("format", "signals", "blocks"))
        fields.whole("format", _FORMAT, _FORMAT)
        described = checked.Fields(fields.any("signals"), f"{where}: signals", SIGNALS)
        edges = {name: _edges(described.any(name), f"{where}: signals: {name}") for name in SIGNALS}
        return cls(edges, fields.many("blocks", lambda item, place: _block(item, place, edges)))


def reference_of(edges: Mapping[str, Edges], blocks: Iterable[Block]) -> Reference:
    """A reference whose blocks stand in order: same blocks, same document."""
    return Reference(edges, tuple(sorted(blocks, key=lambda block: (block.camera, block.block))))


def counts_to_json(tally: Tally) -> dict[str, list[int]]:
    """A tally's counts as plain values."""
    return {name: tally.signals[name].counts.tolist() for name in SIGNALS}


def tally_from_json(frames: int, value: object, where: str, edges: Mapping[str, Edges]) -> Tally:
    """What :func:`counts_to_json` wrote, under the edges it was counted by.

    Raises:
        BundleError: a signal is missing or unknown, or a count is wrong.
    """
    fields = checked.Fields(value, where, SIGNALS)
    counted = {
        name: Histogram(edges[name], np.array(fields.counts(name, len(edges[name]) + 2), np.int64)) for name in SIGNALS
    }
    return Tally(frames, counted)


def _edges(value: object, where: str) -> Edges:
    edges = np.array(checked.ascending(checked.Fields(value, where, ("edges",)).numbers("edges"), where), np.float64)
    if len(edges) == 0:
        checked.fault(where, "at least one edge", [])
    return edges


def _block(value: object, where: str, edges: Mapping[str, Edges]) -> Block:
    fields = checked.Fields(value, where, ("camera", "block", "frames", "counts"))
    tally = tally_from_json(fields.whole("frames", 0, 2**53), fields.any("counts"), f"{where}: counts", edges)
    return Block(fields.text("camera"), fields.text("block"), tally)
