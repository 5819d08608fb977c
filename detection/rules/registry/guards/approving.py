"""May an approval be kept, and does a kept one count: is it of this version, on this evidence, here, once, today?"""

from __future__ import annotations

from detection.rules.registry.guards import evidence, moments, places, signers
from detection.rules.registry.guards.case import Case
from detection.rules.registry.guards.signers import Claim
from detection.rules.registry.refusals import Refusal
from detection.rules.registry.signatures import approvals
from detection.rules.registry.signatures.approvals import Approval, SignedApproval
from detection.rules.registry.situations import Situation, Surroundings
from detection.rules.registry.slots import Stage


def approval_refusals(signed: SignedApproval, situation: Situation, now: Surroundings) -> tuple[Refusal, ...]:
    """Why an approval is not kept; empty if it is. Who will promote is not known yet.

    Args:
        signed: that somebody hands in.
        situation: of its slot and version.
        now: what stands outside of the registry.
    """
    version, slot = situation.candidate, situation.slot
    if version is None or slot is None:
        words = f"the registry has no version {signed.approval.version_digest[:12]}; see detection registry list"
        return (Refusal("unknown-version", words),)
    case = Case(version, slot, situation, now)
    found = (
        *moments.clock(situation, now),
        *faults(signed, case),
        *_asked(signed.approval, case),
        *_twice(signed.approval, case),
        *_ready(case),
    )
    return tuple(dict.fromkeys(found))


def faults(signed: SignedApproval, case: Case) -> tuple[Refusal, ...]:
    """Why one approval does not count for a version in a slot; empty if it does."""
    approval, people = signed.approval, case.now.people
    doubts = signers.doubts(Claim(approval.person, signed.public, approvals.is_sound(signed)), people, case.now.now)
    return doubts or _elsewhere(approval, case) or (*_person(approval, case), *_nonce(approval, case),
                                                    *_shown(approval, case), *_moment(approval, case))  # fmt: skip


def _elsewhere(approval: Approval, case: Case) -> tuple[Refusal, ...]:
    found = []
    if approval.slot != case.slot:
        words = f"{approval.person!r} approved for {approval.slot}, not for {case.slot}; ask for another approval"
        found.append(Refusal("other-slot", words))
    if approval.version_digest != case.version.content.digest:
        words = f"{approval.person!r} approved version {approval.version_digest[:12]}, not {case.title}"
        found.append(Refusal("other-version", f"{words}; ask for another approval"))
    return tuple(found)


def _person(approval: Approval, case: Case) -> tuple[Refusal, ...]:
    found = []
    person = signers.person_of(approval.person, case.now.people)
    if person is not None and approval.role not in person.roles:
        words = f"{person.id!r} signed as {approval.role}, and is {', '.join(person.roles)} in specs/people.yaml"
        found.append(Refusal("wrong-role", words))
    if approval.person == case.version.submitter:
        words = f"{approval.person!r} registered version {case.title}; somebody else has to approve it"
        found.append(Refusal("approver-is-submitter", words))
    return tuple(found)


def _nonce(approval: Approval, case: Case) -> tuple[Refusal, ...]:
    kept = next((one for one in case.situation.nonces if one.nonce == approval.nonce), None)
    if kept is None or kept.slot != case.slot or kept.version_digest != case.version.content.digest:
        words = f"the registry gave out no nonce {approval.nonce[:12]} for version {case.title} in {case.slot}"
        return (Refusal("unknown-nonce", f"{words}; approve with detection registry approve"),)
    if kept.used_by_entry:
        words = f"the approval of {approval.person!r} was used up by entry {kept.used_by_entry} of the audit log"
        return (Refusal("replayed", f"{words}; ask for another one"),)
    return ()


def _shown(approval: Approval, case: Case) -> tuple[Refusal, ...]:
    """What the person saw is what stands now."""
    content, now, found = case.version.content, case.now, []
    seen = f"{approval.person!r} approved on"
    if approval.verdict_digest != content.verdict_digest:
        words = f"{seen} verdict {approval.verdict_digest[:12]}, the version's is {content.verdict_digest[:12]}"
        found.append(Refusal("stale-verdict", f"{words}; ask for another approval"))
    if approval.spec_digest != now.spec_digest:
        words = f"{seen} spec {approval.spec_digest[:12]}, today's is {now.spec_digest[:12]}"
        found.append(Refusal("spec-changed", f"{words}; judge the version again, then ask for another approval"))
    if approval.deployment_digest != now.plan_digest:
        words = f"{seen} deployment {approval.deployment_digest[:12]}, specs/slots/{case.slot.place}.yaml is"
        found.append(Refusal("deployment-changed", f"{words} {now.plan_digest[:12]}; ask for another approval"))
    compared = [one.digest for one in evidence.compared_now(case)]
    if compared and approval.comparison_digest not in compared:
        shown = f"comparison {approval.comparison_digest[:12]}" if approval.comparison_digest else "no comparison"
        words = f"{seen} {shown}, at hand is {compared[0][:12]}; hand over the one that was approved on, or ask again"
        found.append(Refusal("not-compared", words))
    return tuple(found)


def _moment(approval: Approval, case: Case) -> tuple[Refusal, ...]:
    return moments.approval(approval.signed_at, case.tier.valid_days, case.now)


def _asked(approval: Approval, case: Case) -> tuple[Refusal, ...]:
    """Somebody asks for an approval in this role."""
    wanted = case.tier.approvals if "approvals" in case.asked else []
    if approval.role in wanted:
        return ()
    words = f"{case.slot} asks for {'approvals as ' + ', '.join(wanted) if wanted else 'no approvals'}"
    return (Refusal("wrong-role", f"{words}; an approval as {approval.role} would never count"),)


def _twice(approval: Approval, case: Case) -> tuple[Refusal, ...]:
    """One person counts once: whoever has approved in another role cannot fill this one too."""
    others = [
        kept.approval for kept in case.situation.approvals
        if kept.approval.person == approval.person and kept.approval.role != approval.role and not faults(kept, case)
    ]  # fmt: skip
    if not others:
        return ()
    words = f"{approval.person!r} has approved version {case.title} as {others[0].role}; one person counts once"
    return (Refusal("one-person-twice", f"{words}: somebody else has to sign as {approval.role}"),)


def _ready(case: Case) -> tuple[Refusal, ...]:
    """The version could go live but for approvals: nobody signs for nothing."""
    found = [*places.known(case), *moments.of_life(case.version, case.now)]
    stage = case.situation.stage
    if stage not in (Stage.DEVELOPMENT, Stage.STAGING):
        words = f"version {case.title} is in {stage.value} of {case.slot}; only what waits for Production is approved"
        found.append(Refusal("wrong-stage", words))
    found += [*evidence.verdict(case)]
    found += [*(places.target(case) if "deployment" in case.asked else ())]
    found += [*(evidence.comparison(case) if "comparison" in case.asked else ())]
    found += [*(places.contract(case) if "contract" in case.asked else ())]
    return tuple(found)
