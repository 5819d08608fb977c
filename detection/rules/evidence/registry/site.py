"""All pages of the site, each under its file's name, each leading to the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detection.rules.evidence.page import Banner, Fact, Page, Section
from detection.rules.evidence.registry import card, catalogue, history, incidents, inventory, live, rollback, validation
from detection.rules.evidence.registry.incidents import FieldIncident
from detection.rules.evidence.registry.known import Known, KnownSlot
from detection.rules.evidence.registry.words import (
    CATALOGUE,
    HISTORY,
    INCIDENTS,
    INVENTORY,
    moment,
    name_of,
    slot_page,
    validation_page,
    version_page,
)
from detection.rules.evidence.tables import Cell, linked, text
from detection.rules.evidence.tone import Tone
from detection.rules.registry.registered import Version
from detection.rules.registry.returns.destination import previous

LINKED = 12
"""Slots that every page leads to; the catalogue leads to all."""
NAMES = {CATALOGUE: "Catalogue", HISTORY: "Deployment history", INVENTORY: "Inventory", INCIDENTS: "Incidents"}


def pages(known: Known, field: Sequence[FieldIncident] | None = None) -> Mapping[str, Page]:
    """Name of each page's file to the page.

    Args:
        known: the registry.
        field: incidents of the monitor; None where none was asked.
    """
    found = {
        CATALOGUE: _catalogue(known),
        HISTORY: _history(known),
        INVENTORY: _inventory(known),
        INCIDENTS: _incidents(known, field),
    }
    found |= {slot_page(one.slot): _slot(one, known) for one in known.slots}
    for version in known.versions:
        found[version_page(version)] = _card(version, known)
        found[validation_page(version)] = _validation(version, known)
    return found


def _links(known: Known, here: str, *beside: Cell) -> tuple[Cell, ...]:
    """The pages that every page leads to, and those ``beside`` it."""
    several = len({one.slot.model for one in known.slots}) > 1
    slots = ((one.slot, f"{one.slot.model}/" if several else "") for one in known.slots[:LINKED])
    always = [*NAMES.items()]
    always += [(slot_page(slot), f"Live: {model}{slot.place}/{slot.environment}") for slot, model in slots]
    return (*(text(name) if link == here else linked(name, link) for link, name in always), *beside)


def _colophon(known: Known) -> str:
    chain = "whole" if known.fault is None else f"BROKEN at entry {known.fault.number}: {known.fault.words}"
    return (
        f"Written by detection registry catalogue, {moment(known.as_of)} UTC, registry {known.registry}. Audit log "
        f"{chain}; its last entry is {known.head.number}, {known.head.digest}. Change the registry, not this page."
    )


def _catalogue(known: Known) -> Page:
    models = tuple(catalogue.model_section(model, known, n) for n, model in enumerate(known.models(), 1))
    subtitle = "What is registered, what is live where, and where to read more."
    sections = (catalogue.live_section(known), *models, inventory.counts(known))
    links = _links(known, CATALOGUE)
    return Page("Models", subtitle, _state(known), sections, _colophon(known), "Model catalogue", links)


def _state(known: Known) -> Banner:
    """Whether all of this can be relied on."""
    live = [one for one in known.slots if one.live is not None]
    doubtful = [one for one in live if one.live is not None and one.live.deed.faults()]
    facts = (
        Fact("Versions", str(len(known.versions))),
        Fact("Slots in use", f"{len(live)} of {len(known.slots)}"),
        Fact("Audit entries", str(known.head.number)),
    )
    if known.fault is not None:
        said = f"Entry {known.fault.number} of the audit log {known.fault.words}."
        step = "Stop promoting, and bring the registry back from a copy: nothing here can be relied on."
        return Banner("BROKEN LOG", Tone.BAD, said, step, facts)
    if doubtful:
        names = ", ".join(str(one.slot) for one in doubtful)
        said = f"A signature behind what is live is not good: {names}."
        return Banner("NOT VERIFIED", Tone.BAD, said, "Read the page of the slot: it says which and why.", facts)
    said = "Every entry of the audit log follows from the one before, and every signature behind what is live is good."
    return Banner("VERIFIED", Tone.GOOD, said, "", facts)


def _history(known: Known) -> Page:
    every = [period for slot in known.slots for period in slot.periods]
    sections = [Section("latest", "Latest changes", "The newest of all slots.", (history.latest(every, known.as_of),))]
    for number, one in enumerate(known.slots, 1):
        told = history.section(one.periods, known.as_of)
        sections.append(Section(f"slot-{number}", str(one.slot), told.lead, told.blocks))
    links = _links(known, HISTORY)
    subtitle = "What was live where, from when to when, by whose order."
    return Page("All slots", subtitle, None, tuple(sections), _colophon(known), "Deployment history", links)


def _inventory(known: Known) -> Page:
    sections = (inventory.section(known), inventory.tiers(known.governance), inventory.counts(known))
    subtitle = "Every model with its use, its owner and its risk tier."
    return Page("All models", subtitle, None, sections, _colophon(known), "Inventory", _links(known, INVENTORY))


def _incidents(known: Known, field: Sequence[FieldIncident] | None) -> Page:
    sections = incidents.sections(known, field)
    subtitle = "What went wrong, and what was done about it."
    return Page("All slots", subtitle, None, sections, _colophon(known), "Incident log", _links(known, INCIDENTS))


def _slot(one: KnownSlot, known: Known) -> Page:
    target = previous([period.period for period in one.periods])
    sections = (
        *live.sections(one, known),
        rollback.section(one, target),
        history.section(one.periods, known.as_of),
    )
    name = slot_page(one.slot)
    version = one.live.version if one.live else None
    beside = () if version is None else _beside(version, "")
    subtitle = f"{one.slot.model} at {one.slot.place}, environment {one.slot.environment}."
    links = _links(known, name, *beside)
    return Page(str(one.slot), subtitle, live.banner(one, known.as_of), sections, _colophon(known), "Live", links)


def _card(version: Version, known: Known) -> Page:
    name = version_page(version)
    links = _links(known, name, *_beside(version, name))
    finds = f"Finds {', '.join(version.content.contract.classes)} in single frames."
    sections = card.sections(version, known)
    return Page(name_of(version), finds, None, sections, _colophon(known), "Model card", links)


def _validation(version: Version, known: Known) -> Page:
    name = validation_page(version)
    links = _links(known, name, *_beside(version, name))
    subtitle = "What was demanded, what was found, and who accepted it."
    sections = validation.sections(version, known)
    banner = validation.banner(version, known)
    return Page(name_of(version), subtitle, banner, sections, _colophon(known), "Validation report", links)


def _beside(version: Version, here: str) -> tuple[Cell, ...]:
    """Both documents of a version."""
    both = ((version_page(version), "Model card"), (validation_page(version), "Validation report"))
    return tuple(
        text(f"{kind} {version.number}") if link == here else linked(f"{kind} {version.number}", link)
        for link, kind in both
    )
