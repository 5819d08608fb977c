"""Each thing that can be written, within a transaction that holds the head of the log."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

from sqlalchemy import Connection

from detection.outside.database.answers import finding, reading
from detection.outside.database.changes import carrying
from detection.outside.database.faults import RegistryError
from detection.outside.database.log.chain import Chain, Deed
from detection.outside.database.texts import APPROVAL, CONTENT, PLAN, plain
from detection.rules.registry.plans import Judged, Plan, Refused
from detection.rules.registry.refusals import Refusal
from detection.rules.registry.registered import Content, Number, Version
from detection.rules.registry.signatures.approvals import SignedApproval
from detection.rules.registry.signatures.orders import SignedOrder
from detection.rules.registry.situations import Situation
from detection.rules.registry.slots import Slot, Stage
from detection.rules.spec.slots import SlotPlan

Numbering = Callable[[tuple[Version, ...]], tuple[Number, str]]
"""A number and its reason, from the newest version of each major and from the one that it was made from, in order."""
OrderJudge = Callable[[Situation], Judged]
ApprovalJudge = Callable[[Situation], tuple[Refusal, ...]]


class Writer:
    """One transaction that changes something."""

    def __init__(self, connection: Connection, chain: Chain) -> None:
        """Work within a transaction."""
        self._connection = connection
        self._chain = chain

    def register(self, content: Content, submitter: str, numbering: Numbering) -> Version:
        """A version, once; registered again it is what it was."""
        known = finding.of_digest(self._connection, content.digest)
        if known is not None:
            return known
        number, reason = numbering(finding.bases(self._connection, content.model, content.parent))
        if finding.is_taken(self._connection, content.model, number):
            raise RegistryError(f"{content.model} {number} is another version already; give it another number")
        said = {
            "content": plain(CONTENT, content), "number": [number.major, number.minor, number.patch],
            "reason": reason, "submitter": submitter,
        }  # fmt: skip
        self._chain.add(Deed("register", submitter, said, version=content.digest))
        found = finding.of_digest(self._connection, content.digest)
        if found is None:
            raise RegistryError(f"{content.digest}: was registered, and is not there; run audit --verify")
        return found

    def pin(self, slot: Slot, plan: SlotPlan, plan_bytes: bytes, actor: str) -> None:
        """A deployment; the same again writes nothing."""
        digest = hashlib.sha256(plan_bytes).hexdigest()
        pinned = reading.situation(self._connection, slot, "").pin
        if pinned is not None and pinned.digest == digest:
            return
        try:
            text = plan_bytes.decode()
        except UnicodeDecodeError as error:
            raise RegistryError(f"specs/slots/{slot.place}.yaml: is no text in UTF-8 ({error}); mend it") from error
        said = {"digest": digest, "plan": plain(PLAN, plan), "text": text}
        self._chain.add(Deed("pin", actor, said, str(slot)))

    def give_nonce(self, slot: Slot, digest: str, actor: str) -> str:
        """The nonce that is free for this candidacy, or a new one."""
        situation = reading.situation(self._connection, slot, digest)
        if situation.candidate is None:
            raise RegistryError(f"{digest[:12]}: is not registered; register it first")
        free = [one.nonce for one in situation.nonces if not one.used_by_entry]
        if free:
            return free[-1]
        nonce = secrets.token_hex(16)
        self._chain.add(Deed("nonce", actor, {"nonce": nonce}, str(slot), digest))
        return nonce

    def approve(self, signed: SignedApproval, judge: ApprovalJudge) -> tuple[Refusal, ...]:
        """An approval, if nothing speaks against it."""
        approval = signed.approval
        situation = reading.situation(self._connection, approval.slot, approval.version_digest)
        refusals = judge(situation)
        if not refusals and any(one.signature == signed.signature for one in situation.approvals):
            refusals = (Refusal("replayed", "this very approval is kept already; it counts once"),)
        if not refusals:
            said = {"approval": plain(APPROVAL, signed)}
            self._chain.add(Deed("approve", approval.person, said, str(approval.slot), approval.version_digest))
        return refusals

    def carry_out(self, signed: SignedOrder, judge: OrderJudge) -> Judged:
        """An order, if nothing speaks against it."""
        order = signed.order
        situation = reading.situation(self._connection, order.slot, order.version_digest)
        judged = carrying.settled(order, judge(situation), situation)
        if isinstance(judged, Refused):
            return judged
        stages = self._stages(judged, order.slot)
        refusals = carrying.out_of_step(judged, stages)
        if refusals:
            return Refused(refusals)
        carrying.carry_out(self._chain, signed, judged, situation)
        return judged

    def _stages(self, plan: Plan, slot: Slot | None) -> dict[str, Stage]:
        if slot is None:
            return {}
        digests = sorted({change.version_digest for change in plan.changes})
        return {digest: reading.stage_of(self._connection, slot, digest) for digest in digests}

    def note(self, deed: Deed) -> int:
        """Anything that changes no table; returns the entry's number."""
        return self._chain.add(deed).number

    def begin_intent(self, key: str, payload: str) -> bool:
        """Write down what is meant, unless it was before."""
        if reading.intents(self._connection, key):
            return False
        self._chain.add(Deed("intent", "executor", {"key": key, "payload": payload}))
        return True

    def finish_intent(self, key: str, outcome: str) -> None:
        """Write down what came of it; a second time is silent."""
        found = reading.intents(self._connection, key)
        if not found:
            raise RegistryError(f"{key!r}: nothing was meant under this key")
        if found[0].finished_at is None:
            self._chain.add(Deed("intent", "executor", {"key": key, "outcome": outcome}))
