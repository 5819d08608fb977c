"""What the registry answers when it is asked: what is live, how far a version has come, where the log ends."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import AwareDatetime

from detection.rules.registry.registered import Version
from detection.rules.registry.situations import Period
from detection.rules.registry.slots import Slot, Stage


@dataclass(frozen=True, slots=True)
class Live:
    """What is in Production of a slot at one moment.

    Attributes:
        slot: where.
        version: what.
        period: since when, by whom, why.
    """

    slot: Slot
    version: Version
    period: Period


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a version has come in one slot.

    Attributes:
        digest: of the version.
        stage: where it stands.
        since: UTC; when it came there.
    """

    digest: str
    stage: Stage
    since: AwareDatetime


@dataclass(frozen=True, slots=True)
class Placed:
    """How far one version has come in one slot."""

    slot: Slot
    version_digest: str
    stage: Stage


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the audit log: whoever keeps it elsewhere can tell that the log was cut or written anew.

    Attributes:
        number: of the last entry; 0 of an empty log.
        digest: of the last entry; of an empty log: of the registry's own id.
    """

    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Intent:
    """Something the executor means to do, written down before it does it.

    Attributes:
        key: from the evidence; the same evidence gives the same key.
        payload: JSON of what it needs to go on after a crash.
        begun_at: UTC.
        outcome: what came of it; ``""`` while it is open.
        finished_at: UTC; None while it is open.
    """

    key: str
    payload: str
    begun_at: AwareDatetime
    outcome: str
    finished_at: AwareDatetime | None
