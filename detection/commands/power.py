"""``detection power``: what the judging sets can prove of the specification, before anything is trained.

Reads specs/spec.yaml; frames, labels and splits of data/validate, data/agreement and data/split
"""

from __future__ import annotations

import math
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from detection.errors import GateRefusalError
from detection.outside.documents import read_document
from detection.rules.judging.gates.power import Plan, Prospect

app = typer.Typer(help="What the judging sets can prove of the specification, before training.", add_completion=False)

Power = Annotated[float, typer.Option(min=0.05, max=0.99, help="How often a model that is good enough shall pass.")]
Likeness = Annotated[
    float, typer.Option(min=0.001, max=0.9, help="Assumed correlation of boxes of one group: how much groups differ.")
]
Draws = Annotated[int, typer.Option(min=100, help="Worlds simulated for each figure.")]
Seed = Annotated[int, typer.Option(min=0, help="Of the simulation.")]


@app.command(epilog="Example: detection power --power 0.9")
def power(wished: Power = 0.8, likeness: Likeness = 0.1, draws: Draws = 2000, seed: Seed = 0) -> None:
    """What the judging sets can prove; exit status 2 if a line of the gate is out of any model's reach."""
    from detection.rules.judging.gates.luck import Dice  # slow to load

    plan = Plan(wished, likeness, Dice(draws, seed))
    found = _prospects(plan)
    Console().print(table_of(found, plan))
    hopeless = [one for one in found if not one.provable]
    if hopeless:
        raise GateRefusalError(
            f"{len(hopeless)} of {len(found)} lines cannot pass, however good the model is: the sets are too small; "
            "add frames of further groups with `detection golden add`, or ask for less and say why in specs/changes.md"
        )


def _prospects(plan: Plan) -> list[Prospect]:
    """Read, and foretell every criterion."""
    from pathlib import Path

    import numpy as np

    from detection.outside.dataset import Dataset
    from detection.rules.judging.gates.power import Objects, prospects
    from detection.rules.judging.scores.observations import FrameFacts
    from detection.rules.judging.scores.sizes import sizes_of
    from detection.rules.spec.spec import Spec

    spec = read_document(Spec, Path("specs/spec.yaml"))
    dataset = Dataset.open()
    frames, labels = dataset.frames, dataset.labels
    facts = FrameFacts(frames.id, frames.name, dataset.group_of, dataset.split_of, frames.conditions)
    counts = np.flatnonzero(~labels.crowd)
    labels = labels.take(counts)
    objects = Objects(labels.frame, labels.label, sizes_of(labels.corners, spec.judging.sizes))
    return list(prospects(spec.acceptance.criteria, facts, objects, plan))


def table_of(found: list[Prospect], plan: Plan) -> Table:
    """One row a criterion."""
    shown = Table(
        title=f"what can be proven, {plan.power:.0%} of the time, if boxes of a group are alike by {plan.likeness:g}",
        title_justify="left",
    )
    shown.add_column("criterion", overflow="fold")
    for heading in ("needs", "n (groups)", "worth", "perfect proves", "true value", "images to add"):
        shown.add_column(heading, justify="right")
    for one in found:
        shown.add_row(*_cells(one))
    shown.caption = (
        "n: objects of the slice; as many detections are assumed. worth: independent ones that would tell as much. "
        "perfect proves: of a model without an error. true value: from which a model passes that often. "
        "images to add: for a model half as far from perfection as the limit, from further groups."
    )
    shown.caption_justify = "left"
    return shown


def _cells(one: Prospect) -> tuple[str, ...]:
    asked = one.criterion
    narrowed = [f"{name} {' or '.join(values)}" for name, values in sorted(asked.where.items())]
    label = [] if asked.label == "every" else [asked.label]
    subject = ", ".join([f"{asked.set} {asked.metric.replace('_', ' ')}", *label, *narrowed])
    sign = "≥" if asked.at_least is not None else "≤"
    more = "-" if one.images_more is None and one.target is None else str(one.images_more)
    if one.images_more is None and one.target is not None:
        more = f"no number for {one.target:.3f}"
    elif one.images_more is not None and one.target is not None:
        more = f"{one.images_more} for {one.target:.3f}"
    return (
        subject, f"{sign} {asked.bound:g}", f"{one.n} ({one.groups})", str(math.floor(one.n / one.effect)),
        _share(one.best, one), "none" if one.truth_needed is None and one.target else _share(one.truth_needed, one),
        more,
    )  # fmt: skip


def _share(value: float | None, one: Prospect) -> str:
    """Rounded against the model: down what is proven, up what is needed."""
    if value is None:
        return "-"
    raised = value is one.truth_needed or one.criterion.at_least is None
    return f"{(math.ceil if raised else math.floor)(value * 1000) / 1000:.3f}"
