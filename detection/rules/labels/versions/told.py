"""What the stages told of a version: the few figures of their documents that its card repeats.

Every field has a value for documents that lack it, because a card is also asked of revisions whose stages told less.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from detection.rules.labels.samples import Assignments


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure with the interval it lies in; none is known where the ends are None."""

    value: float
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class ClassTold:
    """How far annotators agree on one class; None if it could not be measured."""

    label: str
    f1: Measured | float | None = None

    def figure(self) -> Measured | None:
        """F1 with its interval."""
        return Measured(self.f1) if isinstance(self.f1, float | int) else self.f1


@dataclass(frozen=True, slots=True)
class AgreementTold:
    """Of ``agreement.json``: the result in a sentence, the floor, the overlap of one object, every class."""

    statement: str = "not told"
    floor: float | None = None
    iou: float | None = None
    classes: tuple[ClassTold, ...] = ()


@dataclass(frozen=True, slots=True)
class SetTold:
    """One set of the split, and SHA-256 over its sorted frame ids."""

    set: str
    frames: int = 0
    groups: int = 0
    verified: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class SplitTold:
    """Of ``certificate.json``: what is proven, what stands on two sides, every set."""

    statement: str = "not told"
    crossings: int = 0
    groups: int = 0
    sets: tuple[SetTold, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceTold:
    """One source of ``source.json``."""

    id: str = ""
    origin: str = ""
    format: str = ""
    delivery: str = ""
    frames: int = 0
    boxes: int = 0
    expired: int = 0


@dataclass(frozen=True, slots=True)
class RejectedTold:
    """One thing that ``collect`` set aside."""

    finding: str = ""


@dataclass(frozen=True, slots=True)
class CollectionTold:
    """Of ``source.json``: every source, and what was set aside."""

    contributions: tuple[SourceTold, ...] = ()
    rejected: tuple[RejectedTold, ...] = ()


@dataclass(frozen=True, slots=True)
class FindingKind:
    """All findings of one kind and weight."""

    finding: str
    severity: str
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Everything that was told; None and nothing where a stage did not.

    Attributes:
        answers: who looked at which frame, before labels were settled.
        collection: of stage collect.
        findings: of stage validate, by kind.
        agreement: of stage agreement.
        split: of stage split.
    """

    answers: Assignments | None = None
    collection: CollectionTold = field(default_factory=CollectionTold)
    findings: tuple[FindingKind, ...] | None = None
    agreement: AgreementTold | None = None
    split: SplitTold | None = None
