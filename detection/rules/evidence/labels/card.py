"""The data card, for people: sources and rights, counts, annotators, agreement, split, findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from detection.rules.evidence.numerals import digits, thousands
from detection.rules.evidence.page import Block, Fact, Facts, Note, Page, Section
from detection.rules.evidence.tables import Cell, Column, Table, code, count, text
from detection.rules.labels.versions.card import Card, Share
from detection.rules.labels.versions.told import AgreementTold, FindingKind, SplitTold

NAMED = 60
"""Cameras listed; the rest is told in a number."""


def page(card: Card) -> Page:
    """The whole card."""
    sections = (
        _overview(card),
        _sources(card),
        _content(card),
        _labels(card),
        _split(card.told.split),
        _findings(card),
    )
    said = f"{thousands(card.frames.frames)} frames with {thousands(card.frames.boxes)} boxes"
    return Page(card.name, said, None, sections, f"Data version {card.id[:16]}.", "Data card")


def _overview(card: Card) -> Section:
    taken = f"{card.frames.first} to {card.frames.last} UTC" if card.frames.first else "unknown"
    facts = (
        Fact("Frames", thousands(card.frames.frames), f"{thousands(card.without_pixels)} without pixels"),
        Fact("Boxes", thousands(card.frames.boxes)),
        Fact("Labelled", thousands(card.labelled), f"{thousands(card.empty)} of them empty"),
        Fact("Checked by an expert", thousands(card.verified)),
        Fact("Cameras", thousands(sum(bool(camera.name) for camera in card.cameras))),
        Fact("Taken", taken),
    )
    lead = "The version's id is the SHA-256 of the content of its tables: equal data, equal id, wherever it is kept."
    return Section("overview", "Overview", lead, (Facts(facts), _table(("Version id",), ((code(card.id),),))))


def _sources(card: Card) -> Section:
    rights = tuple(
        (text(r.source), text(r.licence), text(r.consent), text(r.retain_until or "for good"), count(r.frames))
        for r in card.rights
    )
    blocks: list[Block] = [
        _table(("Source", "Licence", "Consent", "May be kept until", "Frames"), rows=rights, title="Rights", numbers=1)
    ]
    if card.told.collection.contributions:
        rows = tuple(
            (text(c.id), text(c.origin), text(c.format), code(c.delivery or "–"), count(c.frames), count(c.boxes),
             count(c.expired))
            for c in card.told.collection.contributions
        )  # fmt: skip
        names = ("Delivery", "Source", "Format", "SHA-256", "Frames", "Boxes drawn", "Expired")
        blocks.append(_table(names, rows, title="Deliveries", numbers=3))
    return Section(
        "sources", "Sources", "Where the frames come from, and under which right they are used.", tuple(blocks)
    )


def _content(card: Card) -> Section:
    blocks: list[Block] = [_shares("Class", "Classes", card.classes, timed=False)]
    blocks += [_shares(c.condition, f"Condition {c.condition}", c.values, timed=False) for c in card.conditions]
    blocks.append(_shares("Camera", "Cameras", card.cameras, timed=True))
    return Section("content", "Content", "How many frames and settled boxes there are of everything.", tuple(blocks))


def _shares(name: str, title: str, shares: Sequence[Share], *, timed: bool) -> Table:
    shown = sorted(shares, key=lambda s: (-s.frames, s.name))[:NAMED]
    rows = tuple(
        (
            text(s.name or "unknown"),
            *((text(s.first or "–"), text(s.last or "–")) if timed else ()),
            count(s.frames),
            count(s.boxes),
        )
        for s in shown
    )
    more = len(shares) - len(shown)
    note = f"and {thousands(more)} more with fewer frames" if more else ""
    return _table((name, *(("First, UTC", "Last, UTC") if timed else ()), "Frames", "Boxes"), rows, title, note, 2)


def _labels(card: Card) -> Section:
    rows = tuple(
        (text(a.annotator), text(a.guideline or "–"), count(a.frames), count(a.verified)) for a in card.annotators
    )
    names = ("Annotator", "Guideline", "Frames", "As the expert")
    blocks = (_table(names, rows, "Annotators", numbers=2), *_agreement(card.told.agreement))
    return Section("labels", "Labels", "Who drew, by which version of the guideline, and how far they agree.", blocks)


def _agreement(told: AgreementTold | None) -> tuple[Block, ...]:
    if told is None:
        return (Note("No agreement was measured at this version.", "Agreement"),)
    rows = []
    for of_class in told.classes:
        figure = of_class.figure()
        interval = "–"
        if figure is not None and figure.lower is not None and figure.upper is not None:
            interval = f"{figure.lower:.3f} to {figure.upper:.3f}"
        rows.append((text(of_class.label), text(digits(figure.value if figure else None)), text(interval)))
    table = _table(("Class", "F1", "Interval"), tuple(rows), numbers=2)
    return (Note(f"{told.statement[:1].upper()}{told.statement[1:]}.", "Agreement"), *((table,) if rows else ()))


def _split(told: SplitTold | None) -> Section:
    lead = "Who trains and who judges. A set is the same if and only if its digest is."
    if told is None:
        return Section("split", "Split", lead, (Note("There is no split of this version."),))
    rows = tuple((text(s.set), count(s.frames), count(s.groups), count(s.verified), code(s.digest)) for s in told.sets)
    columns = (
        Column("Set"), Column("Frames", number=True), Column("Groups", number=True),
        Column("Checked by an expert", number=True), Column("SHA-256 of its frame ids"),
    )  # fmt: skip
    facts = Facts((Fact("Crossings", thousands(told.crossings)), Fact("Groups", thousands(told.groups))))
    statement = Note(f"{told.statement[:1].upper()}{told.statement[1:]}.")
    return Section("split", "Split", lead, (facts, statement, Table(columns, rows, title="Sets")))


def _findings(card: Card) -> Section:
    aside = Counter(rejected.finding for rejected in card.told.collection.rejected)
    kinds = card.told.findings
    if kinds is None:
        kinds = tuple(FindingKind(finding, "set aside", number) for finding, number in sorted(aside.items()))
    rows = tuple((text(k.finding), text(k.severity), count(k.number)) for k in kinds)
    lead = "What validation found; what is blocking stops the pipeline."
    return Section("findings", "Findings", lead, (_table(("Finding", "Severity", "Number"), rows, numbers=1),))


def _table(
    names: Sequence[str], rows: tuple[tuple[Cell, ...], ...], title: str = "", note: str = "", numbers: int = 0
) -> Table:
    """A table whose last ``numbers`` columns hold numbers."""
    first = len(names) - numbers
    return Table(tuple(Column(name, number=place >= first) for place, name in enumerate(names)), rows, title, note)
