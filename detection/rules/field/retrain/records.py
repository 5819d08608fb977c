"""A decision as it is kept: with everything it was taken from, so that it can be taken again.

A record's id is the digest of its evidence and policy: the same evidence is never decided twice. Records stand in a
chain: each holds the digest of the one before and of itself, so that a change, a gap or another order is found (a
shortened end is not: keep the last id elsewhere if that matters).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, TypeVar

from pydantic import AwareDatetime, ConfigDict, TypeAdapter

from detection.rules.field.retrain.deciding import decide
from detection.rules.field.retrain.decision import Action, Decision
from detection.rules.field.retrain.evidence import STRICT, Evidence, Past
from detection.rules.field.retrain.policy import Policy


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a decision follows from."""

    evidence: Evidence
    policy: Policy
    past: tuple[Past, ...]

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    @property
    def key(self) -> str:
        """``decision-`` and 16 hex digits from evidence and policy: names the decision."""
        return f"decision-{digest_of((self.evidence, self.policy))[:16]}"


@dataclass(frozen=True, slots=True)
class Record:
    """One decision.

    Attributes:
        kind: what this entry is.
        id: :attr:`Inputs.key`.
        number: place in the chain, from 1.
        decided_at: by the clock; no input.
        inputs: what it follows from.
        decision: the answer.
        before: ``digest`` of the entry before; ``""`` of the first.
        digest: of everything else in the entry.
    """

    kind: Literal["decision"]
    id: str
    number: int
    decided_at: AwareDatetime
    inputs: Inputs
    decision: Decision
    before: str
    digest: str

    __pydantic_config__: ClassVar[ConfigDict] = STRICT


@dataclass(frozen=True, slots=True)
class Look:
    """A person looked at the proposals: a circuit breaker counts anew from here.

    Attributes:
        kind: what this entry is.
        id: ``look-`` and 16 hex digits of its words and moment.
        number: place in the chain, from 1.
        at: UTC; on the same time line as the evidence.
        by: role of who looked.
        words: what they found.
        before: as of :class:`Record`.
        digest: likewise.
    """

    kind: Literal["look"]
    id: str
    number: int
    at: AwareDatetime
    by: str
    words: str
    before: str
    digest: str

    __pydantic_config__: ClassVar[ConfigDict] = STRICT


Entry = Record | Look
_ANY: TypeAdapter[object] = TypeAdapter(object)
Sealed = TypeVar("Sealed", Record, Look)


def digest_of(value: object) -> str:
    """SHA-256 of a value's canonical JSON, lower-case hex."""
    plain = _ANY.dump_python(value, mode="json")
    return hashlib.sha256(json.dumps(plain, sort_keys=True, allow_nan=False).encode()).hexdigest()


def sealed(entry: Sealed) -> Sealed:
    """With the digest of everything else in it."""
    return replace(entry, digest=digest_of(replace(entry, digest="")))


def proposals(entries: Iterable[Entry]) -> tuple[Past, ...]:
    """The proposals to retrain among earlier entries, in their order."""
    return tuple(
        Past(one.id, one.inputs.evidence.as_of)
        for one in entries
        if isinstance(one, Record) and one.decision.action is Action.PROPOSE
    )


def replayed(record: Record) -> Decision:
    """The decision, taken again from what is stored with it."""
    return decide(record.inputs.evidence, record.inputs.policy, record.inputs.past)


def fault_of(entry: Entry, earlier: tuple[Entry, ...]) -> str:
    """What is wrong with an entry, given those before it, in words; ``""`` if nothing is."""
    if digest_of(replace(entry, digest="")) != entry.digest:
        return "its digest is not that of its content: it was changed after it was written"
    if entry.number != len(earlier) + 1:
        return f"has number {entry.number}, expected {len(earlier) + 1}: an entry is missing"
    if entry.before != (earlier[-1].digest if earlier else ""):
        return "does not follow the entry before it: that one was changed or removed"
    if isinstance(entry, Record) and entry.id != entry.inputs.key:
        return f"its evidence and policy have the id {entry.inputs.key}: they were changed"
    if isinstance(entry, Record) and entry.inputs.past != proposals(earlier):
        return "the earlier proposals in its inputs are not those that stand before it"
    return ""
