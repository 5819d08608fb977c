"""What people sign has one spelling, and a signature of one thing is none of another."""

from __future__ import annotations

import subprocess
from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from detection.edge.trust.envelope import pae
from detection.rules.registry.signatures import approvals, orders, signing
from detection.rules.registry.signatures.orders import SignedOrder
from detection.rules.registry.slots import Slot, Stage
from detection.rules.spec.people import People
from tests.examples_registry import APPROVAL, NOW, ORDER, PEOPLE, SIGNERS, SLOT, approved, ordered, person, returned

OTHER: dict[str, Any] = {
    "slot": Slot("tins", "line-1", "prod"), "signed_at": NOW, "ordered_at": NOW + timedelta(microseconds=1), "epoch": 2,
    "to": Stage.STAGING, "verb": "retire", "person": "quality-2",
}  # fmt: skip


@pytest.mark.parametrize("name", [field.name for field in fields(APPROVAL)])
def test_every_field_of_an_approval_is_signed(name: str) -> None:
    signed = approved()
    changed = replace(signed, approval=replace(APPROVAL, **{name: OTHER.get(name, "changed")}))
    assert approvals.is_sound(signed)
    assert not approvals.is_sound(changed)


@pytest.mark.parametrize("name", [field.name for field in fields(ORDER)])
def test_every_field_of_an_order_is_signed(name: str) -> None:
    signed = ordered()
    changed = replace(signed, order=replace(ORDER, **{name: OTHER.get(name, "changed")}))
    assert orders.is_sound(signed)
    assert not orders.is_sound(changed)


def test_one_moment_has_one_spelling() -> None:
    """A database gives moments back in its own zone; the signature must still be good."""
    elsewhere = timezone(timedelta(hours=2))
    assert signing.moment(NOW.astimezone(elsewhere)) == signing.moment(NOW) == "2026-11-21T12:00:00.000000Z"
    there = replace(APPROVAL, signed_at=APPROVAL.signed_at.astimezone(elsewhere))
    assert approvals.payload(there) == approvals.payload(APPROVAL)


def test_what_is_signed_bears_its_kind() -> None:
    """A signature of a bundle's statement, of an order and of an approval cover bytes that no other kind can have."""
    kinds = {approvals.payload(APPROVAL).split()[2], orders.payload(ORDER).split()[2], pae(b"{}").split()[2]}
    assert len(kinds) == 3


def test_words_in_any_script_are_signed_as_plain_text() -> None:
    assert approvals.payload(replace(APPROVAL, words="prüft: 箱 \ud800 \n")).isascii()


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param("", id="empty"),
        pytest.param("AAAA", id="too short"),
        pytest.param("%%%%", id="no Base64"),
        pytest.param("ä", id="not even ASCII"),
    ],
)
def test_what_is_no_key_or_signature_is_not_good(spoilt: str) -> None:
    signed = approved()
    assert not approvals.is_sound(replace(signed, signature=spoilt))
    assert not approvals.is_sound(replace(signed, public=spoilt))


def test_another_spelling_of_a_good_signature_is_refused() -> None:
    """Unused bits at the end of Base64 would give one signature several spellings."""
    signed = approved()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = letters.index(signed.signature[-3])
    assert not approvals.is_sound(replace(signed, signature=f"{signed.signature[:-3]}{letters[last + 1]}=="))


def test_openssl_verifies_the_same_signature(tmp_path: Path) -> None:
    """An examiner need not trust our program."""
    signed = approved()
    signer = SIGNERS["quality-1"]
    (tmp_path / "key.pem").write_bytes(signer.key.pem)
    (tmp_path / "signed").write_bytes(approvals.payload(signed.approval))
    (tmp_path / "signature").write_bytes(signer.private.sign(approvals.payload(signed.approval)))
    done = subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "signed", "-sigfile",
         "signature"], cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Successfully" in done.stdout, done.stderr


def test_a_kept_signature_is_checked_by_the_people_of_then() -> None:
    assert approvals.fault_of(approved(), PEOPLE) == ""
    assert orders.fault_of(ordered(), PEOPLE) == ""
    assert orders.fault_of(returned(), PEOPLE) == ""


def without_key(name: str, revoked: datetime | None) -> People:
    """Everybody; somebody's key was revoked."""
    others = [one for one in PEOPLE.people if one.id != name]
    return People(version=1, people=[*others, person(name, revoked=revoked)])


def test_a_key_that_was_revoked_later_was_good_then() -> None:
    """Otherwise each key that is lost would make history unverifiable; what is not live yet is the guards' matter."""
    assert approvals.fault_of(approved(), without_key("quality-1", NOW)) == ""
    assert "revoked" in approvals.fault_of(approved(signed_at=NOW), without_key("quality-1", NOW))
    assert "revoked" in orders.fault_of(ordered(), without_key("engineer-2", NOW))


def test_what_is_kept_names_its_own_fault() -> None:
    strangers = People(version=1, people=[one for one in PEOPLE.people if one.id.startswith("safety")])
    assert "not in specs/people.yaml" in approvals.fault_of(approved(), strangers)
    assert "is none of" in approvals.fault_of(approved(SIGNERS["safety-1"]), PEOPLE)
    assert "is not good" in approvals.fault_of(replace(approved(), signature=ordered().signature), PEOPLE)
    assert "is not good" in orders.fault_of(SignedOrder(returned().order, "", ordered().signature), PEOPLE)
    assert approvals.fault_of(approved(slot=replace(SLOT, environment="dev")), PEOPLE) == ""
