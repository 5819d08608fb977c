"""The validation report of a version with its sign-off: what was demanded, what was found, and who accepted it."""

from __future__ import annotations

from detection.rules.evidence.judging.verdict import TONES
from detection.rules.evidence.page import Banner, Block, Fact, Note, Section
from detection.rules.evidence.registry import card, signatures
from detection.rules.evidence.registry.known import Evidence, Known
from detection.rules.evidence.registry.words import VERDICTS, moment
from detection.rules.evidence.tables import Cell, Column, Table, text
from detection.rules.evidence.tone import Tone
from detection.rules.judging.gates.lines import Verdict
from detection.rules.registry.registered import Version
from detection.rules.registry.signatures.approvals import Approval

WHERE = "Its lines lie in the bundle, in evidence/verdict.json, which is not at hand here."


def banner(version: Version, known: Known) -> Banner:
    """The gate's answer, and by how many people it was signed off."""
    content = version.content
    checked = [one for slot in known.slots for one in slot.approvals if _about(one.signed.approval, content.digest)]
    good = sorted({one.signed.approval.person for one in checked if not one.fault})
    live = known.live_in(content.digest)
    facts = (
        Fact("Signed off by", ", ".join(good) or "nobody"),
        Fact("Parity", "holds" if content.parity else "does not hold"),
        Fact("Live in", ", ".join(f"{one.place}/{one.environment}" for one in live) or "no slot"),
        Fact("Risk tier", content.risk_tier),
    )
    sentence = f"The gate's answer to {content.model} {version.number}, by the specification of its time."
    return Banner(content.verdict, VERDICTS.get(content.verdict, Tone.UNSURE), sentence, _next(version, good), facts)


def sections(version: Version, known: Known) -> tuple[Section, ...]:
    """Demands, figures, sign-off, digests."""
    evidence = known.evidence.get(version.content.digest, Evidence())
    return (
        _demands(evidence.verdict, version),
        card.measured(version),
        sign_off(version, known),
        Section(
            "digests",
            "What this report is about",
            "Whoever has these files can check that they are the ones.",
            (card.digests(version),),
        ),
    )


def _demands(verdict: Verdict | None, version: Version) -> Section:
    lead = "Each line of the gate: what was demanded, what was proven, from how much."
    if verdict is None:
        note = Note(WHERE, title=f"The gate said {version.content.verdict}", tone=Tone.UNSURE)
        return Section("demands", "What was demanded", lead, (note,))
    ordered = sorted(verdict.lines, key=lambda line: ("FAIL", "NOT PROVEN", "PASS").index(line.verdict))
    rows = tuple((text(one.sentence), Cell(one.verdict, TONES[one.verdict], chip=True)) for one in ordered)
    blocks: list[Block] = [Table((Column("Line"), Column("Verdict")), rows, note=verdict.family.sentence)]
    blocks += [Note(said, title="Not measured") for said in verdict.unmeasured]
    return Section("demands", "What was demanded", lead, tuple(blocks))


def sign_off(version: Version, known: Known) -> Section:
    """Signatures of people, slot by slot; nothing here is filled in by a program."""
    digest = version.content.digest
    blocks: list[Block] = []
    for slot in known.slots_of(version.content.model):
        own = [one for one in slot.approvals if _about(one.signed.approval, digest)]
        if own:
            blocks.append(signatures.approvals(own, title=f"For {slot.slot}"))
            blocks += signatures.signed_evidence(own)
    made = (
        text("Made by"),
        text(version.submitter),
        text(moment(version.registered_at)),
        text("claimed when it was registered"),
    )
    columns = (Column("Role"), Column("Who"), Column("When"), Column("Vouched for by"))
    blocks.insert(0, Table(columns, (made,)))
    if len(blocks) == 1:
        tier = known.governance.tiers.of(version.content.risk_tier)
        asked = ", ".join(tier.approvals) or "nobody"
        said = f"Nobody has signed it off. Risk tier {version.content.risk_tier} asks for: {asked}."
        blocks.append(Note(said, title="Sign-off", tone=Tone.UNSURE))
    lead = "A program measures, it does not accept: what stands here was signed by people with their own keys."
    return Section("sign-off", "Sign-off", lead, tuple(blocks))


def _about(approval: Approval, digest: str) -> bool:
    return approval.version_digest == digest


def _next(version: Version, good: list[str]) -> str:
    if version.content.verdict != "PASS" or good or version.retired:
        return ""
    return f"Look at the evidence and sign it: detection registry approve {version.number} SLOT --key FILE"
