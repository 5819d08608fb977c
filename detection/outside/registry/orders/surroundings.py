"""What stands outside of the registry at the moment of an order: the spec, the people, the slot's file, comparisons.

Going forward needs all of it. Going back has to work at three at night, when somebody is in the middle of an edit or
half a checkout lies there: it reads who may act, and does without whatever else cannot be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from detection.errors import DocumentError
from detection.outside.database.registry import Registry
from detection.outside.registry import places
from detection.outside.registry.people import PEOPLE, read_people
from detection.outside.registry.places import Deployment
from detection.rules.registry.returns.strictest import STRICTEST
from detection.rules.registry.situations import Compared, Surroundings
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


@dataclass(frozen=True, slots=True)
class Enough:
    """What a return, a deprecation or a retirement needs.

    Attributes:
        now: what could be read.
        unread: what could not, and by what it is judged instead; a sentence each.
    """

    now: Surroundings
    unread: tuple[str, ...]


def surroundings(slot: Slot, handed: Handed, registry: Registry, at: datetime) -> Surroundings:
    """Read all of it.

    Args:
        slot: whose file is read.
        handed: files that were named.
        registry: whose versions the comparisons may be about.
        at: the clock's time.

    Raises:
        DocumentError: a file is missing or does not follow its model.
    """
    specified, deployment = places.specified(), places.deployment(slot.place)
    return Surroundings(
        governance=specified.governance,
        spec_digest=specified.digest,
        people=read_people(handed.people),
        plan=None if deployment is None else deployment.plan,
        plan_digest="" if deployment is None else deployment.digest,
        compared=_compared(handed.comparisons, registry, slot.model),
        now=at,
    )


def enough(slot: Slot | None, people: Path, at: datetime) -> Enough:
    """Read who may act; of the rest, what can be read. Without the spec the strictest rules hold.

    Args:
        slot: whose file is read; None for an order that concerns no slot. Without it, what was pinned last counts.
        people: who may act.
        at: the clock's time.

    Raises:
        DocumentError: nobody can be said to act.
    """
    unread: list[str] = []
    governance, digest = _governance(unread)
    deployment = None if slot is None else _deployment(slot, unread)
    plan = None if deployment is None else deployment.plan
    plan_digest = "" if deployment is None else deployment.digest
    return Enough(Surroundings(governance, digest, read_people(people), plan, plan_digest, (), at), tuple(unread))


def _compared(paths: tuple[Path, ...], registry: Registry, model: str) -> tuple[Compared, ...]:
    """What comparisons say; where there are none, neither all versions nor statistics are read for it."""
    if not paths and not places.COMPARISON.exists():
        return ()
    from detection.outside.registry import comparisons

    return comparisons.read(paths, comparisons.answerers(registry.versions(model)))


def _governance(unread: list[str]) -> tuple[Governance, str]:
    try:
        specified = places.specified()
    except DocumentError as error:
        unread.append(f"{error.headline}; until then the strictest rules hold")
        return STRICTEST, ""
    return specified.governance, specified.digest


def _deployment(slot: Slot, unread: list[str]) -> Deployment | None:
    try:
        return places.deployment(slot.place)
    except DocumentError as error:
        unread.append(f"{error.headline}; until then the deployment counts that was pinned last")
        return None
