"""Approvals: what somebody is asked to sign, shown whole; signed with their key, judged and kept by the registry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from detection.errors import BundleError
from detection.outside.database.log.chain import ClockError
from detection.outside.database.registry import Registry
from detection.outside.registry import bundled
from detection.outside.registry.orders.acting import Actor, spelled
from detection.rules.judging.gates.lines import Verdict
from detection.rules.registry import guards
from detection.rules.registry.refusals import Refusal
from detection.rules.registry.registered import Content, Version
from detection.rules.registry.signatures import approvals
from detection.rules.registry.signatures.approvals import Approval, SignedApproval
from detection.rules.registry.situations import Compared, Surroundings
from detection.rules.registry.slots import Slot

NO_NONCE = "0" * 32


@dataclass(frozen=True, slots=True)
class Candidacy:
    """A version that somebody is asked about: which, where it would go live, and who is asked."""

    version: Version
    slot: Slot
    actor: Actor


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person was shown and says.

    Attributes:
        role: that they sign in.
        words: what they say; may be empty.
        verdict_digest: SHA-256 of the verdict that was shown.
        compared: the comparison that was shown; None where there was none to show.
        shown: what stood outside of the registry when it was shown.
        signed_at: UTC.
    """

    role: str
    words: str
    verdict_digest: str
    compared: Compared | None
    shown: Surroundings
    signed_at: datetime


def verdict_of(content: Content) -> Verdict:
    """What the gate said of a version, line by line: as it was registered, or not at all.

    Raises:
        BundleError: the bundle is not at hand, or holds another verdict than the one that was registered.
    """
    found = bundled.verdict_of(content)
    if found is None:
        raise BundleError(
            f"{content.bundle_place}: the verdict {content.verdict_digest[:12]}... of version {content.digest[:12]} is "
            "not at hand, and nobody signs unseen; bring the bundle back (dvc pull, or copy it to where it lay)"
        )
    return found


def role_of(candidacy: Candidacy, now: Surroundings) -> str:
    """The role in which somebody can approve: one that is asked for, else the first they have."""
    tiers, content = now.governance.tiers, candidacy.version.content
    wanted = [role for tier in (now.governance.risk_tier, content.risk_tier) for role in tiers.of(tier).approvals]
    person = next((one for one in now.people.people if one.id == candidacy.actor.person), None)
    roles = person.roles if person else ["none"]
    return next((role for role in wanted if role in roles), roles[0])


def asked_of(registry: Registry, candidacy: Candidacy, role: str, words: str, now: Surroundings) -> Asked:
    """What somebody is asked to sign, as things stand.

    Raises:
        RegistryError: the database refuses.
    """
    content = candidacy.version.content
    live = registry.situation(candidacy.slot, content.digest).live
    return Asked(role, words, content.verdict_digest, compared_of(candidacy.version, live, now), now, now.now)


def doubts(registry: Registry, candidacy: Candidacy, asked: Asked) -> tuple[Refusal, ...]:
    """Why an approval would not be kept, before a nonce is given out and anybody is asked to sign.

    Raises:
        RegistryError: the database refuses.
    """
    situation = registry.situation(candidacy.slot, candidacy.version.content.digest)
    found = guards.approval_refusals(_signed_approval(candidacy, asked, NO_NONCE), situation, asked.shown)
    return tuple(one for one in found if one.why != "unknown-nonce")


def approve(registry: Registry, candidacy: Candidacy, asked: Asked, now: Surroundings) -> tuple[Refusal, ...]:
    """Sign what was shown, and have it judged and kept; returns why it is not.

    Args:
        registry: the registry, open.
        candidacy: about which version, where, who.
        asked: what was shown, and when it is signed.
        now: what stands outside of the registry by then; what is no longer as it was shown is refused.

    Raises:
        RegistryError: the database refuses.
    """
    digest = candidacy.version.content.digest
    try:
        nonce = registry.give_nonce(candidacy.slot, digest, candidacy.actor.person, now.now)
    except ClockError as error:
        return (Refusal("clock-set-back", str(error)),)
    signed = _signed_approval(candidacy, asked, nonce)
    return registry.approve(signed, lambda found: guards.approval_refusals(signed, found, now), now.now)


def compared_of(version: Version, live: Version | None, now: Surroundings) -> Compared | None:
    """The comparison at hand of a version with what is live; None if there is none, or nothing is live."""
    sides = (live.content.digest if live else "", version.content.digest)
    return next((one for one in now.compared if (one.champion, one.challenger) == sides), None)


def _signed_approval(candidacy: Candidacy, asked: Asked, nonce: str) -> SignedApproval:
    content, actor = candidacy.version.content, candidacy.actor
    approval = Approval(
        slot=candidacy.slot,
        version_digest=content.digest,
        verdict_digest=asked.verdict_digest,
        spec_digest=asked.shown.spec_digest,
        deployment_digest=asked.shown.plan_digest,
        comparison_digest=asked.compared.digest if asked.compared else "",
        nonce=nonce,
        person=actor.person,
        role=asked.role,
        signed_at=asked.signed_at,
        words=asked.words,
    )
    return SignedApproval(approval, actor.public, spelled(actor.signer.private.sign(approvals.payload(approval))))
