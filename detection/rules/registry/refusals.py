"""Why an order is not carried out: a code a program can read, and a sentence with the next step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Why = Literal[
    "unknown-version", "unknown-slot", "wrong-model", "wrong-stage", "slot-moved-on", "retired", "past-its-end",
    "verdict-not-green", "stale-verdict", "spec-changed", "parity-missing", "not-compared", "comparison-says-keep",
    "approval-missing", "approver-is-submitter", "approver-is-promoter", "one-person-twice", "wrong-role",
    "unknown-person", "unknown-key", "revoked-key", "forged-signature", "other-slot", "other-version", "replayed",
    "unknown-nonce", "expired", "signed-in-the-future", "deployment-changed", "deployment-missing", "wrong-target",
    "contract-broken", "reason-missing", "nothing-to-go-back-to", "never-validated-here", "not-authorised", "cooldown",
    "clock-set-back",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason.

    Attributes:
        why: the code.
        words: what was found, what was expected, what to do next; one sentence or two.
    """

    why: Why
    words: str
