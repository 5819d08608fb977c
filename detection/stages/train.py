"""Stage ``train``: frames and labels to weights.

Reads  data/collect/shards, data/validate/frames.parquet, data/agreement, data/split
Writes data/train/weights.pt, history.csv, training.json
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from detection.errors import TrainingError
from detection.outside import documents, exits, files
from detection.outside.dataset import Dataset
from detection.outside.ultralytics import folder, training
from detection.outside.ultralytics import weights as weights_file
from detection.outside.ultralytics.recipe import Recipe
from detection.rules.document import Document

OUT = Path("data/train")

Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(ge=0)]
Size = Annotated[int, Field(ge=32, multiple_of=32)]
"""Side of the square input: the network halves it five times."""
Count = Annotated[int, Field(ge=1)]


class Pretrained(Document):
    """Weights to begin from; both null trains from scratch."""

    path: str | None
    """A local file; nothing is ever downloaded."""
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] | None
    """Digest the file must have."""


class Params(Document):
    """Section ``train`` of params.yaml; :class:`Recipe` says what each number does."""

    model: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+\.yaml$")]
    pretrained: Pretrained
    epochs: Count
    size: Size
    batch: Count
    nominal_batch: Count
    optimizer: str
    learning_rate: Annotated[float, Field(gt=0)]
    final_learning_rate: Annotated[float, Field(gt=0, le=1)]
    cosine: bool
    momentum: Share
    weight_decay: Rate
    warmup_epochs: Rate
    warmup_bias_rate: Rate
    mosaic: Share
    close_mosaic: Annotated[int, Field(ge=0)]
    fliplr: Share
    flipud: Share
    scale: Share
    translate: Share
    hsv_h: Share
    hsv_s: Share
    hsv_v: Share
    starting_reach: Annotated[float, Field(gt=0, le=15)]
    settling: Annotated[int, Field(ge=0)]
    seed: Annotated[int, Field(ge=0)]
    threads: Count


@dataclass(frozen=True, slots=True)
class Training:
    """``training.json``: what was trained, from what, and the digest that names the result.

    Attributes:
        params: the section ``train`` it was trained with.
        classes: class ids in the order of the outputs.
        train_frames: how many frames it learnt from.
        val_frames: how many it was watched on.
        tensors_sha256: digest of the weights' tensors; equal if and only if the weights are.
        val_ap50: the trainer's own figure, for watching; stage evaluate judges.
        val_ap50_95: likewise.
    """

    params: Params
    classes: tuple[str, ...]
    train_frames: int
    val_frames: int
    tensors_sha256: str
    val_ap50: float
    val_ap50_95: float


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Everything the stage leaves."""

    trained: training.Trained
    report: Training


def run(params: Params, dataset: Dataset, classes: tuple[str, ...]) -> Result:
    """Train on the frames of split ``train``, watch on ``val``.

    Raises:
        TrainingError: it cannot work with these params or frames.
        ModelError: the pretrained weights hold more than tensors and known layers.
    """
    rows = {split: dataset.chosen(split) for split in ("train", "val")}
    begin = _pretrained(params.pretrained)
    recipe = Recipe(**params.model_dump(exclude={"pretrained"}))
    with folder.materialised(dataset, rows, classes) as place, _progress(params.epochs) as advance:
        trained = training.train(recipe, place, classes, begin, advance)
    report = Training(
        params=params,
        classes=classes,
        train_frames=len(rows["train"]),
        val_frames=len(rows["val"]),
        tensors_sha256=weights_file.digest(trained.weights.tensors),
        val_ap50=trained.ap50,
        val_ap50_95=trained.ap50_95,
    )
    return Result(trained, report)


def history(trained: training.Trained) -> str:
    """Losses, and the figures on val where they were measured, as CSV for ``dvc plots``: one line an epoch."""
    names = list(trained.epochs[0].losses)
    lines = [",".join(("epoch", *names, "val_ap50", "val_ap50_95"))]
    for epoch in trained.epochs:
        last = epoch is trained.epochs[-1]
        measured = (f"{trained.ap50:.5f}", f"{trained.ap50_95:.5f}") if last else ("", "")
        lines.append(",".join((str(epoch.number), *(f"{epoch.losses[name]:.5f}" for name in names), *measured)))
    return "\n".join(lines) + "\n"


def main() -> None:
    """Read, train, write."""
    params = documents.read_document(Params, Path("params.yaml"), section="train")
    classes = documents.read_value(tuple[str, ...], Path("data/split/classes.json"))
    result = run(params, Dataset.open(), classes)
    files.empty_folder(OUT)
    weights_file.write(OUT / "weights.pt", result.trained.weights)
    files.write_text(OUT / "history.csv", history(result.trained))
    documents.write_value(OUT / "training.json", result.report)


def _pretrained(pretrained: Pretrained) -> weights_file.Pretrained | None:
    if pretrained.path is None:
        return None
    if pretrained.sha256 is None:
        raise TrainingError("train.pretrained names a path without its sha256; run `sha256sum` on the file and pin it")
    return weights_file.read_pretrained(Path(pretrained.path), pretrained.sha256)


@contextmanager
def _progress(epochs: int) -> Iterator[training.OnEpoch]:
    columns = (TextColumn("train"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.fields[losses]}"), console=Console(stderr=True)) as bar:
        task = bar.add_task("train", total=epochs, losses="")

        def advance(epoch: training.Epoch) -> None:
            losses = "  ".join(f"{name} {value:.3f}" for name, value in epoch.losses.items())
            bar.update(task, completed=epoch.number, losses=losses)

        yield advance


if __name__ == "__main__":
    exits.run(main)
