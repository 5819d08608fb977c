"""The way back of a slot: to which version, by which command, and when the slot goes back by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from detection.rules.evidence.page import Block, Fact, Facts, Note, Section
from detection.rules.evidence.registry.deeds import KnownPeriod
from detection.rules.evidence.registry.known import KnownSlot
from detection.rules.evidence.registry.words import lasted, moment, version_cell
from detection.rules.evidence.tables import Cell, Column, Table, text
from detection.rules.evidence.tone import Tone
from detection.rules.registry.registered import Version
from detection.rules.spec.slots import PrecisionTrigger, SlotPlan, Trigger

SHOWN = 10
"""Versions to go back to that are shown."""


def section(slot: KnownSlot, target: str | None) -> Section:
    """The rollback plan.

    Args:
        slot: as it is known.
        target: digest of the version to which a rollback goes if none is named; ``""`` takes the slot out of use;
            None if there is nothing to go back to.
    """
    lead = "One command, a reason, a signature; no new approval, because every version here was approved before."
    blocks: list[Block] = [Facts(_facts(slot, target)), *_commands(slot, target), _validated(slot)]
    blocks += _triggers(slot)
    return Section("rollback", "Rollback plan", lead, tuple(blocks))


def validated(periods: Sequence[KnownPeriod]) -> tuple[KnownPeriod, ...]:
    """The last period of each version that was live here and is not now, newest first."""
    found: dict[str, KnownPeriod] = {}
    for one in periods[1:]:
        if one.version is not None:
            found.setdefault(one.period.version_digest, one)
    now = periods[0].period.version_digest if periods else ""
    return tuple(one for digest, one in found.items() if digest != now)


def _facts(slot: KnownSlot, target: str | None) -> tuple[Fact, ...]:
    to = next((one.version for one in slot.periods if one.period.version_digest == target and one.version), None)
    if target is None:
        goes = Fact("Goes back to", "nothing", "nothing was live here before this version first was", Tone.UNSURE)
    elif to is None:
        goes = Fact("Goes back to", "nothing live", "as it was before", Tone.UNSURE)
    else:
        goes = Fact("Goes back to", str(to.number), to.content.model, Tone.BAD if to.retired else Tone.PLAIN)
    automatic = bool(slot.periods) and slot.periods[0].period.rollback_authorised
    said = "authorised with the promotion" if automatic else "not authorised: a person decides"
    cooldown = slot.plan.rollback.cooldown_s if slot.plan else None
    return (
        goes,
        Fact("By itself", "yes" if automatic else "no", said, Tone.GOOD if automatic else Tone.QUIET),
        *([] if cooldown is None else [Fact("Then rests for", _span(cooldown), "before another return by itself")]),
    )


def _commands(slot: KnownSlot, target: str | None) -> tuple[Block, ...]:
    if slot.live is None:
        return ()
    where = f"{slot.slot.place}/{slot.slot.environment}"
    back = f'detection registry rollback {where} --reason "..." --key FILE'
    rows = [("Out of use, nothing live", f'detection registry rollback {where} --to nothing --reason "..." --key FILE')]
    if any(one.version and not one.version.retired for one in validated(slot.periods)):
        named = f'detection registry rollback {where} --to VERSION --reason "..." --key FILE'
        rows.insert(0, ("Back to one of those below", named))
    if target is not None:
        rows.insert(0, ("Back to the one before", back))
    shown = tuple((text(name), Cell(command, code=True)) for name, command in rows)
    note = "A device goes back to its other slot without the network: runtime.pyz rollback."
    return (Table((Column("To"), Column("Command")), shown, title="By hand", note=note),)


def _validated(slot: KnownSlot) -> Table:
    columns = (Column("Version"), Column("Was live from"), Column("Approved"), Column("State"))
    rows = tuple(
        (
            version_cell(one.version),
            text(moment(one.period.since)),
            text(", ".join(sorted({check.signed.approval.person for check in one.deed.approvals})) or "–"),
            _state(one.version),
        )
        for one in validated(slot.periods)[:SHOWN]
    )
    return Table(columns, rows, title="Versions that were live here before")


def _state(version: Version | None) -> Cell:
    if version is None:
        return Cell("–", Tone.QUIET)
    if version.retired:
        return Cell("retired: cannot come back", Tone.BAD)
    return Cell("deprecated", Tone.UNSURE, note=version.deprecated) if version.deprecated else text("ready")


def _triggers(slot: KnownSlot) -> tuple[Block, ...]:
    if slot.plan is None:
        return (Note(f"specs/slots/{slot.slot.place}.yaml is not there.", title="Triggers", tone=Tone.BAD),)
    columns = (Column("Goes back if"), Column("Within"), Column("Judged from"))
    rows = tuple((text(_condition(one)), text(_span(one.window_s)), text(_least(one))) for one in _of(slot.plan))
    return (Table(columns, rows, title="Triggers", note=f"From specs/slots/{slot.slot.place}.yaml."),)


def _of(plan: SlotPlan) -> tuple[Trigger, ...]:
    return tuple(plan.rollback.triggers)


def _condition(trigger: Trigger) -> str:
    if trigger.kind == "error_rate":
        return f"more than {100 * trigger.above:g} % of the frames have no sound answer"
    if trigger.kind == "p95_ms":
        return f"more than 5 of 100 frames take longer than {trigger.above:g} ms"
    return f"labels prove a precision below {trigger.below:g} (confidence {trigger.confidence:g})"


def _least(trigger: Trigger) -> str:
    if isinstance(trigger, PrecisionTrigger):
        return f"{trigger.minimum_labels} labels and more"
    return f"{trigger.minimum_frames} frames and more"


def _span(seconds: int) -> str:
    return lasted(timedelta(seconds=seconds))
