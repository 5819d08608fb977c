"""How the weights came about, for people: the sanity check and the curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.rules.evidence.charts import Chart, Series, Stroke
from detection.rules.evidence.numerals import digits, thousands
from detection.rules.evidence.page import Fact, Facts, Picture, Pictures, Section
from detection.rules.evidence.tone import Tone

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Overfit:
    """The sanity check: can the model learn a handful of frames by heart? ``minimum`` is the spec's."""

    frames: int
    ap50: float
    minimum: float


@dataclass(frozen=True, slots=True)
class Recipe:
    """The parameters of training that name its result."""

    model: str
    epochs: int
    size: int
    seed: int
    threads: int


@dataclass(frozen=True, slots=True)
class Training:
    """What was trained, of all that stage ``train`` says about it."""

    params: Recipe
    train_frames: int
    val_frames: int
    tensors_sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Training, epoch by epoch.

    Attributes:
        epochs: ``(e,)`` numbers.
        losses: name to ``(e,)`` values on the training frames.
        accuracy: name to ``(e,)`` values on val; NaN in epochs that were not measured.
    """

    epochs: Reals
    losses: dict[str, Reals]
    accuracy: dict[str, Reals]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One line over the unit square: recall to precision, or said score to observed precision."""

    variant: str
    label: str
    x: Reals
    y: Reals


def section(overfit: Overfit, training: Training, charts: Sequence[Picture]) -> Section:
    """The sanity check and the learning curves."""
    tone = Tone.GOOD if overfit.ap50 >= overfit.minimum else Tone.BAD
    needed = f"on {overfit.frames} frames, needs {overfit.minimum:g}"
    facts = Facts(
        (
            Fact("Sanity check, AP50", digits(overfit.ap50), needed, tone),
            Fact("Architecture", training.params.model.removesuffix(".yaml"), f"input {training.params.size} pixels"),
            Fact("Epochs", str(training.params.epochs)),
            Fact("Learned from", thousands(training.train_frames), "frames"),
            Fact("Watched on", thousands(training.val_frames), "frames"),
        )
    )
    lead = "First the model had to learn a handful of frames by heart; then it was trained on all of them."
    return Section("learning", "Learning", lead, (facts, Pictures(tuple(charts), charts=True)))


def history_charts(history: History) -> tuple[Chart, ...]:
    """Losses, and accuracy on val where it was measured."""
    losses = _over_epochs("Loss on the training frames", "loss", history.epochs, history.losses)
    measured = {name: y for name, y in history.accuracy.items() if np.isfinite(y).sum() > 1}
    if not measured:
        return (losses,)
    return losses, _over_epochs("Accuracy on val", "value", history.epochs, measured)


def square_chart(title: str, axes: tuple[str, str], curves: Sequence[Curve], diagonal: bool) -> Chart:
    """Curves over the unit square: a colour per class, a stroke per variant."""
    labels = list(dict.fromkeys(c.label for c in curves))
    variants = list(dict.fromkeys(c.variant for c in curves))
    strokes = list(Stroke)
    series = tuple(
        Series(
            c.label if len(variants) == 1 else f"{c.label}, {c.variant}",
            c.x,
            c.y,
            labels.index(c.label),
            strokes[variants.index(c.variant) % len(strokes)],
            dots=diagonal,
        )
        for c in curves
    )
    return Chart(title, *axes, series, unit_x=True, unit_y=True, diagonal=diagonal)


def _over_epochs(title: str, y_name: str, epochs: Reals, values: dict[str, Reals]) -> Chart:
    known = {name: np.isfinite(y) for name, y in values.items()}
    series = tuple(
        Series(name, epochs[known[name]], y[known[name]], colour, dots=not known[name].all())
        for colour, (name, y) in enumerate(values.items())
    )
    return Chart(title, "epoch", y_name, series, zero=True)
