"""The specification: what must hold, everywhere below. Models only; ``outside.documents`` reads the file.

A section that no stage checks yet is parsed all the same and listed by :func:`declared_only`, so that a report never
claims more than was checked.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from detection.rules.document import Contradiction, Document, Identifier
from detection.rules.spec import contradictions
from detection.rules.spec.detector import FailureModes, Installation, Output, Parity, Sanity, Variants
from detection.rules.spec.domain import Domain
from detection.rules.spec.field import Monitoring, Retraining, Rollout
from detection.rules.spec.governance import Governance
from detection.rules.spec.judging import (
    Acceptance,
    Comparison,
    Guardrails,
    Judging,
    OperatingPoint,
)
from detection.rules.spec.labels import Boxes, Condition, Coverage, Images, Labelling, ObjectClass, Source, Split
from detection.rules.spec.review import Review


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
    variants: Variants
    installation: Installation
    output: Output
    failure_modes: FailureModes
    parity: Parity
    judging: Judging
    operating_points: Annotated[list[OperatingPoint], Field(min_length=1)]
    acceptance: Acceptance
    comparison: Comparison
    guardrails: Guardrails
    domain: Domain
    monitoring: Monitoring
    review: Review
    rollout: Rollout
    retraining: Retraining
    governance: Governance

    def contradictions(self) -> list[Contradiction]:
        """Names that are used and not declared, or declared twice; bounds that bound nothing."""
        return contradictions.of(self)

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
    "variants": "gate",
    "installation": "bundle",
    "parity": "parity",
    "judging": "calibrate, evaluate, diagnose",
    "operating_points": "calibrate",
    "acceptance": "gate",
    "comparison": "detection compare",
    "guardrails": "detection compare",
    "domain": "calibrate",
    "failure_modes": "calibrate",
    "monitoring": "calibrate",
    "review": "detection review queue",
    "retraining": "detection policy",
    "governance": "detection registry",
}
"""Sections that something checks today, and what: a stage of dvc.yaml, or a command. The house tests hold this."""


def declared_only() -> list[str]:
    """Sections that are parsed and that nothing enforces yet."""
    return [name for name in Spec.model_fields if name not in ENFORCED_BY and name not in ("version", "name")]
