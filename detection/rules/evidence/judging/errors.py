"""Errors for people: which kinds there are, what each costs, what is taken for what, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detection.rules.evidence.judging.figures import SETS, class_name, slice_name
from detection.rules.evidence.judging.verdict import Displays
from detection.rules.evidence.numerals import digits
from detection.rules.evidence.page import Block, Finding, Findings, Folded, Note, Pictures, Section
from detection.rules.evidence.tables import Cell, Column, Table, count, share, text
from detection.rules.evidence.tone import Tone
from detection.rules.judging.errors.confusion import BACKGROUND, Confusion, ConfusionSheet
from detection.rules.judging.errors.costs import MENDED
from detection.rules.judging.errors.sheet import ALL, EVERY, SPECIALS, Advice, ErrorRow, ErrorSheet
from detection.rules.judging.errors.taxonomy import KINDS, ErrorKind

FIRST = 3
"""Pieces of advice on cards; the others stand folded below."""
MEANS: Mapping[ErrorKind, str] = {
    "classification": "in its place, called another class",
    "localisation": "its class, in a box that does not fit",
    "both": "another class, in a box that does not fit",
    "duplicate": "an object that a surer detection found",
    "background": "nothing to speak of is there",
    "missed": "an object that nothing found and no error stands on",
    "false positives": "all false detections",
    "false negatives": "all objects not found",
}


def section(
    sheet: ErrorSheet, confusions: ConfusionSheet, variant: str, displays: Displays, shown: Sequence[Pictures]
) -> Section:
    """What goes wrong, and what to do about it.

    Args:
        sheet: counts, costs, advice.
        confusions: what was there against what was said.
        variant: the variant the others are compared with.
        displays: names of the classes.
        shown: the worst frames, a block a kind.
    """
    title = "What goes wrong, and what to do"
    name = first_set(sheet, variant)
    if name is None:
        return Section("errors", title, "Nothing was judged.", ())
    lead = (
        f"Variant {variant} on {name}, at the thresholds that ship; a detection has found an object from an overlap of "
        f"{sheet.iou:g} on. Kinds are TIDE's."
    )
    table = next((t for t in confusions.tables if (t.variant, t.set, t.slice) == (variant, name, ALL)), None)
    blocks: list[Block] = [
        *_advice(sheet, variant, name, displays),
        _kinds(sheet, variant, name),
        _by(sheet, variant, name, displays),
        *([_confusion(table, displays)] if table else ()),
        *shown,
    ]
    return Section("errors", title, lead, tuple(blocks))


def first_set(sheet: ErrorSheet, variant: str) -> str | None:
    """The set that errors are told of: the first that was judged."""
    judged = {row.set for row in sheet.rows if row.variant == variant}
    return next((name for name in SETS if name in judged), None)


def _advice(sheet: ErrorSheet, variant: str, name: str, displays: Displays) -> list[Block]:
    given = [a for a in sheet.advice if (a.variant, a.set) == (variant, name)]
    whole = [a for a in given if a.slice == ALL and a.label != EVERY] or [a for a in given if a.slice == ALL]
    title = "What to do first"
    if not whole:
        return [Note("Too few errors of any kind to advise on: look at the pictures.", title=title, tone=Tone.GOOD)]
    cards = tuple(_card(sheet, one, displays) for one in whole[:FIRST])
    rest = [one for one in given if one not in whole[:FIRST]]
    columns = tuple(Column(head) for head in ("Class", "Where", "Kind", "Change", "What to do", "Evidence"))
    rows = tuple(
        (
            text(class_name(one.label, displays)), text(slice_name(one.slice)), text(one.kind), text(one.action),
            text(one.sentence), text(one.evidence),
        )
        for one in rest
    )  # fmt: skip
    folded = [Folded(f"Further advice ({len(rest)})", (Table(columns, rows),))] if rest else []
    note = "The kinds that cost most: by how much F1 at the thresholds that ship would rise without them."
    return [Findings(cards, title, note), *folded]


def _card(sheet: ErrorSheet, one: Advice, displays: Displays) -> Finding:
    row = next(row for row in sheet.of(one.variant, one.set, one.label, one.slice) if row.kind == one.kind)
    title = f"{class_name(one.label, displays)}: {one.kind}"
    figure = Cell("–" if row.df1 is None else f"+{digits(row.df1)} F1")
    return Finding(title, figure, (one.evidence,), f"{one.action.capitalize()}: {one.sentence}", Tone.UNSURE)


def _kinds(sheet: ErrorSheet, variant: str, name: str) -> Table:
    others = [v for v in dict.fromkeys(row.variant for row in sheet.rows) if v != variant]
    columns = (
        Column("Kind"), Column("Shown", number=True), Column("F1 if mended", number=True),
        Column("dAP", number=True), Column("Above the floor", number=True),
        *(Column(f"Shown, {other}", number=True) for other in others),
    )  # fmt: skip
    theirs = [{row.kind: row for row in sheet.of(other, name)} for other in others]
    rows = tuple(
        (
            Cell(row.kind.capitalize(), note=MEANS[row.kind]), count(row.shown), _gain(row), share(row.dap),
            count(row.count), *(count(t[row.kind].shown) if row.kind in t else text("–") for t in theirs),
        )
        for row in sorted(sheet.of(variant, name), key=lambda row: (row.kind in SPECIALS, MENDED.index(row.kind)))
    )  # fmt: skip
    note = (
        "Shown: at or above the thresholds that ship. F1 if mended: by how much F1 there would rise without the errors "
        "of this kind. dAP: by how much average precision would, which counts every detection above the score floor."
    )
    return Table(columns, rows, title="Kinds of errors, all classes", note=note)


def _by(sheet: ErrorSheet, variant: str, name: str, displays: Displays) -> Table:
    """Errors shown by class, then by condition; crossings are left to the documents."""
    own = [row for row in sheet.rows if (row.variant, row.set) == (variant, name) and row.kind in KINDS]
    places = dict.fromkeys((row.label, row.slice) for row in own if row.slice == ALL or row.label == EVERY)
    found = {(row.label, row.slice, row.kind): row for row in own}
    columns = (Column("Class or condition"), *(Column(kind.capitalize(), number=True) for kind in KINDS))
    rows = tuple(
        (
            text(class_name(label, displays) if part == ALL else slice_name(part)),
            *(_counted([found[label, part, kind] for kind in KINDS], i) for i in range(len(KINDS))),
        )
        for label, part in sorted(places, key=lambda place: place[1] != ALL)
        if part.count("=") < 2
    )
    note = (
        "Errors shown, and below them by how much F1 would rise without them. The costliest kind of a row stands out."
    )
    return Table(columns, rows, title="Where they are", note=note)


def _counted(rows: Sequence[ErrorRow], number: int) -> Cell:
    row = rows[number]
    worst = max(rows, key=lambda one: (one.df1 or 0.0, one.shown))
    if not row.shown:
        return Cell("0", Tone.QUIET)
    standing = row is worst
    note = "" if row.df1 is None else f"+{row.df1:.3f}"
    return Cell(f"{row.shown:,}", Tone.UNSURE if standing else Tone.PLAIN, note=note, washed=standing)


def _confusion(table: Confusion, displays: Displays) -> Table:
    names = ["Nothing" if label == BACKGROUND else displays.get(label, label) for label in table.labels]
    columns = (Column("There is"), *(Column(f"Said: {name.lower()}", number=True) for name in names))
    most = max((n for i, row in enumerate(table.cells) for j, n in enumerate(row) if i != j), default=0)
    rows = tuple(
        (text(names[i]), *(_confused(n, i == j, n == most) for j, n in enumerate(row)))
        for i, row in enumerate(table.cells)
    )
    note = (
        "At the thresholds that ship. An object in a box that does not fit counts twice: as nothing said where it is, "
        "and as something said where nothing is."
    )
    return Table(columns, rows, title="What is taken for what", note=note)


def _confused(number: int, right: bool, most: bool) -> Cell:
    if right and number:
        return Cell(f"{number:,}", Tone.GOOD, washed=True)
    if not number:
        return Cell("–" if right else "0", Tone.QUIET)
    return Cell(f"{number:,}", Tone.BAD if most else Tone.PLAIN, washed=most)


def _gain(row: ErrorRow) -> Cell:
    return Cell("–" if row.df1 is None else f"+{digits(row.df1)}", Tone.QUIET if not row.df1 else Tone.PLAIN)
