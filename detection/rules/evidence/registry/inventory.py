"""The inventory of models with their risk tiers: what is used where, who answers for it, what its tier asks."""

from __future__ import annotations

from datetime import timedelta

from detection.rules.evidence.page import Section
from detection.rules.evidence.registry.known import Known, KnownSlot
from detection.rules.evidence.registry.words import moment, risk_cell, slot_cell, version_cell
from detection.rules.evidence.tables import Cell, Column, Table, count, text
from detection.rules.evidence.tone import Tone
from detection.rules.registry.registered import Version
from detection.rules.spec.governance import Governance, RiskTier

TIERS: tuple[RiskTier, ...] = ("low", "medium", "high")


def section(known: Known) -> Section:
    """One row for each use of each model; a model that is used nowhere has one too."""
    columns = (
        Column("Model"), Column("Finds"), Column("Risk tier"), Column("Owner"), Column("Used in"), Column("Version"),
        Column("Registered"), Column("Approvals hold until"), Column("Read by"),
    )  # fmt: skip
    rows = [row for model in known.models() for row in _rows(model, known)]
    lead = "Every model that is registered, in use or not, with the risk tier that says how much has to be shown."
    return Section("inventory", "Inventory", lead, (Table(columns, tuple(rows), note="Times in UTC."),))


def tiers(governance: Governance) -> Section:
    """What each tier asks before a version gets into Production."""
    columns = (Column("Risk tier"), Column("Approvals"), Column("They hold for"), Column("Of a new product"))
    rows = tuple(
        (
            risk_cell(name),
            text(", ".join(governance.tiers.of(name).approvals) or "none"),
            text(f"{governance.tiers.of(name).valid_days} days"),
            text("this one" if governance.risk_tier == name else "–"),
        )
        for name in TIERS
    )
    guards = governance.guards
    asked = (
        ("Staging", "every environment", guards.staging),
        ("Production", "dev", guards.production.dev),
        ("Production", "staging", guards.production.staging),
        ("Production", "prod", guards.production.prod),
    )
    asks = Table(
        (Column("Into"), Column("In"), Column("What must hold")),
        tuple((text(stage), text(where), text(", ".join(names) or "nothing")) for stage, where, names in asked),
        title="Guards",
    )
    lead = "From specs/spec.yaml as it is now. Who approves has neither submitted nor promotes."
    return Section("tiers", "What the tiers ask", lead, (Table(columns, rows, title="Tiers"), asks))


def counts(known: Known) -> Section:
    """How much there is."""
    rows = tuple(
        (
            text(model),
            count(len(own)),
            count(sum(one.content.verdict == "PASS" for one in own)),
            count(sum(bool(known.live_in(one.content.digest)) for one in own)),
            count(sum(bool(one.deprecated) and not one.retired for one in own)),
            count(sum(one.retired for one in own)),
        )
        for model in known.models()
        for own in [[one for one in known.versions if one.content.model == model]]
    )
    columns = (
        Column("Model"), Column("Versions", number=True), Column("Gate green", number=True),
        Column("Live", number=True), Column("Deprecated", number=True), Column("Retired", number=True),
    )  # fmt: skip
    return Section("counts", "Versions", "How many versions there are of each product.", (Table(columns, rows),))


def _rows(model: str, known: Known) -> list[tuple[Cell, ...]]:
    used = [slot for slot in known.slots_of(model) if slot.live is not None]
    newest = max((one for one in known.versions if one.content.model == model), key=lambda one: one.number)
    return [_row(slot.live.version, slot, known) for slot in used if slot.live and slot.live.version] or [
        _row(newest, None, known)
    ]


def _row(version: Version, slot: KnownSlot | None, known: Known) -> tuple[Cell, ...]:
    content = version.content
    return (
        text(content.model),
        text(", ".join(content.contract.classes)),
        risk_cell(content.risk_tier),
        text(content.owner or "nobody is named"),
        Cell("not in use", Tone.QUIET) if slot is None else slot_cell(slot.slot),
        version_cell(version, "" if slot else "the newest"),
        Cell(moment(version.registered_at), note=f"gate {content.verdict}"),
        _until(version, slot, known),
        text(", ".join(one.id for one in slot.plan.consumers) if slot and slot.plan else "–"),
    )


def _until(version: Version, slot: KnownSlot | None, known: Known) -> Cell:
    """For how long the approvals that let it live would still count, had it to be promoted again."""
    approvals = slot.live.deed.approvals if slot and slot.live else ()
    if not approvals:
        return Cell("–", Tone.QUIET)
    days = known.governance.tiers.of(version.content.risk_tier).valid_days
    end = min(one.signed.approval.signed_at for one in approvals) + timedelta(days=days)
    over = end < known.as_of
    return Cell(f"{end:%Y-%m-%d}", Tone.UNSURE if over else Tone.PLAIN, note="over: review it" if over else "")
