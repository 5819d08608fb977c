"""Stage ``report``: for people, one page that shows it all, and a model card; also when the gate is red.

Reads  what every stage before it left under data/; specs/targets; specs/spec.yaml, params.yaml and requirements/ (for
       their digests)
Writes data/report/report.html, model_card.md, validation.html, validation.md, lineage.json
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import Field

from detection.outside import documents, exits, files, html, illustrations, plots, results
from detection.outside import lineage as digests
from detection.outside.dataset import Dataset
from detection.outside.results import Results
from detection.outside.targets import read_targets
from detection.rules.document import Document
from detection.rules.evidence import learning, purpose
from detection.rules.evidence import lineage as origin
from detection.rules.evidence.charts import Chart
from detection.rules.evidence.judging import (
    calibration,
    errors,
    operating,
    parity,
    scores,
    suspicions,
    targets,
    variants,
    verdict,
    weakest,
)
from detection.rules.evidence.labels import agreement as agreement_page
from detection.rules.evidence.labels import data as data_page
from detection.rules.evidence.labels import findings as findings_page
from detection.rules.evidence.labels import split as split_page
from detection.rules.evidence.learning import Curve
from detection.rules.evidence.lineage import Digest, Lineage
from detection.rules.evidence.page import Banner, Page, Picture, Pictures, Section
from detection.rules.evidence.validation import method, open_findings
from detection.rules.evidence.validation import report as validation_page
from detection.rules.evidence.validation.method import Judged
from detection.rules.evidence.validation.open_findings import Measured
from detection.rules.labels.intake.collection import Collection
from detection.rules.spec.detector import Output
from detection.rules.spec.labels import Condition, ObjectClass
from detection.rules.spec.spec import Spec
from detection.rules.spec.targets import Target

DATA = Path("data")
OUT = DATA / "report"
CARD = ("purpose", "data", "agreement", "scores", "variants", "targets", "limits", "licence", "lineage")
"""Sections of the page that the model card repeats."""


class Params(Document):
    """Section ``report`` of params.yaml."""

    pictures: Annotated[int, Field(ge=1, le=60)]
    """Sample frames; of the worst frames of each kind of error a third as many, at least one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the spec says about the model."""

    name: str
    classes: tuple[ObjectClass, ...]
    conditions: tuple[Condition, ...]
    output: Output
    targets: tuple[Target, ...]


def run(params: Params, asked: Asked, made: Results, dataset: Dataset, made_of: Lineage) -> Page:
    """Put everything on one page: the verdict, what was measured, what it was made of.

    Args:
        params: of this stage.
        asked: by the spec.
        made: by the stages before.
        dataset: for pictures and counts.
        made_of: digests of everything.
    """
    names = {c.id: c.display for c in asked.classes}
    placed = data_page.Placed(dataset.frames, dataset.labels, dataset.split_of)
    shown = illustrations.samples(params.pictures, dataset)
    worst = illustrations.worst(
        max(1, params.pictures // 3), names, made.variants.variants[0].name, made.ledger, dataset
    )
    sections = (
        *judged(made, names, worst, asked.targets),
        purpose.section(asked.classes, asked.conditions, asked.output),
        data_page.data_section(made.coverage, placed, rejected(made.collection), names, shown),
        *labels(made, names),
        learning.section(made.overfit, made.training, charts(learning.history_charts(made.history))),
        purpose.limits(asked.conditions, made.collection.is_practice()),
        purpose.licence(),
        origin.section(made_of),
    )
    what = ", ".join(c.display for c in asked.classes)
    colophon = f"Weights {made.training.tensors_sha256[:16]}, code {made_of.code[:16]}. Made by the stage report."
    return Page(asked.name, f"Finds {what} in single frames.", banner(made, names), sections, colophon)


def banner(made: Results, names: Mapping[str, str]) -> Banner:
    """The verdict, and right below it where it loses most, and why."""
    first = made.variants.variants[0].name
    plain = verdict.banner(made.verdict, names, scores.headline(made.sheet, made.variants))
    return replace(plain, weakest=weakest.findings(made.sheet, made.errors, first, names))


def judged(
    made: Results, names: Mapping[str, str], worst: Sequence[Pictures], devices: Sequence[Target]
) -> tuple[Section, ...]:
    """How good it is, what goes wrong, and what was chosen; ``worst`` shows the worst frames."""
    first = made.variants.variants[0].name
    diagrams = calibration.drawn(charts(calibration.diagrams(made.calibration, names)))
    curves = operating.charts(made.operating_curves, made.operating, names)
    drawn = {variant: Pictures(charts(curve), charts=True) for variant, curve in curves.items()}
    return (
        scores.section(made.sheet, made.variants, names, precision_recall(made, names), made.certificate),
        errors.section(made.errors, made.confusion, first, names, worst),
        operating.section(made.operating, names, drawn),
        calibration.section(made.fitted, made.calibration, names, diagrams),
        variants.section(compared(made), names),
        targets.section(devices, made.verdict),
        parity.section(made.parity),
        suspicions.section(made.suspicions, names),
    )


def compared(made: Results) -> variants.Compared:
    """What is known of the variants."""
    return variants.Compared(
        made.variants, made.sheet, made.thresholds, made.costs, made.verdict, made.engines, made.quantisation
    )


def validation(page: Page, made: Results, names: Mapping[str, str], made_of: Lineage) -> Page:
    """The same evidence in the order of an independent validator, with what stays open."""
    measured = Measured(
        made.verdict, made.sheet, made.variants, made.calibration, made.operating, made.coverage, made.agreement,
        made.certificate, len(made.suspicions["frame"]), made_of, made.collection.is_practice(),
    )  # fmt: skip
    by_rule = method.section(Judged(made.sheet, made.calibration, made.errors, made.verdict, made.certificate))
    return validation_page.page(page, made.verdict, by_rule, open_findings.collected(measured, names))


def labels(made: Results, names: Mapping[str, str]) -> tuple[Section, ...]:
    """What is told of the labels; the pages of the stages themselves show more."""
    brightness = made.coverage.brightness
    charted = Pictures(charts([findings_page.brightness_chart(brightness)]), charts=True)
    return (
        findings_page.coverage_section(made.coverage, made.certificate, made.findings),
        *([findings_page.brightness_section(brightness, charted)] if brightness else []),
        agreement_page.agreement_section(made.agreement, names),
        split_page.split_section(made.certificate),
    )


def card(page: Page) -> Page:
    """The page's sections that belong on a model card."""
    return replace(page, sections=tuple(s for s in page.sections if s.id in CARD))


def charts(drawn: Iterable[Chart]) -> tuple[Picture, ...]:
    """Charts as pictures that follow the reader's colour scheme."""
    return tuple(Picture(html.data_uri("image/svg+xml", plots.svg(c)), f"Chart: {c.title}") for c in drawn)


def precision_recall(made: Results, names: Mapping[str, str]) -> Pictures:
    """Precision over recall of each variant."""
    drawn = [
        learning.square_chart(f"Precision over recall, {v}", ("recall", "precision"), curves, diagonal=False)
        for v, curves in _by_variant(made.precision_recall, names).items()
    ]
    return Pictures(charts(drawn), charts=True, note="On frames of the set test, at IoU 0.5.")


def rejected(collection: Collection) -> data_page.Rejected:
    """Files that were set aside, by reason."""
    return data_page.Rejected(
        collection.source, len(collection.rejected), Counter(r.finding for r in collection.rejected)
    )


def main() -> None:
    """Read, put together, write."""
    params = documents.read_document(Params, Path("params.yaml"), section="report")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    asked = Asked(spec.name, tuple(spec.classes), tuple(spec.conditions), spec.output, read_targets())
    made = results.read(DATA)
    made_of = _lineage(made)
    page = run(params, asked, made, Dataset.open(DATA), made_of)
    files.empty_folder(OUT)
    documents.write_value(OUT / "lineage.json", made_of)
    files.write_text(OUT / "model_card.md", html.model_card(card(page)))
    files.write_text(OUT / "report.html", html.page(page))
    checked = validation(page, made, {c.id: c.display for c in asked.classes}, made_of)
    files.write_text(OUT / "validation.md", html.validation_report(checked))
    files.write_text(OUT / "validation.html", html.page(checked))
    print(f"{OUT / 'report.html'}: {made.verdict.verdict}")


def _lineage(made: Results) -> Lineage:
    shards = sorted((DATA / "collect" / "shards").glob("*.tar"))
    read_tables = [
        DATA / name for name in ("validate/frames.parquet", "agreement/labels.parquet", "split/splits.parquet")
    ]
    configuration = [Path("specs/spec.yaml"), Path("params.yaml"), *sorted(Path("requirements").glob("*.txt"))]
    models = [Digest("weights' tensors", made.training.tensors_sha256)]
    models += [Digest(v.file, v.sha256) for v in made.variants.variants]
    trained = made.training.params
    return digests.collect([*shards, *read_tables], configuration, models, digests.Dice(trained.seed, trained.threads))


def _by_variant(curves: Iterable[Curve], names: Mapping[str, str]) -> dict[str, list[Curve]]:
    parted: dict[str, list[Curve]] = {}
    for curve in curves:
        parted.setdefault(curve.variant, []).append(replace(curve, label=names.get(curve.label, curve.label)))
    return parted


if __name__ == "__main__":
    exits.run(main)
