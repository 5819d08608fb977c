"""``reference.json``: how the signals were distributed on the validation frames, and the edges every device counts by.

Counts are kept per block (one scene of one camera and hour of the day): frames of a block are not independent, so a
monitor that asks how far chance alone can carry a window draws whole blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from detection.edge import checked
from detection.edge.telemetry import signals
from detection.edge.telemetry.histogram import Edges, Histogram
from detection.edge.telemetry.optics import VIEW_HEIGHT, VIEW_WIDTH, Thumbnail
from detection.edge.telemetry.signals import BOX_SIGNALS, FRAME_SIGNALS, Tally

FORMAT = 2
MAXIMUM_EDGES = 256


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One scene of one camera.

    Attributes:
        camera: the camera's name; ``""`` if unknown.
        block: the scene's name.
        hour: of the day in which its first frame was taken, UTC, 0 to 23.
        tally: its frames and histograms.
    """

    camera: str
    block: str
    hour: int
    tally: Tally


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """The validated world, as the device's telemetry would have seen it.

    Attributes:
        edges: inner bin edges for each of :func:`detection.edge.telemetry.signals.names`, in that order.
        blocks: ordered by camera, block and hour.
        views: where each camera pointed, by its name; of a camera that is not named nobody knows.
    """

    edges: Mapping[str, Edges]
    blocks: tuple[Block, ...]
    views: Mapping[str, Thumbnail]

    @property
    def classes(self) -> tuple[str, ...]:
        """Class ids, in the order of the model's outputs."""
        return signals.classes_of(self.edges)

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
            "format": FORMAT,
            "classes": list(self.classes),
            "edges": {name: edges.tolist() for name, edges in self.edges.items()},
            "blocks": [
                {
                    "camera": block.camera,
                    "block": block.block,
                    "hour": block.hour,
                    "frames": block.tally.frames,
                    "counts": counts_to_json(block.tally),
                }
                for block in self.blocks
            ],
            "views": {camera: self.views[camera].ravel().tolist() for camera in sorted(self.views)},
        }

    @classmethod
    def from_json(cls, value: object, where: str = "reference.json") -> Reference:
        """Read and check all of it.

        Raises:
            BundleError: anything missing, unknown, out of order or of another length; an older format.
        """
        fields = checked.Fields(value, where, ("format", "classes", "edges", "blocks", "views"))
        fields.whole("format", FORMAT, FORMAT)
        classes = fields.many("classes", _class)
        if len(set(classes)) != len(classes):
            checked.fault(f"{where}: classes", "each once", list(classes))
        expected = signals.names(classes)
        described = checked.Fields(fields.any("edges"), f"{where}: edges", expected)
        edges = {name: _edges(described.any(name), f"{where}: edges: {name}") for name in expected}
        blocks = fields.many("blocks", lambda item, place: _block(item, place, edges))
        views = checked.entries(fields.any("views"), f"{where}: views")
        return cls(edges, blocks, {name: _view(view, f"{where}: views: {name}") for name, view in views.items()})


def reference_of(
    edges: Mapping[str, Edges], blocks: Iterable[Block], views: Mapping[str, Thumbnail] | None = None
) -> Reference:
    """A reference whose blocks stand in order: same blocks, same document."""
    ordered = sorted(blocks, key=lambda block: (block.camera, block.block, block.hour))
    return Reference(edges, tuple(ordered), views or {})


def counts_to_json(tally: Tally) -> dict[str, list[int]]:
    """A tally's counts as plain values."""
    return {name: histogram.counts.tolist() for name, histogram in tally.signals.items()}


def tally_from_json(frames: int, value: object, where: str, edges: Mapping[str, Edges]) -> Tally:
    """What :func:`counts_to_json` wrote, under the edges it was counted by.

    Raises:
        BundleError: a signal is missing or unknown, a count is wrong, or the signals disagree on how many frames or
            detections there were.
    """
    fields = checked.Fields(value, where, edges)
    counted = {
        name: Histogram(edges[name], np.array(fields.counts(name, len(edges[name]) + 2), np.int64)) for name in edges
    }
    detections = sum(sum(h.counts.tolist()) for name, h in counted.items() if name not in FRAME_SIGNALS + BOX_SIGNALS)
    for name, expected in [*((n, frames) for n in FRAME_SIGNALS), *((n, detections) for n in BOX_SIGNALS)]:
        found = sum(counted[name].counts.tolist())
        if found != expected:
            checked.fault(f"{where}: {name}", f"{expected} samples, as the other counts have it", found)
    return Tally(frames, counted)


def _class(value: object, where: str) -> str:
    return checked.Fields({"class": value}, where, ("class",)).text("class", r"[a-z0-9][a-z0-9_-]{0,63}")


def _edges(value: object, where: str) -> Edges:
    edges = np.array(checked.ascending(checked.numbers(value, where), where), np.float64)
    if not 1 <= len(edges) <= MAXIMUM_EDGES:
        checked.fault(where, f"1 to {MAXIMUM_EDGES} edges", len(edges))
    return edges


def _block(value: object, where: str, edges: Mapping[str, Edges]) -> Block:
    fields = checked.Fields(value, where, ("camera", "block", "hour", "frames", "counts"))
    tally = tally_from_json(fields.whole("frames", 0, 2**53), fields.any("counts"), f"{where}: counts", edges)
    return Block(fields.text("camera"), fields.text("block"), fields.whole("hour", 0, 23), tally)


def _view(value: object, where: str) -> Thumbnail:
    greys = checked.many(value, where, lambda item, place: int(checked.number(item, place, 0, 255)))
    if len(greys) != VIEW_WIDTH * VIEW_HEIGHT:
        checked.fault(where, f"{VIEW_WIDTH * VIEW_HEIGHT} greys", len(greys))
    return np.array(greys, np.uint8).reshape(VIEW_HEIGHT, VIEW_WIDTH)
