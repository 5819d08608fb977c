"""What a decision says: one action, its reasons, what was held back, and what it will cost."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Literal

from pydantic import ConfigDict

from detection.rules.field.retrain.evidence import STRICT


class Action(Enum):
    """What should be done; the later in this list, the more it changes."""

    KEEP = "keep"
    SAMPLE = "sample"
    INVESTIGATE = "investigate"
    PROPOSE = "propose-retraining"
    ROLL_BACK = "roll-back"


Cause = Literal[
    "quiet", "drift", "drift-warning", "drift-without-loss", "slo", "slo-not-enough", "staleness", "degraded-camera",
    "error-rate", "latency", "nothing-to-go-back-to", "rollout-is-over", "cooldown", "circuit-breaker", "not-a-trigger",
]  # fmt: skip
"""Why, for programs."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason of a decision.

    Attributes:
        cause: for programs.
        words: for people, with the figures.
        incidents: ids of the incidents it rests on.
    """

    cause: Cause
    words: str
    incidents: tuple[str, ...] = ()

    __pydantic_config__: ClassVar[ConfigDict] = STRICT


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one set of evidence. A proposal; see the package for the one action that may run by itself.

    Attributes:
        action: what should be done.
        grounds: why; at least one.
        held_back: what would have asked for more, and what stopped it.
        cameras: whose frames should be looked at, sorted; empty for all.
        labels_wanted: frames to be labelled beyond those at hand.
        label_hours: of a person's time for them.
        back_to: SHA-256 of the manifest to go back to; ``""`` unless the action is that.
    """

    action: Action
    grounds: tuple[Ground, ...]
    held_back: tuple[Ground, ...] = ()
    cameras: tuple[str, ...] = ()
    labels_wanted: int = 0
    label_hours: float = 0.0
    back_to: str = ""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    @property
    def incidents(self) -> tuple[str, ...]:
        """Ids of all incidents it rests on, sorted."""
        return tuple(sorted({one for ground in (*self.grounds, *self.held_back) for one in ground.incidents}))
