"""The specification: what must hold, everywhere below. Models only; ``outside.documents`` reads the file.

A section that no stage checks yet is parsed all the same and listed by :func:`declared_only`, so that a report never
claims more than was checked.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from detection.rules.document import Contradiction, Document, Identifier
from detection.rules.spec.detector import Criterion, FailureModes, Guardrails, Output, Parity, Sanity, Target
from detection.rules.spec.field import Governance, Monitoring, Retraining, Rollout
from detection.rules.spec.labels import Boxes, Condition, Coverage, Images, Labelling, ObjectClass, Source, Split


class Spec(Document):
    """``specs/spec.yaml``, whole."""

    version: Literal[1]
    name: Identifier
    classes: Annotated[list[ObjectClass], Field(min_length=1)]
    conditions: list[Condition]
    sources: Annotated[list[Source], Field(min_length=1)]
    labelling: Labelling
    images: Images
    boxes: Boxes
    coverage: Coverage
    split: Split
    sanity: Sanity
    targets: list[Target]
    output: Output
    failure_modes: FailureModes
    parity: Parity
    acceptance: Annotated[list[Criterion], Field(min_length=1)]
    guardrails: Guardrails
    monitoring: Monitoring
    rollout: Rollout
    retraining: Retraining
    governance: Governance

    def contradictions(self) -> list[Contradiction]:
        """Names that are used and not declared, or declared twice; a split that groups by nothing."""
        faults = [*_repeated("classes", self.class_ids()), *_undeclared_labels(self), *_undeclared_conditions(self)]
        rule = self.split
        if not rule.keys and rule.time_window_s is None and rule.near_duplicate_bits is None:
            faults.append(
                Contradiction(
                    ("split", "keys"), "is empty and neither window nor radius is given; say what belongs together"
                )
            )
        return faults

    def class_ids(self) -> list[str]:
        """Class ids in the order that gives them their numbers."""
        return [c.id for c in self.classes]


ENFORCED_BY = {
    "classes": "collect",
    "conditions": "validate",
    "sources": "collect",
    "labelling": "validate, agreement",
    "images": "validate",
    "boxes": "validate",
    "coverage": "validate",
    "split": "split",
    "sanity": "sanity",
    "output": "calibrate",
    "parity": "parity",
    "acceptance": "gate",
    "monitoring": "calibrate",
}
"""Sections that a stage checks today, and which. The house tests hold this against dvc.yaml."""


def declared_only() -> list[str]:
    """Sections that are parsed and that nothing enforces yet."""
    return [name for name in Spec.model_fields if name not in ENFORCED_BY and name not in ("version", "name")]


def _repeated(section: str, names: list[str]) -> list[Contradiction]:
    repeated = [index for index, name in enumerate(names) if name in names[:index]]
    return [Contradiction((section, i), f"{names[i]!r} is declared twice; rename or remove one") for i in repeated]


def _undeclared_labels(spec: Spec) -> list[Contradiction]:
    known = ["every", *spec.class_ids()]
    return [
        Contradiction(("acceptance", i, "label"), f"no class {c.label!r}; expected one of {', '.join(known)}")
        for i, c in enumerate(spec.acceptance)
        if c.label not in known
    ]


def _undeclared_conditions(spec: Spec) -> list[Contradiction]:
    known = {c.id: c.values for c in spec.conditions}
    drawn = {("split", "golden"): spec.split.golden, ("split", "challenge"): spec.split.challenge}
    wheres: dict[tuple[str | int, ...], dict[str, list[str]]] = {
        **{("acceptance", i, "where"): c.where for i, c in enumerate(spec.acceptance)},
        **{(*place, "where"): frames.where for place, frames in drawn.items()},
    }
    faults = _repeated("conditions", [c.id for c in spec.conditions])
    for place, where in wheres.items():
        for condition, values in where.items():
            faults += [
                Contradiction((*place, condition), f"condition {condition!r} has no value {value!r}; declare it")
                for value in values
                if value not in known.get(condition, [])
            ]
    for i, crossing in enumerate(spec.coverage.crossings):
        for name in crossing.of:
            if name != "class" and name not in known:
                faults.append(Contradiction(("coverage", "crossings", i, "of"), f"no condition {name!r}; declare it"))
    for place, frames in drawn.items():
        if frames.balance_by is not None and frames.balance_by not in known:
            faults.append(Contradiction((*place, "balance_by"), f"no condition {frames.balance_by!r}; declare it"))
    return faults
