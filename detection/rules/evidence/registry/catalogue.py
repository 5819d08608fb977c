"""The model catalogue: every product, every version of it, how far it has come in each slot."""

from __future__ import annotations

from collections.abc import Sequence

from detection.rules.evidence.page import Block, Folded, Note, Section
from detection.rules.evidence.registry.known import Known, KnownSlot
from detection.rules.evidence.registry.words import (
    moment,
    short,
    slot_cell,
    stage_cell,
    validation_page,
    verdict_cell,
    version_page,
)
from detection.rules.evidence.tables import Cell, Column, Table, linked, text
from detection.rules.evidence.tone import Tone
from detection.rules.registry.registered import Version
from detection.rules.registry.slots import Stage

PAGE = 100
ORDER = (Stage.PRODUCTION, Stage.STAGING, Stage.ARCHIVED, Stage.DEVELOPMENT, Stage.NONE)
"""Of several slots, the stage by which a version is known."""


def live_section(known: Known) -> Section:
    """Every slot in one row, whatever is live there."""
    columns = (Column("Slot"), Column("Live"), Column("Since"), Column("Target"), Column("Consumers"))
    rows = tuple(
        (
            slot_cell(one.slot),
            Cell("nothing", Tone.QUIET)
            if one.live is None or one.live.version is None
            else linked(
                str(one.live.version.number), version_page(one.live.version), short(one.live.period.version_digest)
            ),
            text(moment(one.periods[0].period.since) if one.periods else "–"),
            text(one.plan.target if one.plan else "no slot file"),
            text(", ".join(consumer.id for consumer in one.plan.consumers) if one.plan else "–"),
        )
        for one in known.slots
    )
    lead = "A slot is a model at a place in an environment; at most one version is live there."
    blocks: tuple[Block, ...] = (Table(columns, rows, note="Times in UTC."),)
    if not rows:
        blocks = (Note("No slot yet: the first promotion into one of specs/slots/ makes it."),)
    return Section("live", "What is live", lead, blocks)


def model_section(model: str, known: Known, number: int) -> Section:
    """The versions of one product, newest first; ``number`` tells its anchor from those of other products."""
    versions = sorted((one for one in known.versions if one.content.model == model), key=lambda v: v.number)[::-1]
    slots = known.slots_of(model)
    blocks: list[Block] = [table(versions[:PAGE], slots)]
    for begin in range(PAGE, len(versions), PAGE):
        part = versions[begin : begin + PAGE]
        blocks.append(Folded(f"Versions {begin + 1} to {begin + len(part)}, older", (table(part, slots),)))
    if known.left_out:
        blocks.append(Note(f"{known.left_out} older versions that were never live: detection registry list."))
    owner, classes = versions[0].content.owner, ", ".join(versions[0].content.contract.classes)
    return Section(f"model-{number}", model, f"Finds {classes}. Owner: {owner or 'nobody is named'}.", tuple(blocks))


def table(versions: Sequence[Version], slots: Sequence[KnownSlot]) -> Table:
    """One row a version; where it stands in each slot in which it has moved."""
    columns = (
        Column("Version"), Column("Verdict"), Column("Stage"), Column("Why this number"), Column("Registered"),
        Column("Risk tier"), Column("Sign-off"), Column("Remarks"),
    )  # fmt: skip
    rows = tuple(
        (
            linked(str(one.number), version_page(one), short(one.content.digest)),
            verdict_cell(one.content.verdict),
            _stage(one.content.digest, slots),
            text(one.reason),
            Cell(moment(one.registered_at), note=f"by {one.submitter}"),
            text(one.content.risk_tier),
            linked("report", validation_page(one)),
            remarks(one),
        )
        for one in versions
    )
    return Table(columns, rows)


def remarks(version: Version) -> Cell:
    """Whether it may still be used, and its tags."""
    tags = ", ".join(version.content.tags)
    if version.retired:
        return Cell("retired", Tone.BAD, note=tags)
    if version.deprecated:
        end = f", until {version.end_of_life}" if version.end_of_life else ""
        return Cell(f"deprecated{end}", Tone.UNSURE, note=version.deprecated)
    return Cell(tags or "–", Tone.PLAIN if tags else Tone.QUIET)


def _stage(digest: str, slots: Sequence[KnownSlot]) -> Cell:
    """The furthest stage, and where; Development everywhere is said without a place."""
    stages = {one.slot: one.stage_of(digest) for one in slots}
    best = min(stages.values(), key=ORDER.index, default=Stage.DEVELOPMENT)
    cell = stage_cell(best)
    if best is Stage.DEVELOPMENT:
        return cell
    where = ", ".join(f"{slot.place}/{slot.environment}" for slot, stage in stages.items() if stage is best)
    return Cell(cell.text, cell.tone, chip=True, note=where)
