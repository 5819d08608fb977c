"""Stage ``agreement``: do the annotators agree enough to learn from?

Reads  data/validate/boxes.parquet, assignments.parquet
Writes data/agreement/agreement.json, labels.parquet (one set per frame), labelled.parquet (one row per frame)

The measurement is written even when it stops the run, so that people can talk about the frames it names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from detection.errors import LabelsError
from detection.outside import documents, exits, files, tables
from detection.rules.document import Document
from detection.rules.labels.agreement import consensus
from detection.rules.labels.agreement import pairs as agreement
from detection.rules.labels.agreement.consensus import Agreed
from detection.rules.labels.agreement.pairs import Agreement
from detection.rules.labels.samples import Annotations, Assignments
from detection.rules.spec.labels import Labelling, ObjectClass
from detection.rules.spec.spec import Spec

VALIDATE = Path("data/validate")
OUT = Path("data/agreement")


class Params(Document):
    """Section ``agreement`` of params.yaml: nothing to try; what decides stands in the spec."""


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """What the stage writes."""

    agreement: Agreement
    agreed: Agreed


def run(boxes: Annotations, assignments: Assignments, classes: Sequence[ObjectClass], labelling: Labelling) -> Settled:
    """Compare the annotators, then settle one set of labels per frame."""
    at_least, floor = labelling.agreement_iou, labelling.agreement_floor
    measured = agreement.measure(boxes, assignments, [c.id for c in classes], at_least, floor)
    return Settled(measured, consensus.agree(boxes, assignments, at_least))


def refuse(settled: Settled) -> None:
    """Stop if a class is below the floor.

    Raises:
        LabelsError: names class, value, floor and the frames that show it best.
    """
    low = agreement.below_floor(settled.agreement)
    if low:
        raise LabelsError("the annotators agree too little to learn from; talk over the guideline and relabel", low)


def main() -> None:
    """Read the accepted labels, measure, settle, write."""
    documents.read_document(Params, Path("params.yaml"), section="agreement")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    boxes = tables.read_annotations(VALIDATE / "boxes.parquet")
    assignments = tables.read_assignments(VALIDATE / "assignments.parquet")
    settled = run(boxes, assignments, spec.classes, spec.labelling)
    out = files.empty_folder(OUT)
    documents.write_value(out / "agreement.json", settled.agreement)
    tables.write_annotations(out / "labels.parquet", settled.agreed.labels)
    tables.write_assignments(out / "labelled.parquet", settled.agreed.labelled)
    refuse(settled)
    print(f"agreement: {settled.agreement.statement}")


if __name__ == "__main__":
    exits.run(main)
