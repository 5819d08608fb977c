"""How the registry is spoken of, in the terminal and on its pages, and what each of its pages is called."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from detection.rules.evidence.tables import Cell, code, linked
from detection.rules.evidence.tone import Tone
from detection.rules.registry.registered import Version
from detection.rules.registry.slots import IDENTIFIER, Slot, Stage

STAGES = {
    Stage.NONE: Tone.QUIET, Stage.DEVELOPMENT: Tone.PLAIN, Stage.STAGING: Tone.UNSURE, Stage.PRODUCTION: Tone.GOOD,
    Stage.ARCHIVED: Tone.QUIET,
}  # fmt: skip
VERDICTS = {"PASS": Tone.GOOD, "FAIL": Tone.BAD, "NOT PROVEN": Tone.UNSURE}
RISKS = {"low": Tone.GOOD, "medium": Tone.UNSURE, "high": Tone.BAD}
CATALOGUE, HISTORY, INVENTORY, INCIDENTS = "index.html", "history.html", "inventory.html", "incidents.html"
SHORT = 12
"""Hex digits by which a digest is shown where all of it has no room."""


def moment(at: datetime) -> str:
    """``2026-06-01 09:00``, UTC as everything here."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def lasted(span: timedelta) -> str:
    """``3 days``, ``5 hours``, ``12 minutes``, ``40 seconds``: the unit that says it best."""
    seconds = max(0, int(span.total_seconds()))
    for name, length in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        if seconds >= 2 * length or length == 1:
            number = seconds // length
            return f"{number} {name}{'' if number == 1 else 's'}"
    return ""


def short(digest: str) -> str:
    """The beginning of a digest; a dash for none."""
    return digest[:SHORT] or "–"


def digest_cell(digest: str) -> Cell:
    """A digest that can be copied whole; a dash for none."""
    return code(digest) if digest else Cell("–", Tone.QUIET)


def stage_cell(stage: Stage) -> Cell:
    """A stage as a label."""
    return Cell(stage.value, STAGES[stage], chip=True)


def verdict_cell(verdict: str) -> Cell:
    """A verdict in its colour; no label, because a row has room for one."""
    return Cell(verdict, VERDICTS.get(verdict, Tone.UNSURE))


def risk_cell(tier: str) -> Cell:
    """A risk tier as a label."""
    return Cell(tier, RISKS.get(tier, Tone.UNSURE), chip=True)


def name_of(version: Version) -> str:
    """``warehouse-parcels 1.2.0``."""
    return f"{version.content.model} {version.number}"


def version_cell(version: Version | None, note: str = "") -> Cell:
    """A version, leading to its model card; a dash for none."""
    return (
        Cell("–", Tone.QUIET, note=note) if version is None else linked(name_of(version), version_page(version), note)
    )


def slot_cell(slot: Slot, note: str = "") -> Cell:
    """A slot, leading to its page."""
    return linked(str(slot), slot_page(slot), note)


def slot_page(slot: Slot) -> str:
    """What the page of a slot is called; no two slots share one."""
    return _page("live", slot.model, slot.place, slot.environment)


def version_page(version: Version) -> str:
    """What the model card of a version is called."""
    return _page("card", version.content.model, *str(version.number).split("."))


def validation_page(version: Version) -> str:
    """What the validation report of a version is called."""
    return _page("validation", version.content.model, *str(version.number).split("."))


def _page(*parts: str) -> str:
    """Parts joined by points, which no identifier has; by their digest if one of them is no identifier."""
    if all(IDENTIFIER.fullmatch(part) for part in parts):
        return f"{'.'.join(parts)}.html"
    return f"{parts[0]}.{hashlib.sha256(repr(parts).encode()).hexdigest()[:16]}.html"
