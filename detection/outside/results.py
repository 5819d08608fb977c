"""What the stages left under ``data/``, read back as values: everything that the report tells of."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detection.edge.vision.calibration import read_thresholds
from detection.outside import documents, files, tables
from detection.rules.engines import Engines
from detection.rules.evidence.judging.operating import OperatingCurve
from detection.rules.evidence.judging.variants import Thresholds
from detection.rules.evidence.labels import findings as findings_page
from detection.rules.evidence.learning import Curve, History, Overfit, Training
from detection.rules.judging.calibration.reliability import ReliabilitySheet
from detection.rules.judging.costs import CostSheet
from detection.rules.judging.errors.confusion import ConfusionSheet
from detection.rules.judging.errors.sheet import ErrorSheet
from detection.rules.judging.gates.lines import Verdict
from detection.rules.judging.operating.points import OperatingSheet
from detection.rules.judging.parity import ParityReport
from detection.rules.judging.scores.rows import ScoreSheet
from detection.rules.labels.agreement.sheet import Agreement
from detection.rules.labels.findings.coverage import Coverage
from detection.rules.labels.intake.collection import Collection
from detection.rules.labels.splits.certificate import Certificate
from detection.rules.quantisation import Quantisation
from detection.rules.variants import Variants

FIGURES = ("precision", "recall", "f1", "cost")
"""Columns of the operating curves, beside the cut."""

Columns = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """What the stages before left, each as its stage describes it."""

    collection: Collection
    coverage: Coverage
    findings: tuple[findings_page.FindingKind, ...]
    agreement: Agreement
    certificate: Certificate
    overfit: Overfit
    training: Training
    history: History
    variants: Variants
    engines: Engines
    quantisation: Quantisation
    costs: CostSheet
    thresholds: Thresholds
    fitted: ReliabilitySheet
    operating: OperatingSheet
    operating_curves: tuple[OperatingCurve, ...]
    sheet: ScoreSheet
    calibration: ReliabilitySheet
    precision_recall: tuple[Curve, ...]
    errors: ErrorSheet
    ledger: Columns
    confusion: ConfusionSheet
    suspicions: Columns
    parity: ParityReport
    verdict: Verdict


def read(data: Path) -> Results:
    """Read what the stages left.

    Raises:
        DocumentError: a document is missing, damaged, or of another kind.
    """
    variants = documents.read_value(Variants, data / "convert" / "variants.json")
    models = {variant.name: variant.sha256 for variant in variants.variants}
    cuts = read_thresholds(documents.read_json(data / "calibrate" / "thresholds.json"), variants.classes, models)
    return Results(
        collection=documents.read_value(Collection, data / "collect" / "source.json"),
        coverage=documents.read_value(Coverage, data / "validate" / "coverage.json"),
        findings=_findings(tables.read_columns(data / "validate" / "findings.parquet")),
        agreement=documents.read_value(Agreement, data / "agreement" / "agreement.json"),
        certificate=documents.read_value(Certificate, data / "split" / "certificate.json"),
        overfit=documents.read_value(Overfit, data / "sanity" / "sanity.json"),
        training=documents.read_value(Training, data / "train" / "training.json"),
        history=_history(_rows(data / "train" / "history.csv")),
        variants=variants,
        engines=documents.read_value(Engines, data / "convert" / "engines.json"),
        quantisation=documents.read_value(Quantisation, data / "convert" / "quantisation.json"),
        costs=documents.read_value(CostSheet, data / "profile" / "costs.json"),
        thresholds={name: cut.common(variants.classes) for name, cut in cuts.items()},
        fitted=documents.read_value(ReliabilitySheet, data / "calibrate" / "reliability.json"),
        operating=documents.read_value(OperatingSheet, data / "calibrate" / "operating.json"),
        operating_curves=_operating(_rows(data / "calibrate" / "plots" / "operating.csv")),
        sheet=documents.read_value(ScoreSheet, data / "evaluate" / "scores.json"),
        calibration=documents.read_value(ReliabilitySheet, data / "evaluate" / "reliability.json"),
        precision_recall=_curves(_rows(data / "evaluate/plots/precision_recall.csv"), "recall", "precision"),
        errors=documents.read_value(ErrorSheet, data / "diagnose" / "errors.json"),
        ledger=tables.read_columns(data / "diagnose" / "errors.parquet"),
        confusion=documents.read_value(ConfusionSheet, data / "diagnose" / "confusion.json"),
        suspicions=tables.read_columns(data / "diagnose" / "suspicions.parquet"),
        parity=documents.read_value(ParityReport, data / "parity" / "parity.json"),
        verdict=documents.read_value(Verdict, data / "gate" / "verdict.json"),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(files.read_lines(path)))


def _curves(rows: list[dict[str, str]], x: str, y: str) -> tuple[Curve, ...]:
    points: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in rows:
        points.setdefault((row["variant"], row["label"]), []).append((float(row[x]), float(row[y])))
    columns = {key: np.array(sorted(line)) for key, line in points.items()}
    return tuple(Curve(variant, label, line[:, 0], line[:, 1]) for (variant, label), line in columns.items())


def _operating(rows: list[dict[str, str]]) -> tuple[OperatingCurve, ...]:
    parted: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in rows:
        parted.setdefault((row["variant"], row["label"]), []).append(row)
    curves = []
    for (variant, label), own in parted.items():
        own.sort(key=lambda row: float(row["threshold"]))
        figures = {name: np.array([float(row[name] or "nan") for row in own]) for name in FIGURES}
        curves.append(OperatingCurve(variant, label, np.array([float(row["threshold"]) for row in own]), figures))
    return tuple(curves)


def _history(rows: list[dict[str, str]]) -> History:
    names = [name for name in (rows[0] if rows else {}) if name != "epoch"]
    columns = {name: np.array([float(row[name] or "nan") for row in rows]) for name in names}
    epochs = np.array([float(row["epoch"]) for row in rows])
    measured = {name: column for name, column in columns.items() if name.startswith("val_")}
    return History(epochs, {n: c for n, c in columns.items() if n not in measured}, measured)


def _findings(columns: Columns) -> tuple[findings_page.FindingKind, ...]:
    kinds = Counter(zip(columns["finding"], columns["severity"], strict=True))
    examples: dict[tuple[object, object], str] = {}
    for finding, severity, name, detail in zip(
        *(columns[c] for c in ("finding", "severity", "name", "detail")), strict=True
    ):
        examples.setdefault((finding, severity), " ".join(filter(None, (str(name), str(detail)))))
    return tuple(
        findings_page.FindingKind(str(kind[0]), str(kind[1]), number, examples[kind])
        for kind, number in kinds.most_common()
    )
