"""The specification: what must hold, everywhere below. Models only; ``outside.documents`` reads the file.

A section that no stage checks yet is parsed all the same and listed by :func:`declared_only`, so that a report never
claims more than was checked.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from detection.rules.document import Contradiction, Document, Identifier

Share = Annotated[float, Field(ge=0, le=1)]
"""A part of a whole, 0 to 1 (not a percentage)."""
OpenShare = Annotated[float, Field(gt=0, lt=1)]
"""A part of a whole, strictly between 0 and 1."""
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=0)]
PositiveCount = Annotated[int, Field(ge=1)]

JudgingSet = Literal["test", "golden", "challenge"]
Severity = Literal["blocking", "warning"]


class ObjectClass(Document):
    """One class to be found."""

    id: Identifier
    display: str
    """The name people read."""
    include: str
    """What counts as one."""
    exclude: str
    """What looks like one and is not."""
    minimum_size_px: Positive
    """Shorter side below which it is not labelled, pixels of the frame."""
    minimum_visible_share: Share
    """Visible part below which it is not labelled."""


class Condition(Document):
    """One way in which frames differ, and how many of each we need."""

    id: Identifier
    values: Annotated[list[Identifier], Field(min_length=1)]
    derived_from: str
    """Where the value comes from, in words."""
    minimum_frames: Count
    """Frames of each value below which coverage says so."""


class Source(Document):
    """One place frames come from, and the right to use them."""

    id: Identifier
    licence: str
    consent: str
    """Ground on which people in the frames may be used, or ``not-needed``."""
    retain_until: date | None
    """Day after which frames are excluded; null keeps them for good."""


class Labelling(Document):
    """What labels must be before anything learns from them."""

    guideline: str
    guideline_version: str
    agreement_iou: OpenShare
    """Overlap from which two annotators' boxes count as one object."""
    agreement_floor: Share
    """Matched F1 of every class below which the labels are refused."""
    rejected_share_maximum: Share
    """Rejected frames or boxes above this part stop the run."""
    findings: dict[Identifier, Severity]
    """What each finding of ``validate`` means; those not named are warnings."""


class MinimumGroups(Document):
    """Groups without which a split proves nothing."""

    train: PositiveCount
    val: PositiveCount
    test: PositiveCount


class JudgingFrames(Document):
    """How one of the frozen judging sets is drawn from the held-out frames."""

    frames: Count
    """Frames wanted; fewer are drawn where fewer exist, none with 0."""
    where: dict[Identifier, list[Identifier]]
    """Condition values a frame must have; empty takes any."""
    balance_by: Identifier | None
    """Condition whose values are drawn in equal numbers."""
    verified_only: bool
    """Only frames that an expert has checked."""


class Split(Document):
    """What may never stand on two sides."""

    keys: list[Literal["site", "camera", "scene"]]
    """Frames that share one of these belong together; may be empty where a time window is given."""
    time_window_s: Positive | None
    """Frames of one camera no further apart than this belong together; null if not wanted."""
    minimum_groups: MinimumGroups
    golden: JudgingFrames
    challenge: JudgingFrames


class Sanity(Document):
    """Can the model learn at all?"""

    ap50_minimum: Share
    """AP50 on the very frames it was overfitted to."""


class Target(Document):
    """One kind of device, and what the detector may cost there."""

    id: Identifier
    hardware: str
    engine: Identifier
    p95_ms: Positive
    memory_mb: Positive
    bundle_mb: Positive


class Output(Document):
    """The contract of what leaves the detector."""

    coordinates: Literal["corners-pixels-of-original-frame"]
    scores: Literal["calibrated"]
    suppression_iou: OpenShare
    """Of two boxes of one class that overlap more than this the better stays."""
    score_floor: OpenShare
    """Raw score below which a candidate is never looked at."""
    maximum_detections: PositiveCount
    threshold_policy: Literal["f1-best"]


class FailureModes(Document):
    """What is answered when the world is not as validated."""

    unknown_object: Literal["ignore", "flag"]
    low_score: Literal["suppress", "flag"]
    out_of_domain: Literal["flag", "suppress", "fallback"]
    degraded_camera: Literal["flag", "suppress", "fallback"]


class Parity(Document):
    """How far training, export and device may differ over the same frames."""

    tensor_difference_maximum: Share
    """Largest difference of a letterboxed tensor's value, scale 0 to 1."""
    box_difference_maximum_px: Positive
    score_difference_maximum: OpenShare
    unmatched_share_maximum: Share
    """Detections of one side without a partner on the other, part of all."""


class Criterion(Document):
    """One line of the gate: a bound that must be proven, not observed."""

    set: JudgingSet
    variant: Identifier
    """A variant's name, or ``every``."""
    label: Identifier
    """A class id, or ``every`` for all boxes together."""
    where: dict[Identifier, list[Identifier]]
    """The slice: condition values a frame must have; empty takes all."""
    metric: Literal["precision", "recall"]
    at_least: OpenShare
    confidence: OpenShare
    """One-sided; 0.95 lets one release in twenty pass at the bound itself."""


class Monitoring(Document):
    """When the field is no longer the world that was validated."""

    score_edges: Annotated[list[float], Field(min_length=1)]
    """Inner bin edges, ascending; the outer bins are open, bins are (lower, upper]."""
    brightness_edges: Annotated[list[float], Field(min_length=1)]
    """Inner bin edges of a frame's mean grey, 0 to 255."""
    psi_warning: Positive
    psi_alarm: Positive
    minimum_frames: PositiveCount
    """Frames of a camera below which the answer is 'too few'."""
    minimum_detections: PositiveCount
    window_s: Positive
    breaches_to_alarm: PositiveCount
    """Windows in a row above the bound before an alarm."""


class Guardrails(Document):
    """What may not get worse while something else gets better."""

    p95_increase_maximum: Share
    bundle_increase_maximum: Share
    worst_condition_recall_drop_maximum: Share


class RolloutStage(Document):
    """One step of a rollout."""

    share: Annotated[float, Field(gt=0, le=1)]
    hours: Positive


class Rollout(Document):
    """How a release reaches the fleet, and what calls it back."""

    stages: list[RolloutStage]
    rollback_error_rate: Share
    rollback_p95_ms: Positive


class Retraining(Document):
    """When a challenger is proposed."""

    drift: bool
    slo_breach: bool
    staleness_days: PositiveCount
    cooldown_days: Count


class Governance(Document):
    """Who answers for what."""

    risk_tier: Literal["low", "medium", "high"]
    owner: str
    approvals: Count
    approver_roles: list[str]


class Spec(Document):
    """``specs/spec.yaml``, whole."""

    version: Literal[1]
    name: Identifier
    classes: Annotated[list[ObjectClass], Field(min_length=1)]
    conditions: list[Condition]
    sources: Annotated[list[Source], Field(min_length=1)]
    labelling: Labelling
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
        if not self.split.keys and self.split.time_window_s is None:
            faults.append(
                Contradiction(("split", "keys"), "is empty and no time window is given; say what belongs together")
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
    for place, frames in drawn.items():
        if frames.balance_by is not None and frames.balance_by not in known:
            faults.append(Contradiction((*place, "balance_by"), f"no condition {frames.balance_by!r}; declare it"))
    return faults
