"""Stage ``report``: for people, one page that shows it all, and a model card; also when the gate is red.

Reads  what every stage before it left under data/; specs/spec.yaml, params.yaml and requirements/ (for their digests)
Writes data/report/report.html, model_card.md, lineage.json
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from rich.console import Console
from rich.progress import track

from detection.edge.vision.calibration import read_thresholds
from detection.outside import documents, exits, files, html, inference, pictures, plots, tables
from detection.outside import lineage as digests
from detection.outside.dataset import Dataset
from detection.outside.pictures import Mark
from detection.rules.document import Document
from detection.rules.evidence import learning, mistakes, purpose, scores, verdict
from detection.rules.evidence import lineage as origin
from detection.rules.evidence.charts import Chart
from detection.rules.evidence.labels import agreement as agreement_page
from detection.rules.evidence.labels import data as data_page
from detection.rules.evidence.labels import findings as findings_page
from detection.rules.evidence.labels import split as split_page
from detection.rules.evidence.learning import Curve, History, Overfit, Training
from detection.rules.evidence.lineage import Digest, Lineage
from detection.rules.evidence.mistakes import Mistake
from detection.rules.evidence.page import Page, Picture, Pictures, Tone
from detection.rules.judging.calibrate import ReliabilitySheet
from detection.rules.judging.gates import Verdict
from detection.rules.judging.matching import Predictions
from detection.rules.judging.parity import ParityReport
from detection.rules.judging.scores import ScoreSheet
from detection.rules.labels.agreement.pairs import Agreement
from detection.rules.labels.findings.coverage import Coverage
from detection.rules.labels.intake.collection import Collection
from detection.rules.labels.splits.certificate import Certificate
from detection.rules.spec.detector import Output
from detection.rules.spec.labels import Condition, ObjectClass
from detection.rules.spec.spec import Spec
from detection.rules.variants import Variants

DATA = Path("data")
OUT = DATA / "report"
CARD = ("purpose", "data", "agreement", "scores", "variants", "limits", "licence", "lineage")
"""Sections of the page that the model card repeats."""

Columns = Mapping[str, NDArray[np.generic]]


class Params(Document):
    """Section ``report`` of params.yaml."""

    pictures: Annotated[int, Field(ge=1, le=60)]
    """Sample frames, and error pictures of each kind."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the spec says about the model."""

    name: str
    classes: tuple[ObjectClass, ...]
    conditions: tuple[Condition, ...]
    output: Output


@dataclass(frozen=True, slots=True, eq=False)
class Made:
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
    thresholds: scores.Thresholds
    calibration: ReliabilitySheet
    sheet: ScoreSheet
    precision_recall: tuple[Curve, ...]
    reliability: tuple[Curve, ...]
    predictions: Columns
    parity: ParityReport
    verdict: Verdict


def run(params: Params, asked: Asked, made: Made, dataset: Dataset, made_of: Lineage) -> Page:
    """Put everything on one page.

    Args:
        params: of this stage.
        asked: by the spec.
        made: by the stages before.
        dataset: for pictures and counts.
        made_of: digests of everything.
    """
    names = {c.id: c.display for c in asked.classes}
    placed = data_page.Placed(dataset.frames, dataset.labels, dataset.split_of)
    missed, false = errors(params.pictures, names, made, dataset)
    sections = (
        purpose.section(asked.classes, asked.conditions, asked.output),
        data_page.data_section(made.coverage, placed, rejected(made.collection), names, samples(params, dataset)),
        findings_page.coverage_section(made.coverage, made.certificate, made.findings),
        agreement_page.agreement_section(made.agreement, names),
        split_page.split_section(made.certificate),
        learning.section(made.overfit, made.training, charts(learning.history_charts(made.history))),
        scores.section(made.sheet, made.variants, names, precision_recall(made, names)),
        scores.comparison(made.sheet, made.variants, made.thresholds, names),
        learning.calibration_section(reliability(made, names), made.calibration, names),
        learning.error_section(missed, false),
        scores.parity(made.parity),
        purpose.limits(asked.conditions, made.collection.source),
        purpose.licence(),
        origin.section(made_of),
    )
    what = ", ".join(c.display for c in asked.classes)
    banner = verdict.banner(made.verdict, names, scores.headline(made.sheet, made.variants))
    colophon = f"Weights {made.training.tensors_sha256[:16]}, code {made_of.code[:16]}. Made by the stage report."
    return Page(asked.name, f"Finds {what} in single frames.", banner, sections, colophon)


def card(page: Page) -> Page:
    """The page's sections that belong on a model card."""
    return replace(page, sections=tuple(s for s in page.sections if s.id in CARD))


def charts(drawn: Iterable[Chart]) -> tuple[Picture, ...]:
    """Charts as pictures that follow the reader's colour scheme."""
    return tuple(Picture(html.data_uri("image/svg+xml", plots.svg(c)), f"Chart: {c.title}") for c in drawn)


def precision_recall(made: Made, names: Mapping[str, str]) -> Pictures:
    """Precision over recall of each variant."""
    drawn = [
        learning.square_chart(f"Precision over recall, {v}", ("recall", "precision"), curves, diagonal=False)
        for v, curves in _by_variant(made.precision_recall, names).items()
    ]
    return Pictures(charts(drawn), charts=True, note="On frames of the set test, at IoU 0.5.")


def reliability(made: Made, names: Mapping[str, str]) -> tuple[Picture, ...]:
    """What scores say against what came true, for each variant."""
    axes = ("calibrated score", "share that was right")
    return charts(
        learning.square_chart(f"Said and true, {v}", axes, curves, diagonal=True)
        for v, curves in _by_variant(made.reliability, names).items()
    )


def rejected(collection: Collection) -> data_page.Rejected:
    """Files that were set aside, by reason."""
    return data_page.Rejected(
        collection.source, len(collection.rejected), Counter(r.finding for r in collection.rejected)
    )


def samples(params: Params, dataset: Dataset) -> Pictures:
    """Labelled frames, a camera each as far as there are enough; ids are digests, so first means none in particular."""
    seen: Counter[str] = Counter()
    turns = []
    for row, camera in enumerate(dataset.frames.camera):
        turns.append((seen[camera], row))
        seen[camera] += 1
    rows = sorted(row for _, row in sorted(turns)[: params.pictures])
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


def errors(wanted: int, names: Mapping[str, str], made: Made, dataset: Dataset) -> tuple[list[Picture], list[Picture]]:
    """Crops around the clearest mistakes of the first variant on the set test, or on all frozen sets if it is empty."""
    rows = dataset.chosen("test")
    rows = rows if len(rows) else dataset.chosen("golden", "challenge")
    classes = made.variants.classes
    frames = dataset.frames
    named = np.where(frames.scene == "", frames.id, frames.scene)
    scene = np.unique(named.astype(str), return_inverse=True)[1]
    found = mistakes.find(inference.truth_of(dataset, rows, classes), kept(made, dataset, rows), scene, wanted)
    both = track((*found.missed, *found.false), "report errors", console=Console(stderr=True))
    drawn = [_mistake(mistake, dataset, [names.get(c, c) for c in classes]) for mistake in both]
    return drawn[: len(found.missed)], drawn[len(found.missed) :]


def kept(made: Made, dataset: Dataset, rows: NDArray[np.int64]) -> Predictions:
    """The first variant's detections at or above their thresholds in ``rows``, numbered as in the data set."""
    first, table = made.variants.variants[0].name, made.predictions
    cuts = np.array([made.thresholds[first][str(label)] for label in table["label"]])
    frame = np.searchsorted(dataset.frames.id, table["frame"])
    chosen = (table["variant"] == first) & (table["score"].astype(np.float64) >= cuts) & np.isin(frame, rows)
    number = {label: i for i, label in enumerate(made.variants.classes)}
    label = np.array([number[str(name)] for name in table["label"]], np.int64)
    corners = np.stack([table[c] for c in ("x1", "y1", "x2", "y2")], axis=1).astype(np.float32)
    score = table["score"].astype(np.float64)
    return Predictions(frame[chosen].astype(np.int64), label[chosen], score[chosen], corners[chosen])


def main() -> None:
    """Read, put together, write."""
    params = documents.read_document(Params, Path("params.yaml"), section="report")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    asked = Asked(spec.name, tuple(spec.classes), tuple(spec.conditions), spec.output)
    made = read(DATA)
    made_of = _lineage(made)
    page = run(params, asked, made, Dataset.open(DATA), made_of)
    files.empty_folder(OUT)
    documents.write_value(OUT / "lineage.json", made_of)
    files.write_text(OUT / "model_card.md", html.model_card(card(page)))
    files.write_text(OUT / "report.html", html.page(page))
    print(f"{OUT / 'report.html'}: {made.verdict.verdict}")


def read(data: Path) -> Made:
    """Read what the stages left.

    Raises:
        DocumentError: a document is missing, damaged, or of another kind.
    """
    variants = documents.read_value(Variants, data / "convert" / "variants.json")
    cuts = read_thresholds(documents.read_json(data / "calibrate" / "thresholds.json"), variants.classes)
    return Made(
        collection=documents.read_value(Collection, data / "collect" / "source.json"),
        coverage=documents.read_value(Coverage, data / "validate" / "coverage.json"),
        findings=_findings(tables.read_columns(data / "validate" / "findings.parquet")),
        agreement=documents.read_value(Agreement, data / "agreement" / "agreement.json"),
        certificate=documents.read_value(Certificate, data / "split" / "certificate.json"),
        overfit=documents.read_value(Overfit, data / "sanity" / "sanity.json"),
        training=documents.read_value(Training, data / "train" / "training.json"),
        history=_history(_rows(data / "train" / "history.csv")),
        variants=variants,
        thresholds={name: cut.to_json(variants.classes) for name, cut in cuts.items()},
        calibration=documents.read_value(ReliabilitySheet, data / "calibrate" / "reliability.json"),
        sheet=documents.read_value(ScoreSheet, data / "evaluate" / "scores.json"),
        precision_recall=_curves(_rows(data / "evaluate/plots/precision_recall.csv"), "recall", "precision"),
        reliability=_curves(_rows(data / "evaluate/plots/reliability.csv"), "mean_score", "share_correct"),
        predictions=tables.read_columns(data / "evaluate" / "predictions.parquet"),
        parity=documents.read_value(ParityReport, data / "parity" / "parity.json"),
        verdict=documents.read_value(Verdict, data / "gate" / "verdict.json"),
    )


def _lineage(made: Made) -> Lineage:
    shards = sorted((DATA / "collect" / "shards").glob("*.tar"))
    read_tables = [
        DATA / name for name in ("validate/frames.parquet", "agreement/labels.parquet", "split/splits.parquet")
    ]
    configuration = [Path("specs/spec.yaml"), Path("params.yaml"), *sorted(Path("requirements").glob("*.txt"))]
    models = [Digest("weights' tensors", made.training.tensors_sha256)]
    models += [Digest(v.file, v.sha256) for v in made.variants.variants]
    trained = made.training.params
    return digests.collect([*shards, *read_tables], configuration, models, digests.Dice(trained.seed, trained.threads))


def _mistake(mistake: Mistake, dataset: Dataset, names: list[str]) -> Picture:
    missed = mistake.kind == "missed"
    colour = pictures.RED if missed else pictures.AMBER
    around = Mark(mistake.corners, colour, dashed=missed)
    labels = dataset.labels_of(mistake.frame)
    others = [
        Mark(four, pictures.GREEN) for four in map(_four, labels.corners) if not missed or four != mistake.corners
    ]
    said = f"{names[mistake.label]}, missed" if missed else f"{names[mistake.label]} {mistake.score:.2f}"
    why = {"not found": "", "another class": f": is {names[mistake.other]}"}.get(mistake.reason, f": {mistake.reason}")
    caption = f"{said}{why}\n{_where(dataset, mistake.frame)}"
    image = pictures.crop(dataset.image(mistake.frame), around, others)
    return Picture(image, f"Crop of a frame: {said}{why}", caption, Tone.BAD if missed else Tone.UNSURE)


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


def _by_variant(curves: Iterable[Curve], names: Mapping[str, str]) -> dict[str, list[Curve]]:
    parted: dict[str, list[Curve]] = {}
    for curve in curves:
        parted.setdefault(curve.variant, []).append(replace(curve, label=names.get(curve.label, curve.label)))
    return parted


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(files.read_lines(path)))


def _curves(rows: list[dict[str, str]], x: str, y: str) -> tuple[Curve, ...]:
    points: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in rows:
        points.setdefault((row["variant"], row["label"]), []).append((float(row[x]), float(row[y])))
    columns = {key: np.array(sorted(line)) for key, line in points.items()}
    return tuple(Curve(variant, label, line[:, 0], line[:, 1]) for (variant, label), line in columns.items())


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


if __name__ == "__main__":
    exits.run(main)
