"""Read the evidence that lies in a workspace. What is not there is missing evidence, what is damaged is an error."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TypeVar

from detection.edge.trust.bundle import open_bundle
from detection.outside import documents, files, tables
from detection.outside.database.registry import Registry, open_registry
from detection.outside.decisions import Ledger
from detection.rules.assurance.evidence import Evidence, Governed, Told
from detection.rules.evidence.learning import Overfit
from detection.rules.evidence.lineage import Digest, Lineage
from detection.rules.field.retrain.records import Record
from detection.rules.field.story.chronicle import Chronicle
from detection.rules.judging.gates.lines import Verdict
from detection.rules.judging.parity import ParityReport
from detection.rules.judging.rehearsal import RehearsalSheet
from detection.rules.labels.intake.collection import Collection
from detection.rules.registry.readings import Live
from detection.rules.registry.signatures import approvals
from detection.rules.spec.people import People
from detection.rules.spec.spec import Spec

T = TypeVar("T")

_FILE = "sqlite:///"
BUNDLE, DECISIONS, REQUIREMENTS = Path("export/bundle"), Path("decisions"), Path("requirements")


def gather(registry: str, people: People | None, at: datetime) -> Evidence:
    """Everything that the workspace shows.

    Args:
        registry: URL of the registry; one that is not there is missing evidence.
        people: who may act, for approvals to be checked; None if nobody may.
        at: the clock's time.

    Raises:
        DetectionError: something is there and damaged.
    """
    story = _read(Chronicle, Path("story/story.json"))
    return Evidence(
        now=at,
        spec=documents.read_document(Spec, Path("specs/spec.yaml")),
        verdict=_read(Verdict, Path("data/gate/verdict.json")),
        parity=_read(ParityReport, Path("data/parity/parity.json")),
        overfit=_read(Overfit, Path("data/sanity/sanity.json")),
        collection=_read(Collection, Path("data/collect/source.json")),
        lineage=_read(Lineage, Path("data/report/lineage.json")),
        pins=tuple(Digest(path.as_posix(), files.sha256(path)) for path in sorted(REQUIREMENTS.glob("*.txt"))),
        diagnosed=_rows(Path("data/diagnose/errors.parquet")),
        bundle=open_bundle(BUNDLE).digest if BUNDLE.is_dir() else "",
        rehearsal=_read(RehearsalSheet, Path("rehearsal/rehearsal.json")),
        story=() if story is None else tuple(Told(one.name, one.held, one.words) for one in story.verdicts),
        decisions=_decisions(),
        governed=_governed(registry, people),
    )


def _read(kind: type[T], path: Path) -> T | None:
    return documents.read_value(kind, path) if path.exists() else None


def _rows(path: Path) -> int | None:
    if not path.exists():
        return None
    columns = tables.read_columns(path)
    return max((len(column) for column in columns.values()), default=0)


def _decisions() -> tuple[Record, ...]:
    return Ledger(DECISIONS).records() if DECISIONS.is_dir() else ()


def _governed(url: str, people: People | None) -> Governed | None:
    if url.startswith(_FILE) and not Path(url.removeprefix(_FILE)).exists():
        return None
    with open_registry(url) as registry:
        live = registry.live()
        periods = [one for slot in registry.slots() for one in registry.history(slot)]
        fault = registry.fault()
        return Governed(
            registry.versions(),
            live,
            tuple(sorted(periods, key=lambda one: one.since, reverse=True)),
            sum(_approved(registry, one, people) for one in live),
            "" if fault is None else f"entry {fault.number}: {fault.words}",
        )


def _approved(registry: Registry, live: Live, people: People | None) -> int:
    """Sound approvals of what is live in one slot."""
    if people is None:
        return 0
    given = registry.approvals(live.slot, live.version.content.digest)
    return sum(not approvals.fault_of(one, people) for one in given)
