"""Stage ``calibrate``: what does 0.7 mean, and where do we cut, per variant and class?

Reads  data/convert/variants.json and its models; the frames and labels of split val
Writes data/calibrate/calibration.json, thresholds.json, reference.json, reliability.json
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from rich.console import Console
from rich.progress import track

from detection.edge.boxes import Detections
from detection.edge.telemetry.reference import Block, Reference, reference_of
from detection.edge.telemetry.signals import Tally, nothing, signals_of
from detection.edge.vision.calibration import Calibration, ScoreMap, Thresholds, identity, spell_thresholds
from detection.edge.vision.detector import Detector, Settings
from detection.errors import LabelsError
from detection.outside import documents, exits, files, inference
from detection.outside.dataset import Dataset
from detection.rules.document import Document
from detection.rules.judging.calibration.maps import ClassReliability, FittedMap, ReliabilitySheet, fit, reliability
from detection.rules.judging.matching import Predictions, Truth, match
from detection.rules.judging.operating.cuts import best_cut
from detection.rules.spec.field import Monitoring
from detection.rules.spec.spec import Spec
from detection.rules.variants import Variants

OUT = Path("data/calibrate")


class Params(Document):
    """Section ``calibrate`` of params.yaml."""

    minimum_detections: Annotated[int, Field(ge=1)]
    """Detections of a class below which its scores stay as they are."""
    threads: Annotated[int, Field(ge=1)]
    """That compute one frame; part of the result's identity."""


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated:
    """What the stage leaves, by variant where it differs.

    Attributes:
        calibrations: the maps that ship.
        thresholds: the cuts that ship.
        reliability: before and after.
        reference: what the monitor compares the field with, by the first variant.
    """

    calibrations: Mapping[str, Calibration]
    thresholds: Mapping[str, Thresholds]
    reliability: ReliabilitySheet
    reference: Reference


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """One variant's part."""

    calibration: Calibration
    thresholds: Thresholds
    reliability: tuple[ClassReliability, ...]


def run(
    params: Params, settings: Settings, monitoring: Monitoring, dataset: Dataset, models: inference.Models
) -> Calibrated:
    """Fit every variant on the frames of split ``val``, which train nothing and judge nothing.

    Args:
        params: of this stage.
        settings: of the detector.
        monitoring: the spec's, for the edges of the signals.
        dataset: with its splits.
        models: the variants; the first one's signals are the reference.

    Raises:
        LabelsError: split val holds no frame.
    """
    rows = dataset.chosen("val")
    if len(rows) == 0:
        raise LabelsError("split val holds no frame, expected at least one; change the shares of split in params.yaml")
    truth = inference.truth_of(dataset, rows, models.classes)
    fitted: dict[str, Fitted] = {}
    found: dict[str, list[Detections]] = {}
    for name, session in models.sessions.items():
        detector = Detector(session, settings, identity(len(models.classes)))
        found[name] = inference.detections_of(detector, dataset, _progress(rows, f"calibrate {name}"))
        fitted[name] = fit_variant(name, params, truth, inference.predictions_of(rows, found[name]), models.classes)
    default = next(iter(fitted))
    calibrated = [fitted[default].calibration.apply(detections) for detections in found[default]]
    return Calibrated(
        {name: one.calibration for name, one in fitted.items()},
        {name: one.thresholds for name, one in fitted.items()},
        ReliabilitySheet(tuple(row for one in fitted.values() for row in one.reliability)),
        reference(monitoring, dataset, rows, calibrated),
    )


def fit_variant(name: str, params: Params, truth: Truth, predictions: Predictions, classes: tuple[str, ...]) -> Fitted:
    """Maps, cuts and reliability of one variant, from its raw detections on val."""
    matches = match(truth, predictions)
    maps, cuts, rows = [], [], []
    for label, class_id in enumerate(classes):
        of_class = matches.label == label
        raw, correct = matches.score[of_class], matches.partner[of_class, 0] >= 0
        score_map = fit(raw, correct, params.minimum_detections)
        shipped = ScoreMap(score_map.raw, score_map.calibrated)
        scores = shipped.apply(raw.astype(np.float32)).astype(np.float64)
        truths = int((matches.truth_label == label).sum())
        maps.append(shipped)
        cuts.append(best_cut(scores, correct, truths))
        warning = _warning(score_map, truths)
        before, after = reliability(raw, correct), reliability(scores, correct)
        rows.append(ClassReliability(name, class_id, len(raw), len(score_map.raw), warning, before, after))
    return Fitted(Calibration(tuple(maps)), Thresholds(np.array(cuts, np.float32)), tuple(rows))


def reference(
    monitoring: Monitoring, dataset: Dataset, rows: NDArray[np.int64], found: Sequence[Detections]
) -> Reference:
    """The signals of the validated world, counted scene by scene as a device counts them.

    Args:
        monitoring: the spec's.
        dataset: with the frames' cameras and scenes.
        rows: ``(n,)`` the frames.
        found: what was found in each, calibrated.
    """
    scores = np.array(monitoring.score_edges)
    edges = {"best_score": scores, "score": scores, "brightness": np.array(monitoring.brightness_edges)}
    tallies: dict[tuple[str, str], Tally] = {}
    frames = dataset.frames
    for row, detections in zip(_progress(rows, "calibrate reference"), found, strict=True):
        block = (str(frames.camera[row]), str(frames.scene[row]))
        values = signals_of(inference.image_of(dataset, row), detections)
        tallies[block] = tallies.get(block, nothing(edges)).add(values)
    return reference_of(edges, (Block(camera, scene, tally) for (camera, scene), tally in tallies.items()))


def main() -> None:
    """Read, calibrate, write."""
    params = documents.read_document(Params, Path("params.yaml"), section="calibrate")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    variants = documents.read_value(Variants, Path("data/convert/variants.json"))
    models = inference.open_models(Path("data/convert"), variants, params.threads)
    result = run(params, inference.settings_of(spec.output), spec.monitoring, Dataset.open(), models)
    write(OUT, result, variants)
    for row in result.reliability.rows:
        cut = result.thresholds[row.variant].common(variants.classes)[row.label]
        print(f"{row.variant} {row.label}: cut at {cut:.3f}; {_errors(row)}{'; ' * bool(row.warning)}{row.warning}")


def write(folder: Path, result: Calibrated, variants: Variants) -> None:
    """Leave the documents a device reads, and the reliability for people."""
    files.empty_folder(folder)
    classes = variants.classes
    models = {variant.name: variant.sha256 for variant in variants.variants}
    calibrations = {name: maps.to_json(classes) for name, maps in result.calibrations.items()}
    files.write_json(folder / "calibration.json", calibrations)
    files.write_json(folder / "thresholds.json", spell_thresholds(result.thresholds, classes, models))
    files.write_json(folder / "reference.json", result.reference.to_json())
    documents.write_value(folder / "reliability.json", result.reliability)


def _progress(rows: NDArray[np.int64], title: str) -> Iterable[int]:
    return track(rows.tolist(), title, console=Console(stderr=True))


def _warning(score_map: FittedMap, truths: int) -> str:
    missing = "no object of this class in split val: it is cut where nothing was learnt"
    return "; ".join(filter(None, (score_map.warning, "" if truths else missing)))


def _errors(row: ClassReliability) -> str:
    if row.raw.error is None or row.calibrated.error is None:
        return "nothing was detected"
    return f"calibration error {row.raw.error:.3f} raw, {row.calibrated.error:.3f} calibrated, n {row.detections}"


if __name__ == "__main__":
    exits.run(main)
