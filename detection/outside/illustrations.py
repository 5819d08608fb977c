"""Pictures of the data set's frames for the report: samples with their labels, and the worst frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from detection.outside import pictures
from detection.outside.dataset import Dataset
from detection.outside.pictures import Mark
from detection.rules.evidence.judging import worst_frames
from detection.rules.evidence.judging.worst_frames import WorstFrame
from detection.rules.evidence.page import Picture, Pictures
from detection.rules.evidence.tone import Tone

SETS = ("test", "golden", "challenge")
"""Where errors are looked for, the first that has any."""
MARKS = "Green are the labels, red and broken what was missed, amber what was found and is not right."
SPECK = 0.06
"""Side of an error, as part of the frame's width, below which a whole frame would not show it."""
WIDTH = 320

Columns = Mapping[str, NDArray[np.generic]]


def samples(wanted: int, dataset: Dataset) -> Pictures:
    """Labelled frames, a camera each as far as there are enough; ids are digests, so first means none in particular."""
    seen: Counter[str] = Counter()
    turns = []
    for row, camera in enumerate(dataset.frames.camera):
        turns.append((seen[camera], row))
        seen[camera] += 1
    rows = sorted(row for _, row in sorted(turns)[:wanted])
    colours = _colours(sorted(set(dataset.labels.label)))
    shown = tuple(
        Picture(
            pictures.frame(dataset.image(row), _labels(dataset, row, colours)),
            f"Frame of {dataset.frames.camera[row]} with its labels",
            f"{dataset.split_of[row]} · {_where(dataset, row)}",
        )
        for row in track(rows, "report samples", console=Console(stderr=True))
    )
    return Pictures(shown, title="Sample frames with their labels")


def worst(
    wanted: int, names: Mapping[str, str], variant: str, ledger: Columns, dataset: Dataset
) -> tuple[Pictures, ...]:
    """The worst frames of each kind of error, a block a kind; of the first set in which the variant made any.

    Args:
        wanted: frames of each kind, at most.
        names: what people call the classes.
        variant: whose errors.
        ledger: ``data/diagnose/errors.parquet``.
        dataset: for the pictures.
    """
    made = set(ledger["set"][ledger["variant"] == variant])
    set_name = next((name for name in SETS if name in made), "")
    frames = worst_frames.worst_frames(ledger, variant, set_name, wanted)
    row_of = {str(name): row for row, name in enumerate(dataset.frames.id)}
    drawn = {
        one: _worst(one, names, dataset, row_of[one.frame])
        for one in track(frames, "report errors", console=Console(stderr=True))
    }
    return tuple(
        Pictures(tuple(p for one, p in drawn.items() if one.kind == kind), f"Worst frames: {kind}", "" if i else MARKS)
        for i, kind in enumerate(dict.fromkeys(one.kind for one in frames))
    )


def _worst(one: WorstFrame, names: Mapping[str, str], dataset: Dataset, row: int) -> Picture:
    """The whole frame; where its errors would be specks, what is around the clearest."""
    missed = one.kind == "missed"
    marks = [Mark(m.corners, pictures.RED if missed else pictures.AMBER, dashed=missed) for m in one.mistakes]
    wrong = {mark.corners for mark in marks}
    labels = [Mark(four, pictures.GREEN) for four in map(_four, dataset.labels_of(row).corners) if four not in wrong]
    image, caption = dataset.image(row), worst_frames.caption(one, names)
    x1, y1, x2, y2 = marks[0].corners
    specks = max(x2 - x1, y2 - y1) < SPECK * int(dataset.frames.width[row])
    drawn = (
        pictures.crop(image, marks[0], [*labels, *marks[1:]], side=WIDTH)
        if specks
        else pictures.frame(image, [*labels, *marks], width=WIDTH)
    )
    tone = Tone.BAD if missed else Tone.UNSURE
    alt = "Frame with errors: " + "; ".join(caption.splitlines())
    return Picture(drawn, alt, f"{caption}\n{_where(dataset, row)}", tone)


def _labels(dataset: Dataset, row: int, colours: Mapping[str, tuple[int, int, int]]) -> list[Mark]:
    labels = dataset.labels_of(row)
    return [Mark(_four(c), colours[str(n)]) for c, n in zip(labels.corners, labels.label, strict=True)]


def _colours(labels: list[str]) -> dict[str, tuple[int, int, int]]:
    palette = pictures.CLASS_COLOURS
    return {label: palette[i % len(palette)] for i, label in enumerate(labels)}


def _where(dataset: Dataset, row: int) -> str:
    conditions = [str(column[row]) for column in dataset.frames.conditions.values() if column[row]]
    return " · ".join(filter(None, (str(dataset.frames.camera[row]), ", ".join(conditions))))


def _four(corners: NDArray[np.float32]) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (float(value) for value in corners)
    return x1, y1, x2, y2
