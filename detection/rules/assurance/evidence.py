"""What a repository can show for itself, as values; whatever was not found is None or empty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from detection.rules.evidence.learning import Overfit
from detection.rules.evidence.lineage import Digest, Lineage
from detection.rules.field.retrain.records import Record
from detection.rules.judging.gates.lines import Verdict
from detection.rules.judging.parity import ParityReport
from detection.rules.judging.rehearsal import RehearsalSheet
from detection.rules.labels.intake.collection import Collection
from detection.rules.registry.readings import Live
from detection.rules.registry.registered import Version
from detection.rules.registry.situations import Period
from detection.rules.spec.spec import Spec


@dataclass(frozen=True, slots=True)
class Governed:
    """What the registry shows.

    Attributes:
        versions: all of them.
        live: what is in Production now, in every slot.
        periods: of all slots, newest first.
        approvals: sound approvals by somebody else of what is live.
        chain: "" if the whole log holds, else what is wrong with it.
    """

    versions: tuple[Version, ...]
    live: tuple[Live, ...]
    periods: tuple[Period, ...]
    approvals: int
    chain: str


@dataclass(frozen=True, slots=True)
class Told:
    """A verdict that a command left: of a rehearsal of the year, of a season.

    Attributes:
        name: what had to be shown.
        holds: whether it was.
        words: with figures.
    """

    name: str
    holds: bool
    words: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that the score and the questions look at.

    Attributes:
        now: UTC.
        spec: the specification.
        verdict: ``data/gate/verdict.json``.
        parity: ``data/parity/parity.json``.
        overfit: ``data/sanity/sanity.json``.
        collection: ``data/collect/source.json``.
        lineage: ``data/report/lineage.json``.
        pins: the requirements' digests as they are now.
        diagnosed: errors that ``diagnose`` listed frame by frame; None if it did not.
        bundle: digest of ``export/bundle``; ``""`` if there is none.
        rehearsal: ``rehearsal/rehearsal.json``.
        story: verdicts of ``story/story.json``.
        decisions: of the field, oldest first.
        governed: the registry; None if there is none.
    """

    now: datetime
    spec: Spec
    verdict: Verdict | None
    parity: ParityReport | None
    overfit: Overfit | None
    collection: Collection | None
    lineage: Lineage | None
    pins: tuple[Digest, ...]
    diagnosed: int | None
    bundle: str
    rehearsal: RehearsalSheet | None
    story: tuple[Told, ...]
    decisions: tuple[Record, ...]
    governed: Governed | None

    @property
    def watched(self) -> str:
        """Digest of the bundle that the field was last watched and decided about; ``""`` if it never was."""
        return self.decisions[-1].inputs.evidence.live.bundle if self.decisions else ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one row comes to.

    Attributes:
        points: 1 if a machine checks it at every run, 0.5 if it was done and written down, 0 otherwise; nothing else.
        why: with figures; of what is missing: the next step.
        proof: files that prove it, relative to the workspace; empty for 0.
    """

    points: float
    why: str
    proof: tuple[str, ...] = ()


def missing(next_step: str) -> Answer:
    """Nothing proves it."""
    return Answer(0, next_step)
