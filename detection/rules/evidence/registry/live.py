"""What is live in a slot: the answer in a word, who approved it, on what evidence, what it costs, who reads it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from detection.rules.evidence.page import Banner, Block, Fact, Facts, Note, Section
from detection.rules.evidence.registry import signatures
from detection.rules.evidence.registry.deeds import KnownPeriod
from detection.rules.evidence.registry.known import Known, KnownSlot
from detection.rules.evidence.registry.words import (
    digest_cell,
    lasted,
    moment,
    short,
    slot_cell,
    verdict_cell,
    version_cell,
)
from detection.rules.evidence.tables import Column, Table, text
from detection.rules.evidence.tone import Tone
from detection.rules.registry.registered import Version

COLUMNS = (
    Column("Slot"), Column("Live"), Column("Verdict"), Column("Since"), Column("Promoted by"), Column("Approved by"),
)  # fmt: skip


def table(periods: Sequence[KnownPeriod], as_of: datetime) -> Table:
    """One row a slot in which something is live."""
    rows = tuple(
        (
            slot_cell(one.slot),
            version_cell(one.version, short(one.version.content.digest)),
            verdict_cell(one.version.content.verdict),
            text(f"{moment(one.period.since)} ({lasted(as_of - one.period.since)})"),
            text(signatures.actor(one.deed, one.period.actor)),
            text(signatures.approvers(one.deed)),
        )
        for one in periods
        if one.version is not None
    )
    return Table(COLUMNS, rows, title="What is live")


def banner(slot: KnownSlot, as_of: datetime) -> Banner:
    """What is live, in a word; red where a signature behind it is not good."""
    live = slot.live
    if live is None or live.version is None:
        since = (
            f" since {moment(slot.periods[0].period.since)}: {slot.periods[0].period.reason}" if slot.periods else ""
        )
        return Banner("NOTHING", Tone.QUIET, f"Nothing is live in {slot.slot}{since}.", "", ())
    version, period = live.version, live.period
    faults = (*live.deed.faults(), *_doubts(version, slot, as_of))
    answer = f"{version.number}" if not live.deed.faults() else f"{version.number}, NOT VERIFIED"
    tone = Tone.BAD if live.deed.faults() else Tone.UNSURE if faults else Tone.GOOD
    sentence = f"{version.content.model} {version.number} is live in {slot.slot} since {moment(period.since)} UTC."
    return Banner(answer, tone, sentence, "; ".join(faults), _facts(live, version, as_of))


def sections(slot: KnownSlot, known: Known) -> tuple[Section, ...]:
    """Evidence, approvals, costs and consumers of what is live; nothing for an empty slot."""
    live = slot.live
    if live is None or live.version is None:
        return ()
    return (
        _evidence(slot, live.version, known.spec_digest),
        Section(
            "approvals",
            "Who approved it",
            "By whom, in which role, and what their signatures cover.",
            (
                *_ordered(live),
                signatures.approvals(live.deed.approvals),
                *signatures.signed_evidence(live.deed.approvals),
            ),
        ),
        _deployment(slot, live.version),
    )


def resources(version: Version) -> Table:
    """What each variant costs on the machine that measured it."""
    columns = (
        Column("Variant"), Column("p50, ms", number=True), Column("p95, ms", number=True),
        Column("Memory, MB", number=True), Column("Model, MB", number=True),
    )  # fmt: skip
    rows = tuple(
        (text(one.variant), *(text(_figure(value)) for value in (one.p50_ms, one.p95_ms, one.memory_mb, one.model_mb)))
        for one in version.content.resources
    )
    return Table(columns, rows, title="Resources", note="On the machine that measured them, not on the device.")


def _doubts(version: Version, slot: KnownSlot, as_of: datetime) -> tuple[str, ...]:
    """What a reader should know although it is live."""
    found = []
    if version.retired:
        found.append("It was retired since: promote another version.")
    if version.deprecated:
        end = f", end of life {version.end_of_life}" if version.end_of_life else ""
        found.append(f"It is deprecated{end}: {version.deprecated}")
    if version.end_of_life and version.end_of_life <= f"{as_of:%Y-%m-%d}":
        found.append("Its end of life has come.")
    if slot.pinned and slot.plan_digest != slot.pinned:
        found.append(f"specs/slots/{slot.slot.place}.yaml has changed since it was pinned.")
    return tuple(found)


def _facts(live: KnownPeriod, version: Version, as_of: datetime) -> tuple[Fact, ...]:
    return (
        Fact("Live for", lasted(as_of - live.period.since), f"since {moment(live.period.since)}"),
        Fact(live.period.action.capitalize() + " by", signatures.actor(live.deed, live.period.actor)),
        Fact("Approved by", signatures.approvers(live.deed)),
        Fact("Submitted by", version.submitter, moment(version.registered_at)),
        Fact("Gate", version.content.verdict),
        Fact("Risk tier", version.content.risk_tier, version.content.owner),
    )


def _evidence(slot: KnownSlot, version: Version, spec_now: str) -> Section:
    content = version.content
    same = "the same today" if content.spec_digest == spec_now else "specs/spec.yaml has changed since"
    pinned = "as pinned" if slot.plan_digest == slot.pinned else "the file has changed since it was pinned"
    rows = (
        ("Version: the bundle's manifest", content.digest, content.bundle_place),
        ("Verdict of the gate", content.verdict_digest, content.verdict),
        ("Parity certificate", content.parity_digest, "holds" if content.parity else "does not hold"),
        ("Specification that judged", content.spec_digest, same),
        ("Parameters", content.params_digest, ""),
        ("Environment, pinned packages", content.environment_digest, ""),
        (f"Deployment, specs/slots/{slot.slot.place}.yaml", slot.pinned, pinned if slot.pinned else "never pinned"),
    )
    shown = tuple((text(name), digest_cell(value), text(said or "–")) for name, value, said in rows)
    table = Table((Column("What"), Column("SHA-256"), Column("Now")), shown)
    lead = "By these digests everybody can check that what runs is what was judged."
    return Section("evidence", "On what evidence", lead, (table,))


def _ordered(live: KnownPeriod) -> tuple[Block, ...]:
    columns = (Column("Order"), Column("By"), Column("At"), Column("Reason"), Column("Signature"))
    row = (
        text(live.period.action),
        text(live.period.actor),
        text(moment(live.period.since)),
        text(live.period.reason or "–"),
        signatures.order_cell(live.deed),
    )
    return (Table(columns, (row,), title="Order"),)


def _deployment(slot: KnownSlot, version: Version) -> Section:
    blocks: list[Block] = [resources(version)]
    if slot.plan is None:
        blocks.append(Note(f"specs/slots/{slot.slot.place}.yaml is not there.", title="Deployment", tone=Tone.BAD))
    else:
        target = "carried by the bundle" if slot.plan.target in version.content.targets else "NOT in the bundle"
        major = version.number.major
        facts = [Fact("Target", slot.plan.target, target)]
        facts += [
            Fact(
                f"Consumer {one.id}",
                f"contract {one.contract}",
                "understands it" if one.contract == major else f"the version has contract {major}",
                Tone.PLAIN if one.contract == major else Tone.BAD,
            )
            for one in slot.plan.consumers
        ]
        blocks.append(Facts(tuple(facts), title="Deployment and consumers"))
    lead = "Where it may run, who reads its answers, and what it costs."
    return Section("deployment", "Where it runs", lead, tuple(blocks))


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
