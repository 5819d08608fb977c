"""Stage ``validate``: is every frame and label well-formed under the spec; are its conditions covered?

Reads  data/collect/frames.parquet, duplicates.parquet, boxes.parquet, assignments.parquet, source.json, shards/
Writes data/validate/frames.parquet, duplicates.parquet, boxes.parquet, assignments.parquet (what was accepted),
       images.parquet (what was measured of the pixels), findings.parquet, coverage.json, findings.html

The findings are written even when they stop the run, so that people can mend what they name.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from detection.errors import LabelsError, SourceError
from detection.outside import daft, documents, examples, exits, files, html, plots, tables
from detection.rules.document import Document
from detection.rules.evidence.labels import findings as findings_page
from detection.rules.evidence.page import Page, Picture, Pictures
from detection.rules.labels.findings import (
    balance,
    brightness,
    class_rules,
    coverage,
    duplicates,
    image_faults,
    near_identical,
    outliers,
    wellformed,
)
from detection.rules.labels.findings import finding as findings
from detection.rules.labels.findings.coverage import Coverage, Wanted
from detection.rules.labels.findings.drawn import drawn
from detection.rules.labels.findings.finding import Finding
from detection.rules.labels.findings.image_faults import Looked
from detection.rules.labels.intake.arrivals import Tables
from detection.rules.labels.intake.collection import Collection
from detection.rules.labels.samples import Strings
from detection.rules.labels.statistics import Statistics
from detection.rules.spec.spec import Spec

COLLECT = Path("data/collect")
OUT = Path("data/validate")


class Params(Document):
    """Section ``validate`` of params.yaml."""

    runner: Literal["native", "ray"]
    """Where pixels are measured: on this machine, or on a Ray cluster that sees the same folder."""
    address: str | None
    """Of the cluster's head; null starts one on this machine alone."""


@dataclass(frozen=True, slots=True, eq=False)
class Validated:
    """What the stage writes.

    Attributes:
        accepted: frames that can be read, and their boxes that can be used.
        findings: everything that is wrong.
        coverage: of what was accepted.
    """

    accepted: Tables
    findings: tuple[Finding, ...]
    coverage: Coverage


def run(collected: Tables, statistics: Statistics, collection: Collection, spec: Spec) -> Validated:
    """Look at everything once; set aside what cannot be used; count what is left.

    Args:
        collected: what stage ``collect`` left.
        statistics: what was measured of its pixels.
        collection: what it set aside.
        spec: what frames and labels must be.
    """
    labelling = spec.labelling
    looked = image_faults.looked(collected.frames, statistics)
    found = [
        *wellformed.of_collection(collection, labelling),
        *image_faults.check(looked, spec.images, labelling),
        *image_faults.unanswered(collected.frames, collected.assignments, labelling),
        *image_faults.crowds(collected.frames, collected.boxes, labelling),
    ]
    readable = _without(collected, collected.frames.id[looked.unreadable()])
    checked = wellformed.check(readable, spec.class_ids(), labelling)
    accepted = Tables(readable.frames, checked.boxes, readable.assignments)
    found += [*checked.findings, *class_rules.check(drawn(readable), spec.classes, spec.boxes, labelling)]
    found += _suspicions(accepted, looked, spec)
    told = brightness.over_time(looked)
    wanted = Wanted(spec.conditions, spec.class_ids(), spec.coverage.boxes_per_class, spec.coverage.crossings)
    covered = coverage.count(accepted, wanted, told)
    found += [findings.of_all("coverage", labelling, gap) for gap in coverage.gaps(covered)]
    found += balance.check(covered, labelling)
    return Validated(accepted, tuple(found), covered)


def _without(collected: Tables, unreadable: Strings) -> Tables:
    """The tables without some frames, their boxes and their answers."""
    if not len(unreadable):
        return collected
    gone = set(unreadable.tolist())
    frames, boxes, assignments = collected.frames, collected.boxes, collected.assignments
    return Tables(
        frames.take(np.array([frame not in gone for frame in frames.id], bool)),
        boxes.take(np.array([frame not in gone for frame in boxes.frame], bool)),
        assignments.take(np.array([frame not in gone for frame in assignments.frame], bool)),
    )


def _suspicions(accepted: Tables, looked: Looked, spec: Spec) -> list[Finding]:
    """What may be right, and is so unlike all others that somebody should look."""
    made, rules, labelling = drawn(accepted), spec.boxes, spec.labelling
    found: list[Finding] = []
    if rules.duplicate_iou is not None:
        found += duplicates.drawn_twice(made, rules.duplicate_iou, labelling)
    if rules.outlier_deviations is not None:
        found += outliers.unusual_boxes(made, rules.outlier_deviations, rules.border_margin_px, labelling)
    if rules.few_boxes_deviations is not None:
        found += outliers.few_boxes(made, accepted.assignments, rules.few_boxes_deviations, labelling)
    if spec.images.near_identical_bits is not None:
        found += near_identical.check(looked, made, accepted.assignments, spec.images.near_identical_bits, labelling)
    return found


def refuse(validated: Validated, collected: Tables, collection: Collection, rejected_share_maximum: float) -> None:
    """Stop if nothing is left, if a finding blocks, or if too much was set aside.

    Raises:
        SourceError: no frame is left.
        LabelsError: a blocking finding, or more rejected than the spec allows.
    """
    accepted = validated.accepted
    if not len(accepted.frames):
        raise SourceError("data/collect: no frame is left; see data/validate/findings.html")
    blocking = findings.blocking(validated.findings)
    if blocking:
        number = sum(f.severity == "blocking" for f in validated.findings)
        raise LabelsError(
            f"{number} finding(s) that the spec calls blocking; mend the labels or the spec; "
            "see data/validate/findings.html",
            blocking,
        )
    early = collection.rejected_frames()
    lost = (
        ("frames", early + len(collected.frames) - len(accepted.frames), len(collected.frames) + early),
        ("boxes", len(collected.boxes) - len(accepted.boxes), len(collected.boxes)),
    )
    faults = [
        f"{few} of {whole} {noun} rejected: {few / whole:.3f} (at most {rejected_share_maximum})"
        for noun, few, whole in lost
        if whole and few / whole > rejected_share_maximum
    ]
    if faults:
        raise LabelsError("more was rejected than the spec allows; see data/validate/findings.html", faults)


def page(name: str, validated: Validated, shown: tuple[Pictures, ...]) -> Page:
    """What was found, as a page that people look at before they mend it."""
    covered = validated.coverage
    sections = [findings_page.findings_section(covered, findings_page.kinds_of(validated.findings))]
    if shown:
        sections.append(findings_page.examples_section(shown))
    sections.append(findings_page.coverage_section(covered, None, ()))
    if covered.brightness:
        chart = findings_page.brightness_chart(covered.brightness)
        drawing = Picture(html.data_uri("image/svg+xml", plots.svg(chart)), f"Chart: {chart.title}")
        sections.append(findings_page.brightness_section(covered.brightness, Pictures((drawing,), charts=True)))
    subtitle = f"{covered.frames} frames, {len(validated.accepted.boxes)} boxes accepted."
    return Page(name, subtitle, None, tuple(sections), "Made by the stage validate.", "Findings and coverage")


def main() -> None:
    """Read the collection, measure its pixels, check it, write what was accepted and what was found."""
    params = documents.read_document(Params, Path("params.yaml"), section="validate")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    collection = documents.read_value(Collection, COLLECT / "source.json")
    collected = Tables(
        tables.read_frames(COLLECT / "frames.parquet"),
        tables.read_annotations(COLLECT / "boxes.parquet"),
        tables.read_assignments(COLLECT / "assignments.parquet"),
    )
    engine = daft.Engine(params.runner, params.address)
    statistics = daft.measure(COLLECT / "shards", collected.frames, engine)
    validated = run(collected, statistics, collection, spec)
    _write(files.empty_folder(OUT), validated, statistics)
    tables.write_frames(OUT / "duplicates.parquet", tables.read_frames(COLLECT / "duplicates.parquet"))
    shown = examples.of_findings(COLLECT / "shards", collected, validated.findings)
    files.write_text(OUT / "findings.html", html.page(page(spec.name, validated, shown)))
    refuse(validated, collected, collection, spec.labelling.rejected_share_maximum)
    _tell(validated)


def _write(out: Path, validated: Validated, statistics: Statistics) -> None:
    tables.write_frames(out / "frames.parquet", validated.accepted.frames)
    tables.write_annotations(out / "boxes.parquet", validated.accepted.boxes)
    tables.write_assignments(out / "assignments.parquet", validated.accepted.assignments)
    tables.write_statistics(out / "images.parquet", statistics)
    tables.write_columns(out / "findings.parquet", findings.columns(validated.findings))
    documents.write_value(out / "coverage.json", validated.coverage)


def _tell(validated: Validated) -> None:
    kinds = findings_page.kinds_of(validated.findings)
    told = ", ".join(f"{kind.number} {kind.finding}" for kind in kinds) or "none"
    accepted = validated.accepted
    print(f"validate: {len(accepted.frames)} frames, {len(accepted.boxes)} boxes accepted; findings: {told}")


if __name__ == "__main__":
    exits.run(main)
