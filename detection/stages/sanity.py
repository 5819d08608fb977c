"""Stage ``sanity``: can the model learn a handful of frames by heart? If not, training on all of them is wasted.

Reads  data/collect/shards, data/validate/frames.parquet, data/agreement, data/split
Writes data/sanity/sanity.json
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, StringConstraints
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from detection.errors import TrainingError
from detection.outside import documents, exits, files
from detection.outside.dataset import Dataset
from detection.outside.ultralytics import folder, training
from detection.outside.ultralytics.recipe import Recipe
from detection.rules.document import Document
from detection.rules.spec.detector import Sanity
from detection.rules.spec.spec import Spec

OUT = Path("data/sanity")

Count = Annotated[int, Field(ge=1)]


class Params(Document):
    """Section ``sanity`` of params.yaml."""

    model: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+\.yaml$")]
    """The architecture that stage train will train."""
    frames: Count
    """Train frames to learn by heart."""
    epochs: Count
    size: Annotated[int, Field(ge=32, multiple_of=32)]
    batch: Count
    """Small, so that few epochs make many steps."""
    learning_rate: Annotated[float, Field(gt=0)]
    seed: Annotated[int, Field(ge=0)]
    threads: Count


@dataclass(frozen=True, slots=True)
class Overfitted:
    """``sanity.json``.

    Attributes:
        frames: how many were learnt by heart.
        boxes: how many objects they show.
        epochs: passes over them.
        ap50: on these very frames, mean over their classes, by the trainer's own measure.
        minimum: the spec's bound.
    """

    frames: int
    boxes: int
    epochs: int
    ap50: float
    minimum: float


def run(params: Params, rule: Sanity, dataset: Dataset, classes: tuple[str, ...]) -> Overfitted:
    """Learn a few train frames by heart, and refuse to go on if that fails.

    Raises:
        TrainingError: AP50 on these frames stays below the spec's bound; says what to look at.
    """
    rows = fullest(dataset, params.frames, classes)
    boxes = sum(len(dataset.labels_of(row)) for row in rows.tolist())
    if boxes == 0:
        raise TrainingError("no train frame has a box; label objects, or look at what agreement dropped")
    splits = {"train": rows, "val": rows}
    with folder.materialised(dataset, splits, classes) as place, _progress(params.epochs) as advance:
        trained = training.train(recipe(params), place, classes, None, advance)
    found = Overfitted(len(rows), boxes, params.epochs, trained.ap50, rule.ap50_minimum)
    if found.ap50 < found.minimum:
        raise _refusal(found, trained.epochs)
    return found


def fullest(dataset: Dataset, count: int, classes: Sequence[str]) -> NDArray[np.int64]:
    """Rows of the train frames that show most, each class counting less the more of it is already there.

    Args:
        dataset: where the frames are.
        count: how many to choose; fewer where there are fewer.
        classes: class ids.

    Returns:
        ``(k,)`` ascending; the same for the same data.
    """
    rows = dataset.chosen("train")
    shown = np.zeros((len(rows), len(classes)))
    for place, row in enumerate(rows.tolist()):
        labels = dataset.labels_of(row).label
        shown[place] = [np.count_nonzero(labels == name) for name in classes]
    chosen: list[int] = []
    for _ in range(min(count, len(rows))):
        worth = np.log1p(shown[chosen].sum(axis=0) + shown).sum(axis=1)
        worth[chosen] = -1
        chosen.append(int(np.argmax(worth)))
    return np.sort(rows[chosen])


def recipe(params: Params) -> Recipe:
    """A training that only wants to fit: no augmentation, no decay, statistics settled at the end."""
    return Recipe(
        model=params.model, epochs=params.epochs, size=params.size, batch=params.batch, nominal_batch=params.batch,
        optimizer="AdamW", learning_rate=params.learning_rate, final_learning_rate=0.05, cosine=True, momentum=0.9,
        weight_decay=0.0, warmup_epochs=1.0, warmup_bias_rate=0.01, mosaic=0.0, close_mosaic=0, fliplr=0.0, flipud=0.0,
        scale=0.0, translate=0.0, hsv_h=0.0, hsv_s=0.0, hsv_v=0.0, starting_reach=2.5, settling=5, seed=params.seed,
        threads=params.threads,
    )  # fmt: skip


def main() -> None:
    """Read, try, write."""
    params = documents.read_document(Params, Path("params.yaml"), section="sanity")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    classes = documents.read_value(tuple[str, ...], Path("data/split/classes.json"))
    found = run(params, spec.sanity, Dataset.open(), classes)
    documents.write_value(files.empty_folder(OUT) / "sanity.json", found)
    print(f"sanity: AP50 {found.ap50:.3f} on {found.frames} frames learnt by heart (needs {found.minimum:g})")


def _refusal(found: Overfitted, epochs: Sequence[training.Epoch]) -> TrainingError:
    first, last = (sum(epoch.losses.values()) for epoch in (epochs[0], epochs[-1]))
    advice = [
        "labels: look at these frames with their boxes; shifted, swapped or missing boxes cannot be learnt",
        "sanity.size: objects below some 8 pixels of the input leave nothing to see; enlarge it",
        f"sanity.learning_rate: the loss went from {first:.2f} to {last:.2f}; lower it if that jumps",
        "sanity.epochs: more of them, if the loss was still falling",
    ]
    return TrainingError(
        f"the model cannot learn {found.frames} frames ({found.boxes} boxes) by heart: AP50 {found.ap50:.3f} "
        f"(needs {found.minimum:g}); look at, in this order:",
        advice,
    )


@contextmanager
def _progress(epochs: int) -> Iterator[training.OnEpoch]:
    columns = (TextColumn("sanity"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TextColumn("{task.fields[loss]}"), console=Console(stderr=True)) as bar:
        task = bar.add_task("sanity", total=epochs, loss="")

        def advance(epoch: training.Epoch) -> None:
            bar.update(task, completed=epoch.number, loss=f"loss {sum(epoch.losses.values()):.2f}")

        yield advance


if __name__ == "__main__":
    exits.run(main)
