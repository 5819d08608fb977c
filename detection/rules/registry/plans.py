"""What an order comes to: the changes to make in one transaction, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass

from detection.rules.registry.refusals import Refusal
from detection.rules.registry.slots import Stage


@dataclass(frozen=True, slots=True)
class StageChange:
    """One version moves in the order's slot; one audit entry.

    Attributes:
        version_digest: which.
        before: its stage; the store refuses if it is another by now.
        after: its new stage.
        words: why, for the audit entry.
    """

    version_digest: str
    before: Stage
    after: Stage
    words: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do.

    Attributes:
        changes: in this order; a version that leaves Production stands before the one that enters it.
        live_changes: whether a new period begins: the slot's epoch grows by one.
        live_after: digest of what is live afterwards; ``""`` for nothing. Read only if ``live_changes``.
        rollback_authorised: of the new period.
        uses_nonces: that are used up.
    """

    changes: tuple[StageChange, ...]
    live_changes: bool = False
    live_after: str = ""
    rollback_authorised: bool = False
    uses_nonces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not: all reasons together."""

    refusals: tuple[Refusal, ...]


Judged = Plan | Refused
