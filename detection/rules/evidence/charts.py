"""Charts as values: what is drawn, not how."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]


class Stroke(Enum):
    """How a series is drawn."""

    SOLID = "-"
    DASHED = "--"


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One line.

    Attributes:
        name: for the legend; empty leaves it out.
        x: ``(n,)`` ascending.
        y: ``(n,)`` values; NaN leaves a gap.
        colour: which of the palette's colours, from 0.
        stroke: its manner.
        dots: mark each point, for series of few.
        weight: ``(n,)`` in [0, 1], how large each dot is; none draws all alike.
    """

    name: str
    x: Reals
    y: Reals
    colour: int = 0
    stroke: Stroke = Stroke.SOLID
    dots: bool = False
    weight: Reals | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """One place on the x axis, drawn from bottom to top.

    Attributes:
        name: for the legend.
        x: where.
        colour: which of the palette's colours, from 0.
    """

    name: str
    x: float
    colour: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """Lines over one pair of axes.

    Attributes:
        title: above it.
        x_name: below it.
        y_name: beside it.
        series: back to front.
        unit_x: the x axis runs from 0 to 1.
        unit_y: the y axis runs from 0 to 1.
        diagonal: draw where x equals y.
        zero: the y axis begins at 0.
        marks: places on the x axis, such as a cut that was chosen.
    """

    title: str
    x_name: str
    y_name: str
    series: tuple[Series, ...]
    unit_x: bool = False
    unit_y: bool = False
    diagonal: bool = False
    zero: bool = False
    marks: tuple[Mark, ...] = ()
