"""Does the version fit the slot: its model, its pinned deployment, those who read its answers?"""

from __future__ import annotations

from detection.rules.registry.guards.case import Case
from detection.rules.registry.refusals import Refusal


def known(case: Case) -> tuple[Refusal, ...]:
    """The slot is described, and for this model."""
    slot, plan = case.slot, case.now.plan
    if plan is None:
        words = f"there is no specs/slots/{slot.place}.yaml; write it, with the deployment of {slot}"
        return (Refusal("unknown-slot", words),)
    if plan.id != slot.place or slot.environment not in plan.environments:
        words = f"specs/slots describes {plan.id} in {', '.join(plan.environments)}, not {slot}; name one of these"
        return (Refusal("unknown-slot", words),)
    return model(case)


def model(case: Case) -> tuple[Refusal, ...]:
    """The version is of the slot's model."""
    runs = case.slot.model if case.plan is None else case.plan.model
    if case.version.content.model == case.slot.model == runs:
        return ()
    words = f"{case.slot} runs {runs}, version {case.title} is of {case.version.content.model}; name one of {runs}"
    return (Refusal("wrong-model", words),)


def deployment(case: Case) -> tuple[Refusal, ...]:
    """The deployment is pinned as it stands, and the bundle carries its target."""
    pin = case.situation.pin
    if pin is None:
        words = f"no deployment was ever pinned for {case.slot}; pin specs/slots/{case.slot.place}.yaml"
        return (Refusal("deployment-missing", words),)
    if pin.digest != case.now.plan_digest:
        words = f"specs/slots/{case.slot.place}.yaml is {case.now.plan_digest[:12]}, pinned is {pin.digest[:12]}"
        return (Refusal("deployment-changed", f"{words}; pin it again, and have it approved"),)
    return target(case)


def target(case: Case) -> tuple[Refusal, ...]:
    """The bundle carries the slot's kind of device."""
    plan, carried = case.plan, case.version.content.targets
    if plan is None or plan.target in carried:
        return ()
    words = f"{case.slot} is a {plan.target}, the bundle carries {', '.join(carried) or 'none'}"
    return (Refusal("wrong-target", f"{words}; measure that target and build a bundle that has it"),)


def contract(case: Case) -> tuple[Refusal, ...]:
    """Whoever reads the answers understands this version's: one reason for each who does not."""
    consumers = [] if case.plan is None else case.plan.consumers
    major = case.version.number.major
    return tuple(
        Refusal("contract-broken", f"{one.id} was built against contract {one.contract}, version {case.title} answers "
                f"by contract {major} ({case.version.reason}); change {one.id} and specs/slots/{case.slot.place}.yaml "
                "first")
        for one in consumers if one.contract != major
    )  # fmt: skip
