"""Any orders by anybody in any order: what must never be, never is. The registry here is a table in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from detection.rules.registry import guards, states
from detection.rules.registry.plans import Plan
from detection.rules.registry.registered import Version
from detection.rules.registry.returns import destination
from detection.rules.registry.signatures import orders
from detection.rules.registry.signatures.approvals import SignedApproval
from detection.rules.registry.signatures.orders import SignedOrder
from detection.rules.registry.situations import Compared, KeptNonce, Period, Pin, Situation, Surroundings
from detection.rules.registry.slots import Slot, Stage
from tests.examples_registry import (
    GOVERNANCE,
    NOW,
    PEOPLE,
    PLAN,
    PLAN_DIGEST,
    SLOT,
    approved,
    content,
    ordered,
    version,
)

VERSIONS, RED = (1, 2, 3, 4), 3
SLOTS = (SLOT, Slot(SLOT.model, "line-1", "dev"))
WHO = st.sampled_from(["engineer-1", "engineer-2", "quality-1", "quality-2"])
WHICH, WHERE = st.sampled_from(VERSIONS), st.sampled_from(SLOTS)


def test_every_single_step_of_a_promotion_is_a_transition() -> None:
    for before in Stage:
        for after in Stage:
            steps = states.way(before, after)
            assert all(pair in states.TRANSITIONS for pair in zip((before, *steps), steps, strict=False))
            assert not steps or steps[-1] is after


class Table:
    """One slot as a store keeps it: applies plans, decides nothing."""

    def __init__(self, slot: Slot) -> None:
        self.slot = slot
        self.stages: dict[str, Stage] = {}
        self.periods: list[Period] = []
        self.approvals: list[SignedApproval] = []
        self.nonces: dict[str, KeptNonce] = {}

    @property
    def live(self) -> str:
        return self.periods[0].version_digest if self.periods else ""

    def apply(self, plan: Plan, signed: SignedOrder, at: datetime) -> None:
        """In the order given, each change from where it says to start: as the store's compare-and-swap."""
        for change in plan.changes:
            assert self.stages.get(change.version_digest, Stage.DEVELOPMENT) is change.before
            assert (change.before, change.after) in states.TRANSITIONS
            self.stages[change.version_digest] = change.after
            assert list(self.stages.values()).count(Stage.PRODUCTION) <= 1, "two Productions between two changes"
        for nonce in plan.uses_nonces:
            assert not self.nonces[nonce].used_by_entry, "a nonce is used up twice"
            self.nonces[nonce] = replace(self.nonces[nonce], used_by_entry=len(self.periods) + 1)
        if plan.live_changes:
            order = signed.order
            epoch = len(self.periods) + 1
            period = Period(epoch, plan.live_after, at, order.verb, order.actor, order.reason, epoch,
                            plan.rollback_authorised)  # fmt: skip
            self.periods.insert(0, period)


class Registry(RuleBasedStateMachine):
    """Four versions, one of them red and one perhaps never registered, two slots, four people, a clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.registered: dict[str, Version] = {}
        self.tables = {slot: Table(slot) for slot in SLOTS}
        self.compared: list[Compared] = []

    def surroundings(self) -> Surroundings:
        return Surroundings(GOVERNANCE, "5" * 64, PEOPLE, PLAN, PLAN_DIGEST, tuple(self.compared), self.now)

    def situation(self, slot: Slot | None, digest: str) -> Situation:
        candidate = self.registered.get(digest)
        live_in = tuple(slot for slot, table in self.tables.items() if digest and table.live == digest)
        if slot is None:
            return Situation(None, 0, candidate, Stage.NONE, None, (), (), (), None, live_in)
        table = self.tables[slot]
        stage = table.stages.get(digest, Stage.DEVELOPMENT) if candidate else Stage.NONE
        mine = tuple(one for one in table.approvals if one.approval.version_digest == digest)
        nonces = tuple(one for one in table.nonces.values() if one.version_digest == digest)
        return Situation(slot, len(table.periods), candidate, stage, self.registered.get(table.live),
                         tuple(table.periods[:50]), mine, nonces, Pin(PLAN_DIGEST, PLAN), live_in)  # fmt: skip

    def give(self, signed: SignedOrder) -> bool:
        """Judge an order and carry it out."""
        order = signed.order
        found = guards.judged(signed, self.situation(order.slot, order.version_digest), self.surroundings())
        if not isinstance(found, Plan):
            assert found.refusals
            return False
        if order.slot is not None:
            self.tables[order.slot].apply(found, signed, self.now)
        return True

    def epoch(self, slot: Slot) -> int:
        return len(self.tables[slot].periods)

    @initialize(submitters=st.tuples(WHO, WHO, WHO, WHO), fourth=st.booleans())
    def register(self, submitters: tuple[str, ...], fourth: bool) -> None:
        for which, who in zip(VERSIONS[: 3 + fourth], submitters, strict=False):
            verdict = "FAIL" if which == RED else "PASS"
            made = version(which, submitter=who, registered_at=self.now, content=content(which, verdict=verdict))
            self.registered[made.content.digest] = made

    @rule(which=WHICH, better=st.sampled_from([True, True, False]))
    def compare(self, which: int, better: bool) -> None:
        live, advice = self.tables[SLOT].live, "PROMOTE" if better else "KEEP"
        digest = f"{len(self.compared):064x}"
        self.compared.append(Compared(digest, live, content(which).digest, advice, "by the sheet"))

    @rule(which=WHICH, approver=st.sampled_from(["quality-1", "quality-2"]), promoter=WHO)
    def do_all_it_takes(self, which: int, approver: str, promoter: str) -> None:
        """Chance alone seldom brings a version into Production; most of what may go wrong lies behind that."""
        self.compare(which, True)
        self.approve(which, approver, SLOT)
        self.promote(which, promoter, SLOT, Stage.PRODUCTION)

    @rule(which=WHICH, who=WHO, slot=WHERE)
    def approve(self, which: int, who: str, slot: Slot) -> None:
        table, made = self.tables[slot], content(which)
        nonce = f"{len(table.nonces):032x}"
        table.nonces[nonce] = KeptNonce(nonce, slot, made.digest, 0)
        pair = table.live, made.digest
        shown = next((one.digest for one in self.compared if (one.champion, one.challenger) == pair), "")
        signed = approved(slot=slot, version_digest=made.digest, verdict_digest=made.verdict_digest, nonce=nonce,
                          comparison_digest=shown, person=who, role="quality", signed_at=self.now)  # fmt: skip
        if not guards.approval_refusals(signed, self.situation(slot, made.digest), self.surroundings()):
            table.approvals.append(signed)

    @rule(which=WHICH, who=WHO, slot=WHERE, to=st.sampled_from([Stage.STAGING, Stage.PRODUCTION]))
    def promote(self, which: int, who: str, slot: Slot, to: Stage) -> None:
        digest, before = content(which).digest, self.tables[slot].live
        done = self.give(ordered(slot=slot, version_digest=digest, to=to, actor=who, epoch=self.epoch(slot),
                                 ordered_at=self.now))  # fmt: skip
        if done and to is Stage.PRODUCTION:
            self._was_earned(slot, digest, who, before)

    def _was_earned(self, slot: Slot, digest: str, promoter: str, before: str) -> None:
        """Looked at apart from the guards: who approved, and was it better than what it replaced?"""
        made, table = self.registered[digest], self.tables[slot]
        assert made.content.verdict == "PASS"
        assert table.stages.get(before) in (None, Stage.ARCHIVED)
        if slot.environment == "prod":
            said = [one.approval for one in table.approvals if one.approval.version_digest == digest]
            people = {one.person for one in said if one.signed_at > self.now - timedelta(days=30)}
            assert {one for one in people if one.startswith("quality")} - {made.submitter, promoter}
            assert not before or "PROMOTE" in {one.advice for one in self.compared if one.champion == before}

    @precondition(lambda self: any(table.periods for table in self.tables.values()))
    @rule(which=WHICH, who=WHO, slot=WHERE, usual=st.booleans())
    def go_back(self, which: int, who: str, slot: Slot, usual: bool) -> None:
        table = self.tables[slot]
        digest = (destination.previous(table.periods) or "") if usual else content(which).digest
        was = {one.version_digest for one in table.periods}
        done = self.give(ordered("rollback", slot=slot, version_digest=digest, actor=who, epoch=self.epoch(slot),
                                 ordered_at=self.now))  # fmt: skip
        assert not done or (digest in was and table.live == digest)
        ended = digest in self.registered and (self.registered[digest].retired or self.registered[digest].end_of_life)
        assert done or not usual or not digest or ended, "the usual way back is always open, but to what has ended"

    @precondition(lambda self: any(one.rollback_authorised for table in self.tables.values() for one in table.periods))
    @rule(slot=WHERE)
    def go_back_by_itself(self, slot: Slot) -> None:
        table = self.tables[slot]
        digest = table.periods[1].version_digest if len(table.periods) > 1 else ""
        order = ordered("rollback", slot=slot, version_digest=digest, epoch=self.epoch(slot), ordered_at=self.now)
        signed = SignedOrder(replace(order.order, actor=orders.EXECUTOR), "", "", "decision-1")
        before = table.periods[0] if table.periods else None
        if self.give(signed):
            assert before is not None
            assert before.action == "promote"
            assert before.rollback_authorised
            own = [one.since for one in table.periods[1:] if one.actor == orders.EXECUTOR]
            assert not own or self.now - own[0] >= timedelta(seconds=PLAN.rollback.cooldown_s)

    @precondition(lambda self: any(table.live for table in self.tables.values()))
    @rule(who=WHO, slot=WHERE)
    def withdraw(self, who: str, slot: Slot) -> None:
        live = self.tables[slot].live
        order = ordered("withdraw", slot=slot, actor=who, epoch=self.epoch(slot), ordered_at=self.now)
        assert self.give(order) == bool(live)

    @precondition(lambda self: sum(len(table.periods) for table in self.tables.values()) > 3)
    @rule(which=WHICH, who=WHO, verb=st.sampled_from(["deprecate", "retire"]))
    def end(self, which: int, who: str, verb: str) -> None:
        digest = content(which).digest
        day = (self.now + timedelta(days=2)).date().isoformat()
        changes = {"end_of_life": day} if verb == "deprecate" else {"end_of_life": ""}
        if self.give(ordered(verb, version_digest=digest, actor=who, ordered_at=self.now, **changes)):  # type: ignore[arg-type]
            ended = {"deprecated": "old", **changes} if verb == "deprecate" else {"retired": True}
            self.registered[digest] = replace(self.registered[digest], **ended)

    @rule(hours=st.sampled_from([1, 20, 24 * 31]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @invariant()
    def one_production_and_it_is_what_is_live(self) -> None:
        for table in self.tables.values():
            production = [digest for digest, stage in table.stages.items() if stage is Stage.PRODUCTION]
            assert production == ([table.live] if table.live else [])

    @invariant()
    def nothing_retired_is_live(self) -> None:
        for table in self.tables.values():
            assert not table.live or not self.registered[table.live].retired


Registry.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestRegistry = Registry.TestCase
