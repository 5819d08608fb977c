"""What holds for a way back while nobody can read the specification: every guard there is, in every environment.

It decides about returns alone, which ask for no approvals and no evidence. Withdrawing asks for a person and a reason
whatever stands here, so there is always one way out.
"""

from __future__ import annotations

from typing import get_args

from detection.rules.spec.governance import Governance, Guard, Guards, Production, Records, Tier, Tiers

_EVERY: list[Guard] = list(get_args(Guard))
_NOBODY = Tier(approvals=[], valid_days=1)

STRICTEST = Governance(
    risk_tier="high",
    owner="",
    tiers=Tiers(low=_NOBODY, medium=_NOBODY, high=_NOBODY),
    guards=Guards(staging=_EVERY, production=Production(dev=_EVERY, staging=_EVERY, prod=_EVERY)),
    records=Records(retention_days=1, clock_tolerance_s=60, order_valid_s=60),
)
"""Clocks may lie as far apart as the store allows where nobody says otherwise; an order is given and done."""
