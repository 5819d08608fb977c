"""What stands outside of the registry at the moment of an order: the spec, the people, the slot's file, comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from detection.outside import documents
from detection.outside.registry import comparisons, places
from detection.outside.registry.people import PEOPLE, read_people
from detection.outside.registry.places import SPEC
from detection.rules.registry.registered import Version
from detection.rules.registry.situations import Surroundings
from detection.rules.registry.slots import Slot
from detection.rules.spec.governance import Governance


@dataclass(frozen=True, slots=True)
class Handed:
    """Files that somebody named.

    Attributes:
        people: who may act.
        comparisons: what ``detection compare`` wrote; with none, the one in its usual place is looked at.
    """

    people: Path = PEOPLE
    comparisons: tuple[Path, ...] = ()


def surroundings(slot: Slot | None, handed: Handed, versions: Sequence[Version], at: datetime) -> Surroundings:
    """Read all of it.

    Args:
        slot: whose file is read; None for an order that concerns no slot.
        handed: files that were named.
        versions: of the registry, for the comparisons to be about.
        at: the clock's time.

    Raises:
        DocumentError: a file is missing or does not follow its model.
    """
    spec_digest = places.spec_digest(SPEC)
    deployment = None if slot is None else places.deployment(slot.place)
    return Surroundings(
        governance=documents.read_document(Governance, SPEC, section="governance"),
        spec_digest=spec_digest,
        people=read_people(handed.people),
        plan=None if deployment is None else deployment.plan,
        plan_digest="" if deployment is None else deployment.digest,
        compared=comparisons.read(handed.comparisons, comparisons.answerers(versions)),
        now=at,
    )
