"""An entry holds what its people signed for it: a good signature of another day, slot or version is none here."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from detection.rules.registry.entries import Entry
from detection.rules.registry.signatures import statements
from detection.rules.registry.signatures.approvals import SignedApproval
from detection.rules.registry.signatures.orders import SignedOrder
from detection.rules.registry.slots import Stage
from tests.examples_registry import PEOPLE, SLOT, STRANGER, approved, digest_of, ordered, returned


def entry(action: Any, signed: SignedOrder | SignedApproval, epoch: int | None = None) -> Entry:
    """As the store writes it."""
    if isinstance(signed, SignedApproval):
        actor, slot, version = signed.approval.person, signed.approval.slot, signed.approval.version_digest
    else:
        actor, slot, version = signed.order.actor, signed.order.slot, signed.order.version_digest  # type: ignore[assignment]
    plain = TypeAdapter(type(signed)).dump_python(signed, mode="json")
    said: dict[str, Any] = {"approval" if action == "approve" else "order": plain}
    said |= {} if epoch is None else {"period": {"epoch": epoch, "live": version, "rollback_authorised": False}}
    return Entry(7, "2026-06-01T08:00:00.000000Z", actor, action, str(slot or ""), version, json.dumps(said), "", "")


PROMOTED, APPROVED = entry("promote", ordered(), 2), entry("approve", approved())


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(PROMOTED, id="promote"),
        pytest.param(APPROVED, id="approve"),
        pytest.param(entry("rollback", returned(), 3), id="executor"),
        pytest.param(entry("stage", ordered(to=Stage.STAGING)), id="stage"),
        pytest.param(replace(entry("supersede", ordered()), version=digest_of(1)), id="supersede"),
        pytest.param(replace(entry("withdraw", ordered("withdraw"), 2), version=digest_of(1)), id="withdraw"),
        pytest.param(entry("deprecate", ordered("deprecate")), id="deprecate"),
    ],
)
def test_a_statement_in_its_own_entry_holds(sound: Entry) -> None:
    assert statements.fault_of(sound, PEOPLE) == ""


@pytest.mark.parametrize(
    "moved",
    [
        pytest.param(entry("promote", ordered(), 9), id="replayed in a later epoch"),
        pytest.param(replace(PROMOTED, slot=str(replace(SLOT, environment="dev"))), id="in another slot"),
        pytest.param(replace(PROMOTED, version=digest_of(9)), id="for another version"),
        pytest.param(replace(PROMOTED, actor="engineer-1"), id="in another name"),
        pytest.param(replace(PROMOTED, action="rollback"), id="as another verb"),
        pytest.param(replace(APPROVED, version=digest_of(9)), id="an approval of another version"),
        pytest.param(replace(APPROVED, slot=""), id="an approval of another slot"),
        pytest.param(replace(APPROVED, actor="safety-1"), id="an approval in another name"),
    ],
)
def test_a_good_signature_in_another_entry_is_found(moved: Entry) -> None:
    """Whoever owns the database can write entries anew, and has old orders at hand to put into them."""
    assert "is of another entry" in str(statements.fault_of(moved, PEOPLE))


@pytest.mark.parametrize(
    ("forged", "words"),
    [
        pytest.param(entry("promote", ordered(signer=STRANGER), 2), "is none of 'engineer-2'", id="a stranger's key"),
        pytest.param(entry("approve", replace(approved(), signature="")), "is not good", id="no signature"),
        pytest.param(replace(PROMOTED, payload="{}"), "holds no order", id="no order"),
        pytest.param(replace(APPROVED, payload="[]"), "holds no approval", id="no approval"),
    ],
)
def test_what_nobody_signed_is_found(forged: Entry, words: str) -> None:
    assert words in str(statements.fault_of(forged, PEOPLE))


def test_an_entry_that_nobody_signs_has_no_statement() -> None:
    assert statements.fault_of(replace(PROMOTED, action="register"), PEOPLE) is None
