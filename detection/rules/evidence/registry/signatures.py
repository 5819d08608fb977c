"""Who said yes: approvals and orders with the state of their signatures, as everybody may verify them."""

from __future__ import annotations

from collections.abc import Sequence

from detection.rules.evidence.page import Block, Note
from detection.rules.evidence.registry.deeds import Checked, Deed
from detection.rules.evidence.registry.words import digest_cell, moment, slot_cell
from detection.rules.evidence.tables import Cell, Column, Table, text
from detection.rules.evidence.tone import Tone
from detection.rules.registry.signatures.orders import EXECUTOR

COLUMNS = (
    Column("Approved by"), Column("Slot"), Column("Signed"), Column("Words"), Column("Signature"),
)  # fmt: skip


def approvers(deed: Deed) -> str:
    """``quality-1 (quality), safety-1 (safety)``; a dash for nobody."""
    names = [
        f"{one.signed.approval.person} ({one.signed.approval.role}{', NOT VERIFIED' if one.fault else ''})"
        for one in deed.approvals
    ]
    return ", ".join(names) or "–"


def actor(deed: Deed, named: str) -> str:
    """Who gave the order; ``NOT VERIFIED`` behind a name that no good signature vouches for."""
    return f"{named} (NOT VERIFIED)" if deed.fault or deed.order is None else named


def signature_cell(fault: str) -> Cell:
    """Whether a signature is good."""
    return Cell("not verified", Tone.BAD, note=fault) if fault else Cell("verified", Tone.GOOD, chip=True)


def order_cell(deed: Deed) -> Cell:
    """Whether the order is signed by whom it says."""
    if deed.order is None:
        return Cell("not verified", Tone.BAD, note="the audit entry holds no order")
    if not deed.fault and deed.order.order.actor == EXECUTOR:
        return Cell("by rule", Tone.GOOD, note=f"follows from {deed.order.evidence or 'nothing'}")
    return signature_cell(deed.fault)


def approvals(checked: Sequence[Checked], title: str = "Approvals") -> Block:
    """Everybody who approved, what they said, and whether their signature is good."""
    if not checked:
        return Note("Nobody has signed an approval.", title=title)
    rows = tuple(
        (
            text(f"{one.signed.approval.person} ({one.signed.approval.role})"),
            slot_cell(one.signed.approval.slot),
            text(moment(one.signed.approval.signed_at)),
            text(one.signed.approval.words or "–"),
            signature_cell(one.fault),
        )
        for one in checked
    )
    return Table(COLUMNS, rows, title=title, note="Times in UTC. Signatures are verified anew whenever this is read.")


def signed_evidence(checked: Sequence[Checked]) -> tuple[Table, ...]:
    """The digests that the signatures cover; nothing where nobody signed."""
    if not checked:
        return ()
    columns = (Column("Approved by"), Column("What was signed"), Column("SHA-256"))
    rows = tuple(
        (text(one.signed.approval.person), text(name), digest_cell(value))
        for one in checked
        for name, value in (
            ("version", one.signed.approval.version_digest),
            ("verdict", one.signed.approval.verdict_digest),
            ("specification", one.signed.approval.spec_digest),
            ("deployment", one.signed.approval.deployment_digest),
            ("comparison with what was live", one.signed.approval.comparison_digest),
            ("nonce, used once", one.signed.approval.nonce),
        )
    )
    return (Table(columns, rows, title="What the signatures cover"),)
