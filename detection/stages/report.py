"""Stage ``report``: for people, one page that shows it all, and a model card; also when the gate is red.

Reads  what every stage before it left under data/; specs/spec.yaml, params.yaml and requirements/ (for their digests)
Writes data/report/report.html, model_card.md, lineage.json
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import Field

from detection.outside import documents, exits, files, html, illustrations, plots, results
from detection.outside import lineage as digests
from detection.outside.dataset import Dataset
from detection.outside.results import Results
from detection.rules.document import Document
from detection.rules.evidence import learning, purpose
from detection.rules.evidence import lineage as origin
from detection.rules.evidence.charts import Chart
from detection.rules.evidence.judging import scores, verdict
from detection.rules.evidence.labels import agreement as agreement_page
from detection.rules.evidence.labels import data as data_page
from detection.rules.evidence.labels import findings as findings_page
from detection.rules.evidence.labels import split as split_page
from detection.rules.evidence.learning import Curve
from detection.rules.evidence.lineage import Digest, Lineage
from detection.rules.evidence.page import Page, Picture, Pictures, Section
from detection.rules.labels.intake.collection import Collection
from detection.rules.spec.detector import Output
from detection.rules.spec.labels import Condition, ObjectClass
from detection.rules.spec.spec import Spec

DATA = Path("data")
OUT = DATA / "report"
CARD = ("purpose", "data", "agreement", "scores", "variants", "limits", "licence", "lineage")
"""Sections of the page that the model card repeats."""


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


def run(params: Params, asked: Asked, made: Results, dataset: Dataset, made_of: Lineage) -> Page:
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
    shown = illustrations.samples(params.pictures, dataset)
    missed, false = illustrations.errors(params.pictures, names, made, dataset)
    sections = (
        purpose.section(asked.classes, asked.conditions, asked.output),
        data_page.data_section(made.coverage, placed, rejected(made.collection), names, shown),
        *labels(made, names),
        learning.section(made.overfit, made.training, charts(learning.history_charts(made.history))),
        scores.section(made.sheet, made.variants, names, precision_recall(made, names)),
        scores.comparison(made.sheet, made.variants, made.thresholds, names),
        learning.calibration_section(reliability(made, names), made.calibration, names),
        learning.error_section(missed, false),
        scores.parity(made.parity),
        purpose.limits(asked.conditions, made.collection.is_practice()),
        purpose.licence(),
        origin.section(made_of),
    )
    what = ", ".join(c.display for c in asked.classes)
    banner = verdict.banner(made.verdict, names, scores.headline(made.sheet, made.variants))
    colophon = f"Weights {made.training.tensors_sha256[:16]}, code {made_of.code[:16]}. Made by the stage report."
    return Page(asked.name, f"Finds {what} in single frames.", banner, sections, colophon)


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


def reliability(made: Results, names: Mapping[str, str]) -> tuple[Picture, ...]:
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


def main() -> None:
    """Read, put together, write."""
    params = documents.read_document(Params, Path("params.yaml"), section="report")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    asked = Asked(spec.name, tuple(spec.classes), tuple(spec.conditions), spec.output)
    made = results.read(DATA)
    made_of = _lineage(made)
    page = run(params, asked, made, Dataset.open(DATA), made_of)
    files.empty_folder(OUT)
    documents.write_value(OUT / "lineage.json", made_of)
    files.write_text(OUT / "model_card.md", html.model_card(card(page)))
    files.write_text(OUT / "report.html", html.page(page))
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
