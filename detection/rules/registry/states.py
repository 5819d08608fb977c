"""From which stage a version may get to which, and by what kind of order. Pure; guards say whether it may today."""

from __future__ import annotations

from detection.rules.registry.slots import Stage

FORWARD = (Stage.DEVELOPMENT, Stage.STAGING, Stage.PRODUCTION)
"""The way of a promotion; no stage is jumped over, though one order may take two steps."""

TRANSITIONS = frozenset(
    {
        (Stage.NONE, Stage.DEVELOPMENT),
        (Stage.DEVELOPMENT, Stage.STAGING),
        (Stage.STAGING, Stage.PRODUCTION),
        (Stage.PRODUCTION, Stage.ARCHIVED),
        (Stage.ARCHIVED, Stage.PRODUCTION),
    }
)
"""Every single step there is; the last one is the way back, and only a rollback takes it."""


def way(before: Stage, after: Stage) -> tuple[Stage, ...]:
    """The stages that a promotion passes, the last included; none if it cannot get there."""
    if before not in FORWARD or after not in FORWARD:
        return ()
    return FORWARD[FORWARD.index(before) + 1 : FORWARD.index(after) + 1]
