"""Who answers for what, and what has to be shown before a version may go where: the spec's section ``governance``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from detection.rules.document import Document, Identifier
from detection.rules.spec.units import PositiveCount

RiskTier = Literal["low", "medium", "high"]
Environment = Literal["dev", "staging", "prod"]
Guard = Literal["verdict", "parity", "comparison", "approvals", "deployment", "contract"]


class Tier(Document):
    """What a risk tier asks of people before a version gets into Production."""

    approvals: list[Identifier]
    """One entry an approval: the role that gives it. Each by another person, none by who submitted or promotes."""
    valid_days: PositiveCount
    """For so long after it was given, an approval counts."""


class Tiers(Document):
    """What each risk tier asks."""

    low: Tier
    medium: Tier
    high: Tier

    def of(self, tier: RiskTier) -> Tier:
        """One of them by its name."""
        return {"low": self.low, "medium": self.medium, "high": self.high}[tier]


class Production(Document):
    """What must hold before a version gets into Production of a slot, by the slot's environment."""

    dev: list[Guard]
    staging: list[Guard]
    prod: list[Guard]

    def of(self, environment: Environment) -> list[Guard]:
        """The guards of one environment."""
        return {"dev": self.dev, "staging": self.staging, "prod": self.prod}[environment]


class Guards(Document):
    """What must hold before a version gets into a stage."""

    staging: list[Guard]
    production: Production


class Records(Document):
    """What is kept, for how long, and by which clock."""

    retention_days: PositiveCount
    clock_tolerance_s: Annotated[float, Field(ge=0)]
    """A clock that lies further behind the last entry of the audit log is refused."""
    order_valid_s: Annotated[float, Field(gt=0)]
    """An order is carried out when it is given: one that lies about for longer was kept by somebody, and is refused."""


class Governance(Document):
    """Who answers for what, and what must hold before a version goes live."""

    risk_tier: RiskTier
    owner: str
    tiers: Tiers
    guards: Guards
    records: Records
