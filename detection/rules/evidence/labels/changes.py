"""How two versions of the labels differ, for people."""

from __future__ import annotations

from collections.abc import Sequence

from detection.rules.evidence.numerals import digits, thousands
from detection.rules.evidence.page import Block, Fact, Facts, Note, Page, Picture, Pictures, Section
from detection.rules.evidence.tables import Cell, Column, Table, code, count, share, text
from detection.rules.labels.versions.boxes import KINDS
from detection.rules.labels.versions.changes import Changes
from detection.rules.labels.versions.version import version_id

NAMED = 50
"""Frames and changes listed on the page."""
LEGEND = (
    "Old boxes are dashed, new boxes solid. Green was added, red removed, amber moved, blue has another class, violet "
    "has other flags. Boxes that did not change are not drawn."
)


def page(changes: Changes, drawn: Sequence[Picture]) -> Page:
    """The whole comparison.

    Args:
        changes: what differs.
        drawn: pictures of the frames that changed most, the most first.
    """
    old, new = changes.old, changes.new
    sections = (_summary(changes), _classes(changes), _largest(changes, drawn), _frames(changes))
    ids = f"Data version {version_id(old)[:16]} → {version_id(new)[:16]}; `detection data card` tells of each."
    return Page(f"{old.name} → {new.name}", statement(changes), None, sections, ids, "Data diff")


def statement(changes: Changes) -> str:
    """The difference in one sentence."""
    paired, kinds = changes.paired, (changes.boxes.count(kind) for kind in range(len(KINDS)))
    boxes = ", ".join(f"{thousands(number)} {name}" for name, number in zip(KINDS, kinds, strict=True) if number)
    frames = [(len(paired.added), "added"), (len(paired.removed), "removed")]
    told = ", ".join(f"{thousands(number)} {name}" for number, name in frames if number)
    return f"frames: {told or 'none added or removed'}; boxes of frames in both: {boxes or 'none changed'}"


def caption(changes: Changes, place: int) -> str:
    """A frame's name and what happened on it."""
    found = changes.of_frame(place)
    told = [f"{number} {name}" for kind, name in enumerate(KINDS) if (number := found.count(kind))]
    return f"{changes.name(place)}: {', '.join(told) or 'nothing changed'}"


def class_tables(changes: Changes) -> tuple[Table, ...]:
    """What happened to each class: how well the boxes match, then what else, where there is anything else."""
    matched = tuple(
        (
            text(c.label), count(c.before), count(c.after), count(c.matched), share(c.mean_iou), count(c.moved),
            count(c.only_old), count(c.only_new),
        )
        for c in changes.classes
    )  # fmt: skip
    others = tuple(
        (text(c.label), count(c.ceased), count(c.became), count(c.remarked), count(c.went), count(c.came))
        for c in changes.classes
        if c.ceased or c.became or c.remarked or c.went or c.came
    )
    first = Table(_MATCHED, matched, note=_class_note(changes))
    return (first, Table(_OTHERS, others, title="Boxes of other classes, flags and frames")) if others else (first,)


def _columns(*names: str) -> tuple[Column, ...]:
    return (Column("Class"), *(Column(name, number=True) for name in names))


_MATCHED = _columns("Before", "After", "Matched", "Mean IoU", "Moved", "Only old", "Only new")
_OTHERS = _columns("To another", "From another", "Other flags", "Went with frames", "Came with frames")


def _class_note(changes: Changes) -> str:
    """What the columns of the classes mean."""
    flat = sum(c.without_area for c in changes.classes)
    said = (
        f"Boxes of one class that overlap by at least {changes.at_least:g} IoU are matched, one to one; mean IoU is "
        "over all of them. Only old and only new are boxes without a partner in frames that both versions have."
    )
    return said if not flat else f"{said} {thousands(flat)} without an area stand unchanged in both and match nothing."


def frame_cells(changes: Changes) -> tuple[tuple[Cell, ...], ...]:
    """What happened to the frames, one row for each way."""
    paired = changes.paired
    return tuple(
        (text(name), count(number))
        for name, number in (
            ("in both", len(paired)),
            ("in both, with the same boxes", changes.identical_frames()),
            ("added", len(paired.added)),
            ("removed", len(paired.removed)),
            ("renamed", int(paired.renamed.sum())),
            ("re-encoded: other bytes, same name", int(paired.re_encoded.sum())),
            ("with pixels in one version only", int(paired.one_sided.sum())),
            ("labelled since", len(changes.newly_labelled)),
            ("no longer labelled", len(changes.no_longer_labelled)),
            *((f"with another {d.column}", d.frames) for d in changes.described),
        )
    )


def largest_cells(changes: Changes, number: int) -> tuple[tuple[Cell, ...], ...]:
    """The frames that changed most: name, size of the change in boxes, what happened."""
    weights = changes.frame_weights()
    told = (
        (place, caption(changes, place).removeprefix(f"{changes.name(place)}: ")) for place in _places(changes, number)
    )
    return tuple((text(changes.name(place)), text(f"{weights[place]:.2f}"), text(what)) for place, what in told)


LARGEST_COLUMNS = (Column("Frame"), Column("Change, boxes", number=True), Column("What"))


def _places(changes: Changes, number: int) -> list[int]:
    return [int(place) for place in changes.largest(number)]


def _summary(changes: Changes) -> Section:
    old, new = changes.old, changes.new
    facts = (
        Fact("Frames before", thousands(len(old.frames))),
        Fact("Frames after", thousands(len(new.frames))),
        Fact("Boxes before", thousands(len(old.labels))),
        Fact("Boxes after", thousands(len(new.labels))),
        *(Fact(f"Boxes {name}", thousands(changes.boxes.count(kind))) for kind, name in enumerate(KINDS)),
    )
    table = Table((Column("Frames"), Column("Number", number=True)), frame_cells(changes), title="Frames")
    return Section("summary", "Summary", f"From {old.name} to {new.name}.", (Facts(facts), table))


def _classes(changes: Changes) -> Section:
    return Section("classes", "Classes", "What happened to the boxes of each class.", class_tables(changes))


def _largest(changes: Changes, drawn: Sequence[Picture]) -> Section:
    note = "A box that was added, removed or given another class counts 1; one that moved counts 1 - IoU."
    table = Table(LARGEST_COLUMNS, largest_cells(changes, NAMED), title="Frames that changed most", note=note)
    blocks: list[Block] = [Pictures(tuple(drawn), note=LEGEND)] if drawn else []
    blocks += [table, Table(_BOX_COLUMNS, _box_cells(changes), title="Largest changes of boxes")]
    return Section("largest", "Largest changes", "Where to look first.", tuple(blocks))


_BOX_COLUMNS = (
    Column("Frame"), Column("What"), Column("Class before"), Column("Class after"), Column("IoU", number=True),
    Column("Corners before"), Column("Corners after"),
)  # fmt: skip


def _box_cells(changes: Changes) -> tuple[tuple[Cell, ...], ...]:
    found, rows = changes.boxes, []
    for change in range(min(len(found), NAMED)):
        sides = ((changes.old.labels, int(found.old[change])), (changes.new.labels, int(found.new[change])))
        labels = [str(table.label[row]) if row >= 0 else "–" for table, row in sides]
        corners = [" ".join(f"{v:g}" for v in table.corners[row].tolist()) if row >= 0 else "–" for table, row in sides]
        both = min(found.old[change], found.new[change]) >= 0
        rows.append((
            text(changes.name(int(found.pair[change]))), text(KINDS[int(found.kind[change])]), *map(text, labels),
            text(digits(float(found.overlap[change])) if both else "–"), *map(code, corners),
        ))  # fmt: skip
    return tuple(rows)


def _frames(changes: Changes) -> Section:
    paired, blocks = changes.paired, []
    for title, frames, rows in (
        ("Added", changes.new.frames, paired.added),
        ("Removed", changes.old.frames, paired.removed),
        ("Renamed, by their new name", changes.new.frames, paired.new[paired.renamed]),
        ("Re-encoded", changes.new.frames, paired.new[paired.re_encoded]),
    ):
        names = sorted(str(name) for name in frames.name[rows])
        if names:
            shown = f", {NAMED} of them shown" if len(names) > NAMED else ""
            blocks.append(Note(f"{thousands(len(names))} frame(s){shown}", title, chips=tuple(names[:NAMED])))
    lead = "Frames that only one version has, and frames that are not what they were."
    nothing = (Note("Both versions hold the same files under the same names."),)
    return Section("frames", "Frames", lead, tuple(blocks) or nothing)
