"""A slot with a live version, a candidate that has all it needs, and the people around them. Keys live in memory."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from detection.outside.keys import Signer, generate
from detection.rules.evidence.lineage import Digest, Lineage, Package
from detection.rules.registry import guards
from detection.rules.registry.plans import Judged, Refused
from detection.rules.registry.registered import Content, Contract, Metric, Number, Resources, Version
from detection.rules.registry.signatures import approvals, orders
from detection.rules.registry.signatures.approvals import Approval, SignedApproval
from detection.rules.registry.signatures.orders import Order, SignedOrder, Verb
from detection.rules.registry.situations import Compared, KeptNonce, Period, Pin, Situation, Surroundings
from detection.rules.registry.slots import Slot, Stage
from detection.rules.spec.governance import Governance
from detection.rules.spec.people import People, Person, PersonKey
from detection.rules.spec.slots import SlotPlan

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MODEL = "warehouse-parcels"
SLOT = Slot(MODEL, "line-1", "prod")
SPEC, PLAN_DIGEST, NONCE = "5" * 64, "d" * 64, "0123456789abcdef" * 2

SIGNERS = {name: generate(name) for name in ("engineer-1", "engineer-2", "quality-1", "quality-2", "safety-1")}
"""Everybody in specs/people.yaml; the role is the name's first part."""
STRANGER = generate("stranger")


def public_of(signer: Signer) -> str:
    """The key as people's files and statements have it."""
    return base64.b64encode(signer.key.raw).decode()


def signature_of(signer: Signer, signed: bytes) -> str:
    """A signature as it is kept."""
    return base64.b64encode(signer.private.sign(signed)).decode()


def person(
    name: str, signer: Signer | None = None, roles: Sequence[str] = (), revoked: datetime | None = None
) -> Person:
    """Somebody with one key."""
    key = PersonKey(public=public_of(signer or SIGNERS[name]), revoked_at=revoked)
    return Person(id=name, roles=list(roles) or [name.split("-")[0]], keys=[key])


PEOPLE = People(version=1, people=[person(name) for name in SIGNERS])

GOVERNANCE = Governance.model_validate(
    {
        "risk_tier": "medium",
        "owner": "the team that runs the line",
        "tiers": {
            "low": {"approvals": [], "valid_days": 90},
            "medium": {"approvals": ["quality"], "valid_days": 30},
            "high": {"approvals": ["quality", "safety"], "valid_days": 14},
        },
        "guards": {
            "staging": ["verdict", "parity"],
            "production": {
                "dev": ["verdict"],
                "staging": ["verdict", "parity", "deployment"],
                "prod": ["verdict", "parity", "comparison", "approvals", "deployment", "contract"],
            },
        },
        "records": {"retention_days": 3650, "clock_tolerance_s": 60, "order_valid_s": 900},
    }
)

PLAN = SlotPlan.model_validate(
    {
        "version": 1,
        "id": "line-1",
        "model": MODEL,
        "environments": ["dev", "staging", "prod"],
        "target": "cpu-x86",
        "consumers": [{"id": "sorter", "contract": 1}],
        "rollback": {
            "triggers": [
                {"kind": "error_rate", "above": 0.01, "window_s": 3600, "minimum_frames": 200, "confidence": 0.95},
                {"kind": "p95_ms", "above": 120, "window_s": 3600, "minimum_frames": 200, "confidence": 0.95},
                {
                    "kind": "live_precision", "below": 0.75, "window_s": 604800, "minimum_labels": 200,
                    "confidence": 0.95,
                },
            ],
            "cooldown_s": 86400,
        },
    }
)  # fmt: skip

CONTRACT = Contract(
    ("box", "bag", "tube"), "corners-pixels-of-original-frame", "calibrated", 100, 1, ("fp32 f32[1,3,192,224]",)
)

LINEAGE = Lineage(
    data=(Digest("data/collect/shards/warehouse-000000.tar", "1" * 64), Digest("data/split/splits.parquet", "2" * 64)),
    code="3" * 64,
    configuration=(Digest("specs/spec.yaml", SPEC), Digest("params.yaml", "4" * 64)),
    models=(Digest("fp32.onnx", "6" * 64),),
    commit="7" * 40,
    changed=False,
    python="3.11.2",
    platform="Linux x86_64",
    packages=(Package("numpy", "2.3.5"), Package("torch", "2.15.0")),
    seed=7,
    threads=2,
)


def digest_of(number: int) -> str:
    """Of the bundle with this counter."""
    return f"{number:02x}" * 32


def content(counter: int = 2, /, **changes: Any) -> Content:
    """What is registered of a version that passed."""
    made = Content(
        model=MODEL,
        digest=digest_of(counter),
        counter=counter,
        bundle_mb=14.5,
        bundle_place="export/bundle",
        verdict="PASS",
        verdict_digest=f"{counter:02x}{'9' * 62}",
        parity=True,
        parity_digest="8" * 64,
        spec_digest=SPEC,
        params_digest="4" * 64,
        environment_digest="a" * 64,
        contract=CONTRACT,
        targets=("cpu-x86", "jetson"),
        metrics=(Metric("golden", "fp32", "every", "precision", 0.9 + counter / 100, 0.88, 0.97),),
        resources=(Resources("fp32", 12.0, 15.0, 240.0, 12.2),),
        lineage=LINEAGE,
        owner="the team that runs the line",
        risk_tier="medium",
    )
    return replace(made, **changes)


def version(counter: int = 2, /, **changes: Any) -> Version:
    """A registered version ``1.<counter - 1>.0``; changes of the content go by ``content=content(...)``."""
    made = Version(
        Number(1, counter - 1, 0), "minor: better", content(counter), "engineer-1", NOW - timedelta(days=30 - counter)
    )
    return replace(made, **changes)


def period(epoch: int, number: int, **changes: Any) -> Period:
    """A promotion, a day for each epoch."""
    since = NOW - timedelta(days=10 - epoch)
    digest = digest_of(number) if number else ""
    return replace(Period(epoch, digest, since, "promote", "engineer-2", "", epoch * 10, epoch > 1), **changes)


COMPARED = Compared("c" * 64, digest_of(1), digest_of(2), "PROMOTE", "AP50-95 0.021 higher, nothing worse")

APPROVAL = Approval(
    slot=SLOT,
    version_digest=digest_of(2),
    verdict_digest=content(2).verdict_digest,
    spec_digest=SPEC,
    deployment_digest=PLAN_DIGEST,
    comparison_digest=COMPARED.digest,
    nonce=NONCE,
    person="quality-1",
    role="quality",
    signed_at=NOW - timedelta(days=1),
    words="looked at dusk myself",
)


def approved(signer: Signer | None = None, **changes: Any) -> SignedApproval:
    """An approval, signed by its person unless somebody else does."""
    approval = replace(APPROVAL, **changes)
    signer = signer or SIGNERS[approval.person]
    return SignedApproval(approval, public_of(signer), signature_of(signer, approvals.payload(approval)))


ORDER = Order("promote", SLOT, digest_of(2), Stage.PRODUCTION, 1, "", "", "engineer-2", NOW)


def ordered(verb: Verb = "promote", signer: Signer | None = None, **changes: Any) -> SignedOrder:
    """An order, signed by its actor unless somebody else does."""
    usual: dict[Verb, dict[str, Any]] = {
        "promote": {},
        "rollback": {"version_digest": digest_of(1), "reason": "frames fail"},
        "withdraw": {"version_digest": "", "to": Stage.ARCHIVED, "reason": "the line stands still"},
        "deprecate": {"slot": None, "epoch": 0, "reason": "a better one is out", "end_of_life": "2027-01-01"},
        "retire": {"slot": None, "epoch": 0, "reason": "its licence ended"},
    }
    order = replace(ORDER, **{"verb": verb, **usual[verb], **changes})
    signer = signer or SIGNERS[order.actor]
    return SignedOrder(order, public_of(signer), signature_of(signer, orders.payload(order)))


def returned(**changes: Any) -> SignedOrder:
    """An order of the executor to go back to version 1."""
    back = replace(ORDER, verb="rollback", version_digest=digest_of(1), reason="errors", epoch=2, actor=orders.EXECUTOR)
    return SignedOrder(replace(back, **changes), "", "", "decision-0123456789abcdef")


PROMOTING = Situation(
    slot=SLOT,
    epoch=1,
    candidate=version(2),
    stage=Stage.STAGING,
    live=version(1),
    history=(period(1, 1),),
    approvals=(approved(),),
    nonces=(KeptNonce(NONCE, SLOT, digest_of(2), 0),),
    pin=Pin(PLAN_DIGEST, PLAN),
)
"""Version 1 is live; 2 is in Staging and has what it needs."""

RETURNING = replace(
    PROMOTING,
    epoch=2,
    candidate=version(1),
    stage=Stage.ARCHIVED,
    live=version(2),
    history=(period(2, 2), period(1, 1)),
    approvals=(),
    nonces=(),
)
"""Version 2 is live, 1 was before it."""

TODAY = Surroundings(GOVERNANCE, SPEC, PEOPLE, PLAN, PLAN_DIGEST, (COMPARED,), NOW)


@dataclass(frozen=True)
class World:
    """One order in one situation; whoever breaks a rule replaces one part."""

    order: SignedOrder = field(default_factory=ordered)
    situation: Situation = PROMOTING
    now: Surroundings = TODAY

    def but(self, **changes: Any) -> World:
        """With other fields of the situation or of the surroundings, or with another order."""
        there = {name: value for name, value in changes.items() if hasattr(self.situation, name)}
        outside = {name: value for name, value in changes.items() if hasattr(self.now, name)}
        order = changes.get("order", self.order)
        return World(order, replace(self.situation, **there), replace(self.now, **outside))

    def judged(self) -> Judged:
        """What the order comes to."""
        return guards.judged(self.order, self.situation, self.now)

    def codes(self) -> list[str]:
        """Why it is refused; empty if it is not."""
        found = self.judged()
        return [one.why for one in found.refusals] if isinstance(found, Refused) else []
