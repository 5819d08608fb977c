"""The split's certificate, for people: who judges, and that nothing stands on two sides."""

from __future__ import annotations

from detection.rules.evidence.page import (
    Block,
    Column,
    Fact,
    Facts,
    Note,
    Section,
    Table,
    Tone,
    code,
    count,
    text,
    thousands,
)
from detection.rules.labels.splits.certificate import Certificate


def split_section(certificate: Certificate) -> Section:
    """The proof that nothing stands on two sides."""
    tone = Tone.BAD if certificate.crossings else Tone.GOOD
    groups = certificate.groups_of_side
    facts = Facts(
        (
            Fact("Crossings", thousands(certificate.crossings), tone=tone),
            Fact("Groups", thousands(certificate.groups)),
            *(Fact(f"Groups, {side}", thousands(number)) for side, number in groups.items()),
        )
    )
    columns = (
        Column("Set"),
        Column("Frames", number=True),
        Column("Groups", number=True),
        Column("Checked by an expert", number=True),
        Column("SHA-256 of its frame ids"),
    )
    rows = tuple(
        (text(s.set), count(s.frames), count(s.groups), count(s.verified), code(s.digest)) for s in certificate.sets
    )
    blocks: list[Block] = [facts, Table(columns, rows, title="Sets", note=_how_placed(certificate))]
    if certificate.crossing_examples:
        blocks.append(Note("; ".join(certificate.crossing_examples), title="Crossings found", tone=Tone.BAD))
    lead = f"{certificate.statement[:1].upper()}{certificate.statement[1:]}."
    return Section("split", "Split certificate", lead, tuple(blocks))


def _how_placed(certificate: Certificate) -> str:
    if certificate.official:
        return "An official split, brought with the data and audited here."
    window = certificate.time_window_s
    keys = [*certificate.keys, *([] if window is None else [f"time within {window:g} s of one camera"])]
    salt = certificate.salt
    return f"Frames that share {' or '.join(keys)} stay together; a group is placed by a hash salted with {salt!r}."
