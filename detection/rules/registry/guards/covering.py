"""Do the kept approvals suffice? Each role that is asked for by another person, none of them the promoter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detection.rules.registry.guards import approving
from detection.rules.registry.guards.case import Case
from detection.rules.registry.refusals import Refusal
from detection.rules.registry.signatures.approvals import SignedApproval


@dataclass(frozen=True, slots=True)
class _Weighed:
    """An approval in a role that is asked for, and why it does not count."""

    kept: SignedApproval
    faults: tuple[Refusal, ...]


def approvals(case: Case) -> tuple[Refusal, ...]:
    """What is missing; of approvals that do not count, why, if one in their role is still needed."""
    wanted = case.tier.approvals
    weighed = [_weighed(one, case) for one in case.situation.approvals if one.approval.role in wanted]
    good = [one.kept for one in weighed if not one.faults]
    filled = _filled(wanted, good, [one.approval.person for one in good])
    if len(filled) == len(wanted):
        return ()
    if len(_filled(wanted, good, [str(number) for number in range(len(good))])) == len(wanted):
        people = sorted({one.approval.person for one in good})
        words = f"{len(wanted)} approvals ({', '.join(wanted)}) are of {len(people)} person(s), {', '.join(people)}"
        return (Refusal("one-person-twice", f"{words}; one person counts once: ask somebody else"),)
    short = [role for place, role in enumerate(wanted) if place not in filled]
    return tuple(dict.fromkeys(refusal for role in short for refusal in _reasons(role, weighed, case)))


def _weighed(kept: SignedApproval, case: Case) -> _Weighed:
    faults = approving.faults(kept, case)
    if kept.approval.person == case.actor and not faults:
        words = f"{case.actor!r} approved version {case.title} and cannot promote it too; somebody else has to"
        faults = (Refusal("approver-is-promoter", words),)
    return _Weighed(kept, faults)


def _reasons(role: str, weighed: Sequence[_Weighed], case: Case) -> tuple[Refusal, ...]:
    found = tuple(fault for one in weighed if one.kept.approval.role == role for fault in one.faults)
    words = f"version {case.title} needs an approval as {role} for {case.slot}; ask one: detection registry approve"
    return found or (Refusal("approval-missing", words),)


def _filled(wanted: Sequence[str], good: Sequence[SignedApproval], counted_as: Sequence[str]) -> set[int]:
    """As many places in ``wanted`` as can be filled at once (augmenting paths: a place once filled stays so).

    Args:
        wanted: roles, one each approval.
        good: approvals that count.
        counted_as: of each of them; what has the same name fills one place at most.
    """
    holder: dict[str, int] = {}

    def fill(place: int, tried: set[str]) -> bool:
        for kept, name in zip(good, counted_as, strict=True):
            if kept.approval.role != wanted[place] or name in tried:
                continue
            tried.add(name)
            if name not in holder or fill(holder[name], tried):
                holder[name] = place
                return True
        return False

    return {place for place in range(len(wanted)) if fill(place, set())}
