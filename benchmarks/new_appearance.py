"""Does the queue's ``new-appearance`` find a kind of parcel that nobody has shown, and only that?

    python -m benchmarks.new_appearance [--data data] [--frames 576]

Known are the training and validation frames of the workspace's data set, which the practice world drew. The field is
the same cameras on other days, without crates and with them, in June's light and in December's. For each light: area
under the ROC curve of novelty against "a crate is in view", how many of the 40 newest frames show one and how many
would by chance, and which part of the frames with and without a crate is over the spec's bound.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from sklearn.metrics import roc_auc_score

from detection.outside import documents
from detection.outside.dataset import Dataset
from detection.outside.queues import appearance
from detection.outside.queues.appearance import Known
from detection.outside.queues.making import known_frames
from detection.rules.spec.spec import Spec
from detection.scenes.seasons import Season, at_month, stable_on
from detection.scenes.warehouse import World, labelled, plan, render

SEED, CAMERAS, WIDTH, HEIGHT = 7, 36, 320, 256
"""Of the world in params.yaml."""
CRATES = 0.15
"""Part of the parcels, on days with crates."""
NEWEST = 40
_SCENES = 4


@dataclass(frozen=True, slots=True)
class Seen:
    """One frame: how new it is, and whether a crate is in view."""

    novelty: float
    crate: bool


def days(light: str) -> tuple[Season, Season]:
    """A day without crates and one with them."""
    if light == "June":
        return stable_on(date(2026, 6, 20)), replace(stable_on(date(2026, 6, 21)), crate_share=CRATES)
    return at_month(12), replace(at_month(12), crate_share=CRATES, day=date(2026, 12, 16))


def seen(season: Season, known: Known, frames: int) -> Iterator[Seen]:
    """Photograph a day, a few frames of each camera, and ask how new each is."""
    world = World(SEED, CAMERAS, WIDTH, HEIGHT, season)
    shots = plan(world, CAMERAS * 6 * _SCENES)
    for shot in shots[:: max(1, len(shots) // frames)]:
        picture = render(world, shot)
        visible = labelled(picture.truth, 10, 0.35) & (picture.truth.labels == "crate")
        yield Seen(known.novelty(appearance.parts_of(picture.pixels)), bool(visible.any()))


def figures(light: str, known: Known, frames: int, bound: float) -> tuple[str, ...]:
    """One row of the table."""
    both = [one for day in days(light) for one in seen(day, known, frames // 2)]
    novelty, crate = np.array([one.novelty for one in both]), np.array([one.crate for one in both])
    newest = np.argsort(-novelty, kind="stable")[:NEWEST]
    over = novelty >= bound
    return (
        light, f"{len(both)} ({crate.sum()})", f"{roc_auc_score(crate, novelty):.3f}",
        f"{crate[newest].sum()} of {len(newest)} ({crate.mean() * len(newest):.0f})",
        f"{over[crate].mean():.0%}", f"{over[~crate].mean():.0%}",
    )  # fmt: skip


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--frames", type=int, default=576, help="of each light")
    asked = parser.parse_args()
    known = known_frames(Dataset.open(asked.data))
    if known is None:
        raise SystemExit(f"{asked.data}: its frames are of one scene; draw the practice world with `dvc repro`")
    bound = documents.read_document(Spec, Path("specs/spec.yaml")).review.novelty
    shown = Table(
        "light", "frames (with a crate)", "AUC", f"of the {NEWEST} newest (by chance)", "over: crate", "over: none"
    )
    for light in ("June", "December"):
        shown.add_row(*figures(light, known, asked.frames, bound))
    Console().print(shown)
    print(f"over: part of the frames at or above the spec's bound of {bound:g}")


if __name__ == "__main__":
    main()
