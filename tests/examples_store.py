"""People at work on a registry that is really there: everything judged by the real guards, signed by real keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from detection.outside.database.registry import Registry
from detection.rules.registry import guards
from detection.rules.registry.plans import Judged, Plan, Refused
from detection.rules.registry.refusals import Refusal
from detection.rules.registry.registered import Number, Version
from detection.rules.registry.signatures.orders import SignedOrder
from detection.rules.registry.situations import Compared, Situation, Surroundings
from detection.rules.registry.slots import Slot, Stage
from detection.rules.spec.governance import Environment
from tests.examples_registry import (
    GOVERNANCE,
    NOW,
    PEOPLE,
    PLAN,
    SLOT,
    SPEC,
    approved,
    content,
    digest_of,
    ordered,
)

PLAN_BYTES = PLAN.model_dump_json().encode()
PLAN_DIGEST = sha256(PLAN_BYTES).hexdigest()


def one_more(earlier: tuple[Version, ...]) -> tuple[Number, str]:
    """Numbers as they come: the rules of numbers are tested elsewhere."""
    minor = earlier[-1].number.minor + 1 if earlier else 0
    return Number(1, minor, 0), f"version {minor} of this test"


@dataclass(frozen=True)
class Store:
    """A registry's database of one test alone.

    Attributes:
        url: as the registry takes it.
        run: statements past the registry, by another program; raises with the database's words if it refuses.
    """

    url: str
    run: Callable[[str], str]


@dataclass
class Desk:
    """A registry, a clock that ticks, and the people of ``examples_registry``.

    Attributes:
        registry: open.
        at: the clock; a second later with every act.
    """

    registry: Registry
    at: datetime = NOW
    compared: list[Compared] = field(default_factory=list)

    @classmethod
    def today(cls, registry: Registry) -> Desk:
        """With this machine's clock, where several work at once."""
        return cls(registry, datetime.now(UTC))

    def now(self) -> datetime:
        """The time, a second later each time."""
        self.at += timedelta(seconds=1)
        return self.at

    def register(self, *numbers: int, **changes: Any) -> None:
        """Versions with these counters."""
        for number in numbers:
            self.registry.register(content(number, **changes), "engineer-1", one_more, self.now())

    def surroundings(self) -> Surroundings:
        """As the world stands now, with a comparison of every version with every other."""
        return Surroundings(GOVERNANCE, SPEC, PEOPLE, PLAN, PLAN_DIGEST, tuple(self.compared), self.at)

    def approve(
        self, number: int, person: str = "quality-1", slot: Slot = SLOT, words: str = ""
    ) -> tuple[Refusal, ...]:
        """One approval for what is live now, with the registry's nonce."""
        digest, at = digest_of(number), self.now()
        nonce = self.registry.give_nonce(slot, digest, person, at)
        signed = approved(
            slot=slot, version_digest=digest, verdict_digest=content(number).verdict_digest, nonce=nonce, person=person,
            role=person.split("-")[0], deployment_digest=PLAN_DIGEST, comparison_digest=self._compare(number, slot),
            signed_at=at, words=words,
        )  # fmt: skip
        now = self.surroundings()
        return self.registry.approve(signed, lambda s: guards.approval_refusals(signed, s, now), at)

    def _compare(self, number: int, slot: Slot) -> str:
        live = self.registry.situation(slot, digest_of(number)).live
        if live is None:
            return ""
        digest = sha256(f"{live.content.digest} {number}".encode()).hexdigest()
        self.compared.append(Compared(digest, live.content.digest, digest_of(number), "PROMOTE", "better"))
        return digest

    def order(self, verb: str, number: int = 0, *, slot: Slot | None = SLOT, **changes: Any) -> SignedOrder:
        """Signed by its actor, for the slot as it is now."""
        epoch = self.registry.situation(slot, "").epoch if slot else 0
        digest = digest_of(number) if number else ""
        given = {"version_digest": digest, "slot": slot, "epoch": epoch, "ordered_at": self.at, **changes}
        return ordered(verb, **given)  # type: ignore[arg-type]

    def carry_out(self, signed: SignedOrder) -> Judged:
        """What the registry makes of an order."""
        now, at = self.surroundings(), self.now()
        return self.registry.carry_out(signed, lambda s: guards.judged(signed, s, now), at)

    def promote(self, number: int, slot: Slot = SLOT) -> Judged:
        """All the way to Production: pinned, approved, ordered."""
        self.registry.pin(slot, PLAN, PLAN_BYTES, "engineer-2", self.now())
        refusals = self.approve(number, slot=slot)
        return Refused(refusals) if refusals else self.carry_out(self.order("promote", number, slot=slot))

    def rollback(self, number: int, slot: Slot = SLOT) -> Judged:
        """Back to a version that was live."""
        return self.carry_out(self.order("rollback", number, slot=slot, reason="frames fail"))

    def live(self, slot: Slot = SLOT) -> str:
        """Digest of what is live; empty for nothing."""
        return next((one.version.content.digest for one in self.registry.live() if one.slot == slot), "")


def year(desk: Desk) -> None:
    """A bit of everything: each action of the log once at least."""
    desk.register(1, 2, 3)
    done(desk.promote(1))
    done(desk.promote(2))
    done(desk.rollback(1))
    done(desk.carry_out(desk.order("deprecate", 3, slot=None, reason="never liked", end_of_life="2027-01-01")))
    done(desk.carry_out(desk.order("retire", 3, slot=None, reason="its licence ended")))
    desk.registry.begin_intent("decision-1", '{"to":"1"}', desk.now())
    desk.registry.finish_intent("decision-1", "done", desk.now())
    desk.registry.note("export", "quality-1", None, "", '{"head":7}', desk.now())
    done(desk.carry_out(desk.order("withdraw", slot=SLOT, to=Stage.ARCHIVED, reason="the line stands still")))


def done(judged: Judged) -> Plan:
    """The plan; a refusal fails the test with its words."""
    assert isinstance(judged, Plan), judged
    return judged


def willing(plan: Plan) -> Callable[[Situation], Judged]:
    """A judge that looks at nothing, for what the store has to refuse by itself."""
    return lambda _: plan


def elsewhere(environment: Environment) -> Slot:
    """The same line in another environment."""
    return replace(SLOT, environment=environment)
