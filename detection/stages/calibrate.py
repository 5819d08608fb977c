"""Stage ``calibrate``: what does 0.7 mean, and where do we cut, per variant and class?

Reads  data/convert/variants.json and its models; the frames and labels of split val; frames and labels of the sets that
       judge, for their digest alone
Writes data/calibrate/calibration.json, thresholds.json, reference.json, domain.json for the device; reliability.json,
       operating.json, sets.json, plots/operating.csv
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from rich.console import Console
from rich.progress import track

from detection.edge.boxes import Detections
from detection.edge.telemetry import domain as domains
from detection.edge.telemetry.domain import Domain
from detection.edge.telemetry.optics import OpticalBench
from detection.edge.telemetry.reference import Reference
from detection.edge.telemetry.signals import values_of
from detection.edge.vision.calibration import Calibration, Thresholds, identity, spell_thresholds
from detection.edge.vision.detector import Detector
from detection.errors import LabelsError
from detection.outside import documents, exits, files, inference
from detection.outside.dataset import Dataset
from detection.rules.document import Document
from detection.rules.field import validated
from detection.rules.field.validated import Seen
from detection.rules.judging import sets
from detection.rules.judging.calibration.fitting import Asked, Fitted, fit_variant
from detection.rules.judging.calibration.maps import Minimums
from detection.rules.judging.calibration.reliability import ReliabilityRow, ReliabilitySheet
from detection.rules.judging.calibration.rows import ALL, EVERY
from detection.rules.judging.intervals import Resampling
from detection.rules.judging.operating.curves import CostPoint
from detection.rules.judging.operating.points import OperatingRow, OperatingSheet
from detection.rules.spec.spec import Spec
from detection.rules.variants import Variants

OUT = Path("data/calibrate")


class Params(Document):
    """Section ``calibrate`` of params.yaml."""

    isotonic_minimum: Annotated[int, Field(ge=1)]
    """Detections of a class from which its map is isotonic; below, a logistic curve."""
    platt_minimum: Annotated[int, Field(ge=1)]
    """Detections of a class below which its scores stay as they are."""
    condition_minimum: Annotated[int, Field(ge=1)]
    """Objects of a class under one value of a condition from which it may have a cut of its own there."""
    resamples: Annotated[int, Field(ge=1)]
    """How often groups are drawn for the intervals."""
    confidence: Annotated[float, Field(gt=0, lt=1)]
    """Two-sided level of the intervals."""
    seed: Annotated[int, Field(ge=0)]
    """Of the draws."""
    threads: Annotated[int, Field(ge=1)]
    """That compute one frame; part of the result's identity."""


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated:
    """What the stage leaves, by variant where it differs.

    Attributes:
        calibrations: the maps that ship.
        thresholds: the cuts that ship.
        reliability: before and after, on the very frames the maps were fitted on: flattering.
        operating: the cuts, what they give and what others would.
        curves: what each of a row of cuts would give.
        reference: what the monitor compares the field with, by the first variant.
        domain: where the validated world ends.
        sets: digests of the sets that judge, as they are while the cuts are chosen.
    """

    calibrations: Mapping[str, Calibration]
    thresholds: Mapping[str, Thresholds]
    reliability: ReliabilitySheet
    operating: OperatingSheet
    curves: tuple[CostPoint, ...]
    reference: Reference
    domain: Domain
    sets: Mapping[str, str]


def run(params: Params, spec: Spec, dataset: Dataset, models: inference.Models) -> Calibrated:
    """Fit every variant on the frames of split ``val``, which train nothing and judge nothing.

    Args:
        params: of this stage.
        spec: what counts as correct, how classes are cut, the detector's settings, the edges of the signals.
        dataset: with its splits.
        models: the variants; the first one's signals are the reference.

    Raises:
        LabelsError: split val holds no frame.
    """
    rows = dataset.chosen("val")
    if len(rows) == 0:
        raise LabelsError("split val holds no frame, expected at least one; change the shares of split in params.yaml")
    asked = _asked(params, spec, dataset, rows, models.classes)
    fitted: dict[str, Fitted] = {}
    found: dict[str, list[Detections]] = {}
    for name, session in models.sessions.items():
        detector = Detector(session, inference.settings_of(spec.output), identity(len(models.classes)))
        found[name] = inference.detections_of(detector, dataset, _progress(rows, f"calibrate {name}"))
        fitted[name] = fit_variant(name, inference.predictions_of(rows, found[name]), asked)
    default = next(iter(fitted))
    seen = _seen(dataset, rows, found[default], fitted[default])
    return Calibrated(
        {name: one.calibration for name, one in fitted.items()},
        {name: one.thresholds for name, one in fitted.items()},
        ReliabilitySheet(
            tuple(row for one in fitted.values() for row in one.reliability),
            spec.judging.iou, params.resamples, params.confidence, params.seed,
        ),
        OperatingSheet(tuple(row for one in fitted.values() for row in one.operating)),
        tuple(point for one in fitted.values() for point in one.curves),
        validated.reference(spec.monitoring.edges, models.classes, seen),
        validated.domain(spec.domain, spec.failure_modes, seen),
        sets.digests(dataset.frames, dataset.labels, dataset.split_of),
    )  # fmt: skip


def _asked(params: Params, spec: Spec, dataset: Dataset, rows: NDArray[np.int64], classes: tuple[str, ...]) -> Asked:
    used = np.zeros(len(dataset), np.bool_)
    used[rows] = True
    return Asked(
        classes=classes,
        truth=inference.truth_of(dataset, rows, classes),
        used=used,
        group_of=dataset.group_of,
        conditions=dataset.frames.conditions,
        values={condition.id: tuple(condition.values) for condition in spec.conditions},
        judging=spec.judging,
        points=tuple(spec.operating_points),
        minimums=Minimums(params.isotonic_minimum, params.platt_minimum),
        objects_minimum=params.condition_minimum,
        resampling=Resampling(params.resamples, params.confidence, params.seed),
    )


def _seen(dataset: Dataset, rows: NDArray[np.int64], found: Sequence[Detections], fitted: Fitted) -> list[Seen]:
    """The frames as a device sees them: measured by its own code, calibrated, cut at the common thresholds."""
    frames, bench, seen = dataset.frames, OpticalBench({}), []
    for row, raw in zip(_progress(rows, "calibrate reference"), found, strict=True):
        camera, detections = str(frames.camera[row]), fitted.calibration.apply(raw)
        optics = bench.measure(inference.image_of(dataset, row), camera)
        values = values_of(optics, detections, len(fitted.thresholds.keep(detections)))
        seen.append(Seen(camera, str(frames.scene[row]), _hour(frames.captured_at[row]), values, optics))
    return seen


def _hour(captured_at: np.datetime64) -> int:
    """Of the day; 0 where nobody knows."""
    return 0 if np.isnat(captured_at) else int(captured_at.astype("datetime64[h]").astype(np.int64) % 24)


def main() -> None:
    """Read, calibrate, write."""
    params = documents.read_document(Params, Path("params.yaml"), section="calibrate")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    variants = documents.read_value(Variants, Path("data/convert/variants.json"))
    models = inference.open_models(Path("data/convert"), variants, params.threads)
    result = run(params, spec, Dataset.open(), models)
    write(OUT, result, variants)
    for row in result.reliability.rows:
        if row.slice == ALL and row.label != EVERY:
            print(_errors(row))
    for cut in result.operating.rows:
        print(_cut(cut))


def write(folder: Path, result: Calibrated, variants: Variants) -> None:
    """Leave the documents a device reads, and what people read of them."""
    files.empty_folder(folder)
    classes = variants.classes
    models = {variant.name: variant.sha256 for variant in variants.variants}
    calibrations = {name: maps.to_json(classes) for name, maps in result.calibrations.items()}
    files.write_json(folder / "calibration.json", calibrations)
    files.write_json(folder / "thresholds.json", spell_thresholds(result.thresholds, classes, models))
    files.write_text(folder / "reference.json", _on_one_line(result.reference.to_json()))
    files.write_json(folder / domains.NAME, result.domain.to_json())
    files.write_json(folder / "sets.json", dict(result.sets))
    documents.write_value(folder / "reliability.json", result.reliability)
    documents.write_value(folder / "operating.json", result.operating)
    lines = (",".join(_spelled(value) for value in astuple(point)) for point in result.curves)
    header = ",".join(field.name for field in fields(CostPoint))
    files.write_text(folder / "plots" / "operating.csv", "\n".join((header, *lines, "")))


def _spelled(value: str | float | None) -> str:
    return "" if value is None else value if isinstance(value, str) else f"{value:.6g}"


def _progress(rows: NDArray[np.int64], title: str) -> Iterable[int]:
    return track(rows.tolist(), title, console=Console(stderr=True))


def _errors(row: ReliabilityRow) -> str:
    warning = f"; {row.warning}" if row.warning else ""
    if row.raw.error is None or row.calibrated.error is None:
        return f"{row.variant} {row.label}: nothing was detected{warning}"
    figures = f"calibration error {row.raw.error:.3f} raw, {row.calibrated.error:.3f} {row.map}"
    return f"{row.variant} {row.label}: {figures}, n {row.detections}{warning}"


def _cut(row: OperatingRow) -> str:
    where = f"{row.label} {row.by}".strip()
    warning = f"; {row.warning}" if row.warning else ""
    counted = f"{row.false_detections} false, {row.missed} missed in {row.n} frames"
    return f"{row.variant} {where}: cut at {row.cut:.3f} ({row.policy}): {counted}{warning}"


def _on_one_line(value: object) -> str:
    """Thousands of counts: with a line each they are four times as long, in every bundle."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True, allow_nan=False) + "\n"


if __name__ == "__main__":
    exits.run(main)
