"""Stage ``diagnose``: which kinds of errors does each variant make, what does each cost, and what is to be done?

Runs no model and matches nothing anew but by the same rule: it counts what ``evaluate`` saw. No gate depends on it.

Reads  data/evaluate/observations.parquet, frames.parquet; labels and splits (for what training has to show)
Writes data/diagnose/errors.json, errors.parquet (a row an error that is shown), confusion.json, suspicions.parquet
       (labels that look wrong, the most suspicious first, for a person to review)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from detection.errors import LabelsError
from detection.outside import cleanlab, documents, exits, files, tables
from detection.outside.cleanlab import Confidence
from detection.outside.dataset import Dataset
from detection.rules.document import Document
from detection.rules.judging.errors import ledger
from detection.rules.judging.errors.case import Learned, Setting, neighbours
from detection.rules.judging.errors.diagnosis import Diagnosis, Scope, diagnose
from detection.rules.judging.errors.gathering import OBSERVATIONS, gather, numbers
from detection.rules.judging.errors.sheet import ErrorSheet
from detection.rules.judging.errors.suspicions import SUSPECTED, Suspicions, suspicions
from detection.rules.judging.scores.known import expect_known
from detection.rules.judging.scores.observations import FrameFacts, Observations
from detection.rules.spec.judging import Judging
from detection.rules.spec.labels import ObjectClass
from detection.rules.spec.spec import Spec

EVALUATE = Path("data/evaluate")
OUT = Path("data/diagnose")

Columns = dict[str, NDArray[np.generic]]


class Params(Document):
    """Section ``diagnose`` of params.yaml."""

    minimum_errors: Annotated[int, Field(ge=1)]
    """Of one kind, class and slice, below which nothing is advised."""
    suspicions: Annotated[int, Field(ge=0)]
    """Labels of each kind listed for review, at most."""
    likely: Annotated[float, Field(gt=0, lt=1)]
    """Calibrated score from which a detection may speak against where a box stands."""
    sure: Annotated[float, Field(gt=0, lt=1)]
    """Score from which it may speak against a class, or for an object without a label."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the spec says of judging."""

    classes: Sequence[ObjectClass]
    judging: Judging
    suppression_iou: float


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What was seen: observations, the judged frames with their widths and heights, and the objects of training."""

    seen: Observations
    facts: FrameFacts
    extent: NDArray[np.float64]
    learned: Learned


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What the stage leaves: a diagnosis, names of the variants in its order, and the labels that look wrong."""

    diagnosis: Diagnosis
    variants: tuple[str, ...]
    suspicions: Suspicions


def run(params: Params, asked: Asked, judged: Judged) -> Result:
    """Tell the kinds of all errors, and which labels look wrong.

    Raises:
        LabelsError: an observation names a frame or a class that nobody knows, or nothing was judged.
    """
    labels = [c.id for c in asked.classes]
    facts, judging = judged.facts, asked.judging
    variants = tuple(gather(judged.seen, facts, labels, judging.iou))
    if not variants:
        raise LabelsError(f"{OBSERVATIONS}: is empty: nothing was judged; run `dvc repro`")
    first = variants[0]
    confidence = Confidence(params.likely, params.sure)
    speaking = cleanlab.speaking(first.predictions, confidence)
    quality = cleanlab.quality(first.truth, speaking, len(labels), confidence)
    suspected = suspicions(first.truth, speaking, quality, params.suspicions)
    setting = Setting(
        truth=first.truth,
        neighbour=neighbours(first.truth),
        conditions=facts.conditions,
        extent=judged.extent,
        learned=judged.learned,
        suspicions=suspected,
        small_below_px=judging.sizes.small_below_px,
        suppression_iou=asked.suppression_iou,
        iou=judging.iou,
        names=[c.display for c in asked.classes],
    )
    diagnosis = diagnose(variants, Scope(facts, labels, judging.crossings, params.minimum_errors), setting)
    return Result(diagnosis, tuple(one.variant for one in variants), suspected)


def main() -> None:
    """Read, diagnose, write."""
    params = documents.read_document(Params, Path("params.yaml"), section="diagnose")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    dataset = Dataset.open()
    facts = FrameFacts.from_columns(tables.read_columns(EVALUATE / "frames.parquet"))
    seen = Observations.from_columns(tables.read_columns(EVALUATE / "observations.parquet"))
    expect_known(seen, facts, str(EVALUATE / "observations.parquet"))
    row = numbers(facts.id, dataset.frames.id, f"{EVALUATE / 'frames.parquet'}: frame")
    judged = Judged(
        seen,
        facts,
        np.column_stack((dataset.frames.width[row], dataset.frames.height[row])).astype(np.float64),
        learned(dataset, [c.id for c in spec.classes]),
    )
    result = run(params, Asked(spec.classes, spec.judging, spec.output.suppression_iou), judged)
    write(OUT, result, judged.facts, [c.id for c in spec.classes])
    for variant in result.variants:
        print(summary(result.diagnosis.sheet, variant))


def learned(dataset: Dataset, labels: Sequence[str]) -> Learned:
    """The objects of the training set."""
    place = f"{dataset.root / 'agreement' / 'labels.parquet'}:"
    row = numbers(dataset.labels.frame, dataset.frames.id, f"{place} frame")
    in_train = dataset.split_of[row] == "train"
    own, row = dataset.labels.take(in_train), row[in_train]
    conditions = {name: column[row] for name, column in dataset.frames.conditions.items()}
    return Learned(numbers(own.label, np.array(labels, object), f"{place} class"), conditions)


def write(folder: Path, result: Result, facts: FrameFacts, labels: Sequence[str]) -> None:
    """Leave the diagnosis for machines and people."""
    out = files.empty_folder(folder)
    documents.write_value(out / "errors.json", result.diagnosis.sheet)
    documents.write_value(out / "confusion.json", result.diagnosis.confusions)
    tables.write_columns(out / "errors.parquet", errors(result, facts, labels))
    tables.write_columns(out / "suspicions.parquet", suspected(result.suspicions, facts, labels))


def errors(result: Result, facts: FrameFacts, labels: Sequence[str]) -> Columns:
    """Every error that is shown, of all variants."""
    names = {"frame": facts.id, "set": facts.set, "group": facts.group}
    parts = [
        {"variant": np.full(len(own), variant, object)} | ledger.to_columns(own, names, labels)
        for variant, own in zip(result.variants, result.diagnosis.ledgers, strict=True)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def suspected(found: Suspicions, facts: FrameFacts, labels: Sequence[str]) -> Columns:
    """Labels to review."""
    said = np.array([*labels, ""], object)
    columns: Columns = {name: getattr(facts, name)[found.frame] for name in ("name", "set", "group")}
    corners = {name: found.corners[:, i] for i, name in enumerate(("x1", "y1", "x2", "y2"))}
    other = {f"suggested_{name}": found.suggested_corners[:, i] for i, name in enumerate(corners)}
    return {
        "kind": np.array(SUSPECTED, object)[found.kind],
        "frame": facts.id[found.frame],
        **columns,
        "label": said[found.label],
        "suggested": said[found.suggested],
        "quality": found.quality,
        "score": found.score,
        **corners,
        **other,
    }


def summary(sheet: ErrorSheet, variant: str) -> str:
    """One line: the kind that costs most on the first set that has frames."""
    first: Mapping[str, str] = {row.variant: row.set for row in reversed(sheet.rows)}
    worst = sheet.worst(variant, first[variant])
    if worst is None:
        return f"{variant} {first[variant]}: no error is shown"
    gain = f", {worst.df1:+.3f} F1 if mended" if worst.df1 is not None else ""
    return f"{variant} {first[variant]}: most is lost by {worst.kind} errors ({worst.shown} shown{gain})"


if __name__ == "__main__":
    exits.run(main)
