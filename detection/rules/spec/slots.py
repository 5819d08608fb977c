"""A place where one version is live: ``specs/slots/<id>.yaml``, its pinned deployment, who reads its answers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from detection.rules.document import Contradiction, Document, Identifier
from detection.rules.spec.governance import Environment
from detection.rules.spec.units import OpenShare, Positive, PositiveCount, Share


class Consumer(Document):
    """Something that reads the answers of this slot, and what it was built against."""

    id: Identifier
    contract: PositiveCount
    """Major version whose output contract and classes it understands."""


class RateTrigger(Document):
    """Go back if surely more than this share of a window's frames has no sound answer."""

    kind: Literal["error_rate"]
    above: Share
    window_s: PositiveCount
    minimum_frames: PositiveCount
    confidence: OpenShare


class TimeTrigger(Document):
    """Go back if a frame's whole way takes longer than this for surely more than 5 of 100."""

    kind: Literal["p95_ms"]
    above: Positive
    window_s: PositiveCount
    minimum_frames: PositiveCount
    confidence: OpenShare


class PrecisionTrigger(Document):
    """Go back if the labels that came back prove a precision below this."""

    kind: Literal["live_precision"]
    below: Share
    window_s: PositiveCount
    minimum_labels: PositiveCount
    confidence: OpenShare


Trigger = Annotated[RateTrigger | TimeTrigger | PrecisionTrigger, Field(discriminator="kind")]


class Rollback(Document):
    """When the slot goes back by itself to the version before."""

    triggers: list[Trigger]
    cooldown_s: PositiveCount
    """After one such return, before another."""


class SlotPlan(Document):
    """``specs/slots/<id>.yaml``, whole: the deployment that is pinned when a version is promoted."""

    version: Literal[1]
    id: Identifier
    model: Identifier
    """Name of the product, as in the spec of what may run here."""
    environments: Annotated[list[Environment], Field(min_length=1)]
    target: Identifier
    """Kind of device, as in specs/targets; the bundle must carry it."""
    consumers: list[Consumer]
    rollback: Rollback

    def contradictions(self) -> list[Contradiction]:
        """Something that is there twice."""
        found = (
            ("environments", [str(one) for one in self.environments]),
            ("consumers", [one.id for one in self.consumers]),
        )
        return [
            Contradiction((place,), f"has {twice} twice; remove one")
            for place, names in found
            if (twice := sorted({name for name in names if names.count(name) > 1}))
        ]
