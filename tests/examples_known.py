"""The registry as its pages are given it: two versions, one slot that went back, people whose signatures are good."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from detection.rules.evidence.registry.deeds import Checked, Deed, KnownPeriod
from detection.rules.evidence.registry.known import Known, KnownSlot
from detection.rules.registry.entries import Entry
from detection.rules.registry.readings import Head, Standing
from detection.rules.registry.registered import Version
from detection.rules.registry.situations import Period
from detection.rules.registry.slots import Stage
from tests.examples_registry import (
    GOVERNANCE,
    NOW,
    PLAN,
    PLAN_DIGEST,
    SLOT,
    SPEC,
    approved,
    digest_of,
    ordered,
    period,
    version,
)

HOSTILE = "<script>window.ran=1</script> | [x](javascript:y) `z` \"'"
V1, V2, V3 = version(1), version(2), version(3)


def known_period(told: Period, live: Version | None, **deed: Any) -> KnownPeriod:
    """A period whose order is good, with one approval."""
    verb = told.action
    approvals = (Checked(approved(version_digest=told.version_digest)),) if live else ()
    made = Deed(ordered(verb, epoch=told.epoch - 1), "", approvals)  # type: ignore[arg-type]
    return KnownPeriod(SLOT, told, live, replace(made, **deed))


BACK = period(3, 1, action="rollback", reason="tubes are missed at dusk", rollback_authorised=False)
PERIODS = (known_period(BACK, V1), known_period(period(2, 2), V2), known_period(period(1, 1), V1))


def known_slot(**changes: Any) -> KnownSlot:
    """Version 1 is live again, 2 is archived, 3 is in Development."""
    standings = (
        Standing(digest_of(1), Stage.PRODUCTION, NOW - timedelta(days=7)),
        Standing(digest_of(2), Stage.ARCHIVED, NOW - timedelta(days=7)),
    )
    approvals = (Checked(approved(version_digest=digest_of(1))), Checked(approved()))
    return replace(KnownSlot(SLOT, standings, PERIODS, approvals, PLAN, PLAN_DIGEST, PLAN_DIGEST), **changes)


def entry(number: int, action: Any, **payload: Any) -> Entry:
    """An entry of the log, as far as pages read it."""
    return Entry(
        number,
        "2026-11-14T12:00:00.000000Z",
        "engineer-2",
        action,
        str(SLOT),
        digest_of(2),
        json.dumps(payload),
        "",
        "",
    )


ROLLED_BACK = entry(30, "rollback", order={"order": {"reason": "tubes are missed at dusk"}, "evidence": ""})


def known(**changes: Any) -> Known:
    """Everything in order."""
    made = Known(
        registry="ab" * 16,
        as_of=NOW,
        head=Head(30, "e" * 64),
        fault=None,
        governance=GOVERNANCE,
        spec_digest=SPEC,
        versions=(V1, V2, V3),
        slots=(known_slot(),),
        entries=(ROLLED_BACK,),
    )
    return replace(made, **changes)
