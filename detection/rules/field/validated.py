"""The validated world, from what was measured of its frames: the drift reference and the domain that ship."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detection.edge.telemetry import signals
from detection.edge.telemetry.domain import CameraLimits, Domain, Modes, Range
from detection.edge.telemetry.optics import Optics, Thumbnail, mean_view, view_of
from detection.edge.telemetry.reference import Block, Reference, reference_of
from detection.edge.telemetry.signals import KINDS, SignalValues
from detection.rules.spec import domain as rules
from detection.rules.spec.detector import FailureModes
from detection.rules.spec.edges import SignalEdges

BY_RATIO = ("contrast", "sharpness")
"""Ranges that are widened by a ratio, for half as sharp is as far away as twice as sharp."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One validation frame, measured by the device's own code.

    Attributes:
        camera: who took it; ``""`` if unknown.
        scene: of which scene it is.
        hour: of the day, UTC, 0 to 23.
        values: its signals.
        optics: of its picture.
    """

    camera: str
    scene: str
    hour: int
    values: SignalValues
    optics: Optics


def reference(edges: SignalEdges, classes: Sequence[str], seen: Sequence[Seen]) -> Reference:
    """The signals of the validated world, counted scene by scene as a device counts them.

    A frame's likeness to its camera's view is taken against the camera's other scenes, where there are some: against a
    mean that holds the frame itself, it would look more alike than any frame of the field ever can.

    Args:
        edges: the spec's.
        classes: of the model, in the order of its outputs.
        seen: the validation frames.
    """
    asked = signals.edges_for({kind: np.array(getattr(edges, kind), np.float64) for kind in KINDS}, classes)
    scenes: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    for one in seen:
        scenes[one.camera, one.scene].append(one)
    blocks = []
    for (camera, scene), members in scenes.items():
        others = [one.optics.thumbnail() for one in seen if one.camera == camera and one.scene != scene]
        view = mean_view(others or [one.optics.thumbnail() for one in members])
        tally = signals.nothing(asked).add([_with_view(one, view) for one in members])
        blocks.append(Block(camera, scene, members[0].hour, tally))
    return reference_of(asked, blocks, {camera: _view(seen, camera) for camera in {one.camera for one in seen}})


def domain(asked: rules.Domain, modes: FailureModes, seen: Sequence[Seen]) -> Domain:
    """Where the validated world ends, and what is answered outside.

    Args:
        asked: the spec's section ``domain``.
        modes: its section ``failure_modes``.
        seen: the validation frames, at least one.
    """
    ranges = {name: _range(name, asked, seen) for name in ("brightness", "contrast", "sharpness")}
    limits = CameraLimits(
        asked.frozen_s,
        asked.covered_contrast,
        ranges["sharpness"].lowest,
        asked.moved_similarity,
        asked.moved_s,
        asked.frame_rate_minimum_hz,
    )
    return Domain(
        {name: ranges[name] for name in asked.ranges},
        None if asked.sizes == "any" else frozenset((one.optics.width, one.optics.height) for one in seen),
        None if asked.cameras == "any" else frozenset(one.camera for one in seen),
        limits,
        Modes(modes.out_of_domain, modes.degraded_camera),
    )


def _range(name: str, asked: rules.Domain, seen: Sequence[Seen]) -> Range:
    values = np.array([getattr(one.optics, name) for one in seen], np.float64)
    by_ratio = name in BY_RATIO
    lowest, highest = np.quantile(np.log1p(values) if by_ratio else values, [asked.quantile, 1 - asked.quantile])
    margin = asked.margin_share * (highest - lowest)
    ends = np.array([lowest - margin, highest + margin])
    low, high = (np.expm1(ends) if by_ratio else ends).tolist()
    return Range(max(low, 0.0), high)


def _with_view(one: Seen, view: Thumbnail) -> SignalValues:
    return one.values._replace(optics=one.optics._replace(own_view=view_of(view)))


def _view(seen: Sequence[Seen], camera: str) -> Thumbnail:
    return mean_view([one.optics.thumbnail() for one in seen if one.camera == camera])
