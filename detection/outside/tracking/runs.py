"""Runs of the pipeline on their way to the tracker: put into a folder first, told from there, removed once told.

A tracker that is down costs nothing: what was not told waits; the next run, or ``detection registry mirror``, tells it.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from pydantic import ConfigDict

from detection.errors import DetectionError
from detection.outside import documents, files
from detection.rules.document import Document
from detection.rules.evidence.lineage import Digest, Lineage
from detection.rules.judging.gates.lines import Verdict
from detection.rules.tracking.runs import RunRecord, curves_of, facts_of, figures_of, settings_of

WAITING = Path("tracking")
RECORD = "record.json"
FILES = (
    "data/evaluate/metrics.json",
    "data/gate/verdict.json",
    "data/parity/parity.json",
    "data/report/lineage.json",
    "data/report/model_card.md",
    "data/report/report.html",
    "data/train/history.csv",
)
"""That go with a run; the plots below data/*/plots go too."""
DIGESTED = ("data/train/weights.pt", "data/convert/variants.json", "data/calibrate/thresholds.json")
"""Artefacts that stay where they are; a run has their digests."""


class Section(Document):
    """Section ``track`` of params.yaml."""

    tracker: str | None
    """``sqlite:///mlflow.db``, or the address of a server; null tracks nothing."""


class Parameters(Document):
    """``params.yaml``, whole, whatever its sections are."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Runs(Protocol):
    """Whoever keeps runs."""

    def send(self, record: RunRecord, folder: Path) -> str:
        """Tell a record with its files, unless it was told; the run's id."""


@dataclass(frozen=True, slots=True)
class Told:
    """A record that the tracker has, and under which id."""

    record: RunRecord
    run: str


def section() -> Section:
    """What params.yaml says.

    Raises:
        DocumentError: missing, or not as its model.
    """
    return documents.read_document(Section, Path("params.yaml"), section="track")


def record_of(experiment: str, root: Path = Path()) -> RunRecord:
    """The record of what lies in the workspace.

    Args:
        experiment: name of the product.
        root: of the workspace.

    Raises:
        DocumentError: something that the stages leave is missing or damaged.
    """
    lineage = documents.read_value(Lineage, root / "data/report/lineage.json")
    verdict = documents.read_value(Verdict, root / "data/gate/verdict.json")
    metrics: Any = documents.read_json(root / "data/evaluate/metrics.json")
    parameters = documents.read_document(Parameters, root / "params.yaml").model_extra or {}
    with (root / "data/train/history.csv").open(newline="", encoding="utf-8") as stream:
        curves = curves_of(list(csv.DictReader(stream)))
    digested = _with_models(lineage, [Digest(name, files.sha256(root / name)) for name in DIGESTED])
    names = [*FILES, *sorted(_relative(root, root.glob("data/*/plots/*.csv")))]
    kept = tuple(Digest(name, files.sha256(root / name)) for name in names)
    settings, facts = settings_of(parameters), facts_of(digested, verdict.verdict)
    return RunRecord(experiment, settings, (*figures_of(metrics), *curves), facts, kept)


def _with_models(lineage: Lineage, more: Iterable[Digest]) -> Lineage:
    """The lineage with further artefacts among its models."""
    return replace(lineage, models=(*lineage.models, *more))


def put(record: RunRecord, root: Path = Path()) -> Path:
    """Copy a record and its files to where they wait; whole or not at all.

    Returns:
        The folder, named by the record's digest.

    Raises:
        DiskError: the disk is full or refuses.
    """
    place = root / WAITING / record.digest
    if (place / RECORD).exists():
        return place
    for one in record.files:
        files.write_bytes(place / one.name, (root / one.name).read_bytes())
    documents.write_value(place / RECORD, record)
    return place


def tell(runs: Runs, root: Path = Path()) -> Iterator[Told]:
    """Tell all that waits, in the order of the names; each is removed once it was told.

    Raises:
        DetectionError: the tracker fails, or a record is not what its name says; what was not told still waits.
    """
    for place in waiting(root):
        record = documents.read_value(RunRecord, place / RECORD)
        changed = [one.name for one in record.files if files.sha256(_inside(place, one.name)) != one.sha256]
        if record.digest != place.name or changed:
            raise DetectionError(f"{place}: was changed while it waited ({changed or RECORD}); remove the folder")
        run = runs.send(record, place)
        shutil.rmtree(place)
        yield Told(record, run)


def waiting(root: Path = Path()) -> list[Path]:
    """What has not been told yet; a copy that was cut short is no record."""
    return sorted(path.parent for path in (root / WAITING).glob(f"*/{RECORD}"))


def _inside(place: Path, name: str) -> Path:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise DetectionError(f"{place}: names a file {name!r} outside of its folder; remove the folder")
    return place / path


def _relative(root: Path, paths: Iterable[Path]) -> list[str]:
    return [path.relative_to(root).as_posix() for path in paths]
