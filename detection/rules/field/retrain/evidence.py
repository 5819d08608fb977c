"""What is known when a decision is taken: plain values, gathered by whoever watches the field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import AwareDatetime, ConfigDict

STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)

Severity = Literal["warning", "alarm"]
Labels = Literal["not-enough", "hold", "worse"]
"""What the labels that came back say of the frames since: too few to tell, accuracy holds, or it fell."""
Standing = Literal["met", "below", "breached", "not-enough"]
"""Of an objective; below its floor is not yet breached: that takes as many days in a row as the spec asks for."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One open incident: a camera's frames are no longer as its baseline's.

    Attributes:
        incident: its id.
        camera: whose.
        severity: by the spec's bounds.
        opened_at: when it had lasted long enough.
        signals: that moved, the furthest first.
        labels: what labels of this camera's frames since then say: only they prove that the concept moved too.
    """

    incident: str
    camera: str
    severity: Severity
    opened_at: AwareDatetime
    signals: tuple[str, ...]
    labels: Labels

    __pydantic_config__: ClassVar[ConfigDict] = STRICT


@dataclass(frozen=True, slots=True)
class Degraded:
    """A camera that does not show what it should: its numbers are a matter for a screwdriver, not for training.

    Attributes:
        incident: its id.
        camera: which.
        fault: such as frozen, covered, moved, silent.
    """

    incident: str
    camera: str
    fault: str

    __pydantic_config__: ClassVar[ConfigDict] = STRICT


@dataclass(frozen=True, slots=True)
class Service:
    """One objective of the spec, as the labels that came back have it.

    Attributes:
        objective: its name.
        standing: at the end of the last day.
        value: the figure over the objective's window; none without labels.
        at_least: its floor.
        labelled: how many labelled detections or objects the figure stands on.
        minimum: how many it needs.
    """

    objective: str
    standing: Standing
    value: float | None
    at_least: float
    labelled: int
    minimum: int

    __pydantic_config__: ClassVar[ConfigDict] = STRICT


@dataclass(frozen=True, slots=True)
class Live:
    """The release that runs, and how it does.

    Attributes:
        bundle: SHA-256 of its manifest.
        since: when it went live.
        previous: SHA-256 of the manifest that was live before in the same slot; ``""`` if none.
        rollback_authorised: whether going back to it was authorised when this release was promoted.
        frames: looked at since it went live, failed ones too.
        failed: of them without a sound answer.
        p95_ms: of a frame's whole way; none if unknown.
    """

    bundle: str
    since: AwareDatetime
    previous: str
    rollback_authorised: bool
    frames: int
    failed: int
    p95_ms: float | None

    __pydantic_config__: ClassVar[ConfigDict] = STRICT


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a decision stands on, apart from the policy and what was decided before.

    Attributes:
        as_of: the moment up to which it reaches; the moment of the decision.
        live: the release that runs.
        drifts: open incidents of drift, in any order.
        degraded: open incidents of a camera's health, in any order.
        services: the spec's objectives.
        labels_at_hand: frames labelled since the live release was trained, which a challenger could learn from.
        looked_at: when a person last looked at the proposals; a circuit breaker counts from there. None if never.
    """

    as_of: AwareDatetime
    live: Live
    drifts: tuple[Drift, ...] = ()
    degraded: tuple[Degraded, ...] = ()
    services: tuple[Service, ...] = ()
    labels_at_hand: int = 0
    looked_at: AwareDatetime | None = None

    __pydantic_config__: ClassVar[ConfigDict] = STRICT


@dataclass(frozen=True, slots=True)
class Past:
    """A proposal to retrain that was made earlier.

    Attributes:
        decision: its id.
        at: the moment up to which its evidence reached.
    """

    decision: str
    at: AwareDatetime

    __pydantic_config__: ClassVar[ConfigDict] = STRICT


def days(later: datetime, earlier: datetime) -> float:
    """Days from one moment to another."""
    return (later - earlier).total_seconds() / 86400
