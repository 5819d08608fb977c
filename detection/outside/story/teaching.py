"""Stage ``train`` over what is new and a part of what the champion knows: it begins with the champion's weights.

The challenger's own tables stay whole: every set is what ``split`` made it. Only the lesson is shorter, and it is kept.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from detection.outside import files, tables
from detection.outside.dataset import Dataset
from detection.outside.faults.scratch import Scratch
from detection.rules.field.story.plan import Rehearsal
from detection.rules.field.story.rehearsed import rehearsed
from detection.rules.labels.membership import among

LESSON = "lesson"
"""The folder, in the challenger's workspace, whose split is what was taught."""
LINKED = ("collect", "validate", "agreement")
SPLITS = Path("split", "splits.parquet")
CLASSES = Path("split", "classes.json")


def train(place: Scratch, champion: Path, rehearsal: Rehearsal) -> str:
    """Train in a workspace of its own, and bring home what comes out.

    Args:
        place: the challenger's workspace, split.
        champion: folder with the split that taught the champion.
        rehearsal: how much of it is seen again.

    Returns:
        ``""``, or what the stage refused with.

    Raises:
        DiskError: the disk refuses.
    """
    lesson = Scratch(place.folder / LESSON)
    files.empty_folder(lesson.folder)
    try:
        (lesson.data / "split").mkdir(parents=True)
        for name in LINKED:
            (lesson.data / name).symlink_to((place.data / name).resolve())
        shutil.copyfile(place.data / CLASSES, lesson.data / CLASSES)
        shutil.copyfile(place.folder / "params.yaml", lesson.folder / "params.yaml")
    except OSError as error:
        raise files.DiskError(f"{lesson.folder}: cannot be written ({error.strerror or error}); free space") from error
    _shorten(place, champion, lesson.data / SPLITS, rehearsal)
    said = lesson.run("train")
    if not said:
        shutil.rmtree(place.data / "train", ignore_errors=True)
        shutil.move(lesson.data / "train", place.data / "train")
    return said


def _shorten(place: Scratch, champion: Path, out: Path, rehearsal: Rehearsal) -> None:
    """Write the split without the train frames that are not seen again."""
    before = tables.read_columns(champion / SPLITS)
    taught = before["frame"][before["split"] == "train"]
    dataset = Dataset.open(place.data)
    rows = dataset.chosen("train")
    known = rows[among(dataset.frames.id[rows], taught)]
    light = dataset.frames.conditions[rehearsal.balance_by][known]
    left_out = known[~rehearsed(dataset.frames.id[known], light, rehearsal.frames)]
    splits = tables.read_columns(place.data / SPLITS)
    kept = ~among(splits["frame"], dataset.frames.id[left_out])  # type: ignore[arg-type]
    tables.write_columns(out, {name: np.asarray(column)[kept] for name, column in splits.items()})
