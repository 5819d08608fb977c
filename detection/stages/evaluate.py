"""Stage ``evaluate``: how good is each variant on test, golden and challenge, per class, condition and size?

Reads  data/convert/variants.json and its models; data/calibrate/calibration.json, thresholds.json, reliability.json,
       sets.json; frames and labels of splits test, golden and challenge
Writes data/evaluate/scores.json, metrics.json, reliability.json, predictions.parquet, observations.parquet,
       frames.parquet; plots/precision_recall.csv, threshold.csv, reliability.csv by variant and class,
       mean_precision_recall.csv with a column for each variant
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from detection.edge.settings import Settings
from detection.edge.vision.calibration import read_calibrations, read_thresholds
from detection.errors import LabelsError
from detection.outside import documents, exits, files, inference, tables
from detection.outside.dataset import Dataset
from detection.outside.examination import Examined, Shipped, examine, facts_of
from detection.rules.document import Document
from detection.rules.judging import sets
from detection.rules.judging.calibration.judged import reliability_of
from detection.rules.judging.calibration.reliability import ReliabilitySheet
from detection.rules.judging.calibration.rows import map_facts
from detection.rules.judging.intervals import Resampling
from detection.rules.judging.operating import curves
from detection.rules.judging.scores import sheet
from detection.rules.judging.scores.observations import FrameFacts, Judged, Observations, joined, observe
from detection.rules.judging.scores.rows import ALL, EVERY, ScoreRow, ScoreSheet
from detection.rules.judging.scores.sheet import Scorer
from detection.rules.spec.judging import Judging
from detection.rules.spec.spec import Spec
from detection.rules.variants import Variants

OUT = Path("data/evaluate")

Row = Mapping[str, str | int | float]
"""One row of a table by its column names."""


class Params(Document):
    """Section ``evaluate`` of params.yaml."""

    resamples: Annotated[int, Field(ge=1)]
    """Draws of groups for intervals of average precision, made only of more groups than this, which otherwise are left
    out in turn; and draws for the intervals of calibration errors."""
    confidence: Annotated[float, Field(gt=0, lt=1)]
    """Two-sided level of the intervals."""
    seed: Annotated[int, Field(ge=0)]
    """Of the draws."""
    threads: Annotated[int, Field(ge=1)]
    """That compute one frame; part of the result's identity."""

    def resampling(self) -> Resampling:
        """How intervals are drawn."""
        return Resampling(self.resamples, self.confidence, self.seed)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What the spec and the stage before say about judging.

    Attributes:
        settings: of the detector.
        judging: overlap, sizes and crossings.
        maps: reliability as stage calibrate found it, for the kinds of the maps.
        chosen_with: digests of the judging sets when thresholds were chosen.
    """

    settings: Settings
    judging: Judging
    maps: ReliabilitySheet
    chosen_with: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What the stage leaves.

    Attributes:
        scores: every score.
        reliability: what scores say and what comes true.
        judged: every variant's detections, matched.
        observations: what a gate may count.
        facts: of every frame.
        classes: class ids in the order of their numbers.
    """

    scores: ScoreSheet
    reliability: ReliabilitySheet
    judged: tuple[Judged, ...]
    observations: Observations
    facts: FrameFacts
    classes: tuple[str, ...]


def run(params: Params, asked: Asked, dataset: Dataset, shipped: Shipped) -> Evaluation:
    """Judge every variant on every frozen set.

    Raises:
        LabelsError: the frozen sets hold no frame, or are not those that thresholds were chosen with.
    """
    rows = dataset.chosen(*sheet.SETS)
    if len(rows) == 0:
        raise LabelsError("splits test, golden and challenge hold no frame: nothing can be judged; mend stage split")
    now = sets.digests(dataset.frames, dataset.labels, dataset.split_of)
    expect_same(asked.chosen_with, now)
    classes, facts = shipped.models.classes, facts_of(dataset)
    judged = tuple(
        examine(
            Examined(name, shipped.detector(name, asked.settings), shipped.thresholds[name], asked.judging.iou),
            dataset, rows, classes,
        )
        for name in shipped.models.sessions
    )  # fmt: skip
    score_rows = score(params, asked.judging, judged, facts, shipped)
    scores = ScoreSheet(score_rows, params.resamples, params.seed, shipped.digests, now, asked.judging.iou)
    observations = joined([observe(one, classes, facts, asked.judging.sizes) for one in judged])
    drawn = params.resampling()
    said = reliability_of(observations, sheet.SETS, map_facts(asked.maps), asked.judging.iou, drawn)
    return Evaluation(scores, said, judged, observations, facts, classes)


def expect_same(then: Mapping[str, str], now: Mapping[str, str]) -> None:
    """Refuse to judge by thresholds that were chosen with other sets in mind.

    Raises:
        LabelsError: a judging set has other frames or labels than when thresholds were chosen.
    """
    if different := sets.changed(then, now):
        raise LabelsError(
            f"set {', '.join(different)}: frames or labels changed after the thresholds were chosen; expected the sets "
            "whose digests data/calibrate/sets.json names; run stage calibrate again, then evaluate"
        )


def score(
    params: Params, judging: Judging, judged: Sequence[Judged], facts: FrameFacts, shipped: Shipped
) -> tuple[ScoreRow, ...]:
    """Every row of every variant."""
    resampling = params.resampling()
    cuts = {name: thresholds.per_class.astype(np.float64) for name, thresholds in shipped.thresholds.items()}
    scorers = (Scorer(facts, shipped.models.classes, cuts[one.variant], judging, resampling) for one in judged)
    return tuple(chain.from_iterable(scorer.rows(one) for scorer, one in zip(scorers, judged, strict=True)))


def main() -> None:
    """Read, evaluate, write."""
    params = documents.read_document(Params, Path("params.yaml"), section="evaluate")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    variants = documents.read_value(Variants, Path("data/convert/variants.json"))
    digests = {variant.name: variant.sha256 for variant in variants.variants}
    cuts = documents.read_json(Path("data/calibrate/thresholds.json"))
    shipped = Shipped(
        models=inference.open_models(Path("data/convert"), variants, params.threads),
        calibrations=read_calibrations(documents.read_json(Path("data/calibrate/calibration.json")), variants.classes),
        thresholds=read_thresholds(cuts, variants.classes, digests),
        digests=digests,
    )
    asked = Asked(
        settings=inference.settings_of(spec.output),
        judging=spec.judging,
        maps=documents.read_value(ReliabilitySheet, Path("data/calibrate/reliability.json")),
        chosen_with=documents.read_value(dict[str, str], Path("data/calibrate/sets.json")),
    )
    result = run(params, asked, Dataset.open(), shipped)
    write(OUT, result)
    for row in result.scores.rows:
        if row.label == EVERY and row.slice == ALL:
            print(_line(row))


def write(folder: Path, result: Evaluation) -> None:
    """Leave the scores for machines, for DVC and for people."""
    files.empty_folder(folder)
    documents.write_value(folder / "scores.json", result.scores)
    documents.write_value(folder / "reliability.json", result.reliability)
    files.write_json(folder / "metrics.json", metrics(result.scores))
    tables.write_columns(folder / "predictions.parquet", predictions(result))
    tables.write_columns(folder / "observations.parquet", result.observations.to_columns())
    tables.write_columns(
        folder / "frames.parquet", result.facts.take(np.isin(result.facts.set, sheet.SETS)).to_columns()
    )
    for name, rows in plots(result).items():
        files.write_text(folder / "plots" / f"{name}.csv", _csv(rows))


def metrics(scores: ScoreSheet) -> dict[str, dict[str, dict[str, float]]]:
    """Variant, then set, then figure: what ``dvc metrics show`` shows."""
    result: dict[str, dict[str, dict[str, float]]] = {}
    for row in scores.rows:
        if row.label == EVERY and row.slice == ALL:
            figures = {name: getattr(row, name) for name in ("ap50", "ap50_95", "precision", "recall", "f1")}
            known = {name: value for name, value in figures.items() if value is not None}
            result.setdefault(row.variant, {})[row.set] = known
    return result


def predictions(result: Evaluation) -> dict[str, NDArray[np.generic]]:
    """Every detection above the floor, of every variant, as the columns of a table."""
    parts = [one.predictions for one in result.judged]
    frame, label, score = (np.concatenate([getattr(p, name) for p in parts]) for name in ("frame", "label", "score"))
    corners = np.concatenate([part.corners for part in parts])
    return {
        "variant": np.repeat(np.array([one.variant for one in result.judged], object), [len(part) for part in parts]),
        "set": result.facts.set[frame],
        "frame": result.facts.id[frame],
        "label": np.array(result.classes, object)[label],
        "score": score,
        **{name: corners[:, i] for i, name in enumerate(("x1", "y1", "x2", "y2"))},
    }


def plots(result: Evaluation) -> dict[str, list[Row]]:
    """Tables of curves, over split test, or over every frozen set if it is empty."""
    in_test = result.facts.set == "test"
    chosen = in_test if in_test.any() else np.isin(result.facts.set, sheet.SETS)
    column = result.judged[0].column
    matches = {one.variant: one.matches.within(chosen) for one in result.judged}
    precision = [p for name, found in matches.items() for p in curves.precision_recall(name, found, result.classes)]
    cuts = [p for name, found in matches.items() for p in curves.cuts(name, found, result.classes, column)]
    said = [p for name, found in matches.items() for p in curves.reliabilities(name, found, result.classes, column)]
    mean = curves.mean_precisions(precision)
    return {
        "precision_recall": [asdict(point) for point in precision],
        "threshold": [asdict(point) for point in cuts],
        "reliability": [asdict(point) for point in said],
        "mean_precision_recall": [dict(zip(mean, row, strict=True)) for row in zip(*mean.values(), strict=True)],
    }


def _csv(rows: Sequence[Row]) -> str:
    header = list(rows[0]) if rows else ["variant", "label"]
    lines = [",".join(f"{v:.6g}" if isinstance(v, float) else str(v) for v in row.values()) for row in rows]
    return "\n".join((",".join(header), *lines)) + "\n"


def _line(row: ScoreRow) -> str:
    figures = {"AP50": row.ap50, "AP50-95": row.ap50_95, "precision": row.precision, "recall": row.recall}
    shown = ", ".join(f"{name} {value:.3f}" if value is not None else f"{name} -" for name, value in figures.items())
    return f"{row.variant} {row.set}: {shown} ({row.frames} frames, {row.truths} objects)"


if __name__ == "__main__":
    exits.run(main)
