"""What the stages told of a version, read wherever the version lies."""

from __future__ import annotations

from collections import Counter
from typing import TypeVar

from detection.outside import documents, tables
from detection.outside.revisions.opening import Opened
from detection.outside.revisions.places import Place
from detection.rules.labels.versions.told import AgreementTold, CollectionTold, FindingKind, SplitTold, Told

T = TypeVar("T")


def told_of(opened: Opened) -> Told:
    """Everything that is there.

    Raises:
        RevisionError: a document is recorded but cannot be read from here.
        DocumentError: a document is damaged.
    """
    place = opened.place
    answers = place.find("validate/assignments.parquet")
    return Told(
        answers=None if answers is None else tables.read_assignments(answers),
        collection=_document(CollectionTold, place, "collect/source.json") or CollectionTold(),
        findings=_findings(place),
        agreement=_document(AgreementTold, place, "agreement/agreement.json"),
        split=_document(SplitTold, place, "split/certificate.json"),
    )


def _document(kind: type[T], place: Place, name: str) -> T | None:
    path = place.find(name)
    return None if path is None else documents.read_value(kind, path)


def _findings(place: Place) -> tuple[FindingKind, ...] | None:
    path = place.find("validate/findings.parquet")
    if path is None:
        return None
    columns = tables.read_columns(path)
    found = Counter(zip(columns["finding"].tolist(), columns["severity"].tolist(), strict=True))
    order = sorted(found.items(), key=lambda item: (item[0][1] != "blocking", -item[1], item[0]))
    return tuple(FindingKind(finding, severity, number) for (finding, severity), number in order)
