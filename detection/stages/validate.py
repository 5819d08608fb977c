"""Stage ``validate``: is every frame and label well-formed under the spec; are its conditions covered?

Reads  data/collect/frames.parquet, duplicates.parquet, boxes.parquet, assignments.parquet, source.json
Writes data/validate/frames.parquet, duplicates.parquet, boxes.parquet, assignments.parquet (what was accepted),
       findings.parquet, coverage.json

The findings are written even when they stop the run, so that people can mend what they name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detection.errors import LabelsError, SourceError
from detection.outside import documents, exits, files, tables
from detection.rules.document import Document
from detection.rules.labels.findings import coverage, wellformed
from detection.rules.labels.findings import finding as findings
from detection.rules.labels.findings.coverage import Coverage
from detection.rules.labels.findings.finding import Finding
from detection.rules.labels.intake.arrivals import Tables
from detection.rules.labels.intake.collection import Collection
from detection.rules.spec.labels import Condition, Labelling, ObjectClass
from detection.rules.spec.spec import Spec

COLLECT = Path("data/collect")
OUT = Path("data/validate")


class Params(Document):
    """Section ``validate`` of params.yaml: nothing to try; what decides stands in the spec."""


@dataclass(frozen=True, slots=True, eq=False)
class Validated:
    """What the stage writes."""

    accepted: Tables
    findings: tuple[Finding, ...]
    coverage: Coverage


def run(
    collected: Tables,
    collection: Collection,
    classes: Sequence[ObjectClass],
    conditions: Sequence[Condition],
    labelling: Labelling,
) -> Validated:
    """Look at everything once; set aside what cannot be used; count what is left."""
    ids = [c.id for c in classes]
    checked = wellformed.check(collected, ids, labelling)
    found = [*wellformed.of_collection(collection, labelling), *checked.findings]
    boxes, assignments = checked.boxes, collected.assignments
    covered = coverage.count(collected.frames, boxes, assignments, conditions, ids)
    weight = findings.severity(labelling, "coverage")
    found += [Finding("coverage", weight, "", "", "", gap) for gap in coverage.gaps(covered)]
    return Validated(Tables(collected.frames, boxes, assignments), tuple(found), covered)


def refuse(validated: Validated, collected: Tables, collection: Collection, rejected_share_maximum: float) -> None:
    """Stop if nothing is left, if a finding blocks, or if too much was set aside.

    Raises:
        SourceError: no frame is left.
        LabelsError: a blocking finding, or more rejected than the spec allows.
    """
    if not len(validated.accepted.frames):
        raise SourceError("data/collect: no frame is left; see data/validate/findings.parquet")
    blocking = findings.blocking(validated.findings)
    if blocking:
        raise LabelsError(
            f"{len(blocking)} finding(s) that the spec calls blocking; mend the labels or the spec", blocking
        )
    lost = (
        ("frames", collection.rejected_frames(), len(collected.frames) + collection.rejected_frames()),
        ("boxes", len(collected.boxes) - len(validated.accepted.boxes), len(collected.boxes)),
    )
    faults = [
        f"{few} of {whole} {noun} rejected: {few / whole:.3f} (at most {rejected_share_maximum})"
        for noun, few, whole in lost
        if whole and few / whole > rejected_share_maximum
    ]
    if faults:
        raise LabelsError("more was rejected than the spec allows; see data/validate/findings.parquet", faults)


def main() -> None:
    """Read the collection, check it, write what was accepted and what was found."""
    documents.read_document(Params, Path("params.yaml"), section="validate")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    collection = documents.read_value(Collection, COLLECT / "source.json")
    collected = Tables(
        tables.read_frames(COLLECT / "frames.parquet"),
        tables.read_annotations(COLLECT / "boxes.parquet"),
        tables.read_assignments(COLLECT / "assignments.parquet"),
    )
    validated = run(collected, collection, spec.classes, spec.conditions, spec.labelling)
    _write(files.empty_folder(OUT), validated)
    tables.write_frames(OUT / "duplicates.parquet", tables.read_frames(COLLECT / "duplicates.parquet"))
    refuse(validated, collected, collection, spec.labelling.rejected_share_maximum)
    _tell(validated)


def _write(out: Path, validated: Validated) -> None:
    tables.write_frames(out / "frames.parquet", validated.accepted.frames)
    tables.write_annotations(out / "boxes.parquet", validated.accepted.boxes)
    tables.write_assignments(out / "assignments.parquet", validated.accepted.assignments)
    tables.write_columns(out / "findings.parquet", findings.columns(validated.findings))
    documents.write_value(out / "coverage.json", validated.coverage)


def _tell(validated: Validated) -> None:
    kinds = np.array([f.finding for f in validated.findings], object)
    told = ", ".join(f"{np.count_nonzero(kinds == kind)} {kind}" for kind in sorted(set(kinds))) or "none"
    accepted = validated.accepted
    print(f"validate: {len(accepted.frames)} frames, {len(accepted.boxes)} boxes accepted; findings: {told}")


if __name__ == "__main__":
    exits.run(main)
