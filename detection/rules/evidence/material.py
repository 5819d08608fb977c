"""What the model learned from and is judged on, for people: data, coverage, agreement, the split's certificate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detection.rules.evidence.page import (
    Block,
    Cell,
    Column,
    Fact,
    Facts,
    Note,
    Pictures,
    Section,
    Span,
    Table,
    Tone,
    code,
    count,
    digits,
    share,
    text,
    thousands,
)
from detection.rules.evidence.verdict import Displays
from detection.rules.labels.agreement.pairs import Agreement, ClassAgreement
from detection.rules.labels.findings.coverage import ConditionCount, Coverage
from detection.rules.labels.samples import Annotations, Frames, Strings
from detection.rules.labels.splits.certificate import SIDE_OF, Certificate

CAMERAS_NAMED = 40
"""Cameras of one side beyond which only their number is told."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """Frames and boxes that did not come in.

    Attributes:
        source: where the data came from.
        frames: how many files were refused.
        reasons: reason to number.
    """

    source: str
    frames: int
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class FindingKind:
    """All findings of one kind."""

    finding: str
    severity: str
    number: int
    example: str


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """The labelled frames with the set each stands in.

    Attributes:
        frames: ``n`` frames.
        labels: their boxes, one set of labels per frame.
        split_of: ``(n,)`` train, val, test, golden or challenge.
    """

    frames: Frames
    labels: Annotations
    split_of: Strings


def data_section(
    coverage: Coverage, placed: Placed, rejected: Rejected, displays: Displays, samples: Pictures
) -> Section:
    """Counts per set, class and camera, and a look at the frames."""
    facts = Facts(
        (
            Fact("Frames accepted", thousands(coverage.frames), f"{thousands(rejected.frames)} rejected"),
            Fact("Labelled", thousands(coverage.labelled), f"{thousands(coverage.empty)} of them empty"),
            Fact("Checked by an expert", thousands(coverage.verified)),
            Fact("Boxes learned from", thousands(len(placed.labels))),
            Fact("Cameras", thousands(len(set(placed.frames.camera)))),
        )
    )
    blocks: list[Block] = [facts, samples, _sets(placed, displays), _cameras(placed)]
    if rejected.reasons:
        rows = tuple((text(reason), count(number)) for reason, number in sorted(rejected.reasons.items()))
        blocks.append(Table((Column("Rejected because"), Column("Files", number=True)), rows, title="Rejected"))
    lead = f"From the source {rejected.source}: how many of everything there are, and what a few frames look like."
    return Section("data", "Data", lead, tuple(blocks))


def coverage_section(coverage: Coverage, certificate: Certificate, findings: Sequence[FindingKind]) -> Section:
    """Frames per condition against the spec's minimum, and what validation found."""
    sets = [s.set for s in certificate.sets]
    frames = {(s.set, c.condition, c.value): c.frames for s in certificate.sets for c in s.conditions}
    columns = (
        Column("Condition"),
        Column("Frames", number=True),
        Column("Needs", number=True),
        *(Column(name.capitalize(), number=True) for name in sets),
        Column("Covered"),
    )
    rows = tuple(
        (
            text(f"{c.condition} {c.value or 'unknown'}"),
            count(c.frames),
            text(thousands(c.minimum) if c.minimum else "–"),
            *(count(frames.get((name, c.condition, c.value), 0)) for name in sets),
            _covered(c),
        )
        for c in coverage.conditions
        if c.value or c.frames
    )
    lead = "Frames per condition, in all and in each set. A condition with few frames is known little about."
    return Section("coverage", "Coverage", lead, (Table(columns, rows, title="Conditions"), _findings(findings)))


def agreement_section(agreement: Agreement, displays: Displays) -> Section:
    """How far people agree on what they see: no model can be asked for more."""
    columns = (
        Column("Class"),
        Column("F1 between annotators"),
        Column("Floor", number=True),
        Column("Mean IoU", number=True),
        Column("Boxes", number=True),
        Column("Matched", number=True),
    )
    rows = tuple(_agreed(c, agreement.floor, displays) for c in agreement.classes)
    who = ", ".join(agreement.annotators) or "nobody"
    note = f"Boxes of one class that overlap by at least {agreement.iou:g} IoU are one object. Annotators: {who}."
    lead = f"{agreement.statement[:1].upper()}{agreement.statement[1:]}."
    return Section("agreement", "Agreement of the labels", lead, (Table(columns, rows, note=note),))


def split_section(certificate: Certificate) -> Section:
    """The proof that nothing stands on two sides."""
    tone = Tone.BAD if certificate.crossings else Tone.GOOD
    groups = certificate.groups_of_side
    facts = Facts(
        (
            Fact("Crossings", thousands(certificate.crossings), tone=tone),
            Fact("Groups", thousands(certificate.groups)),
            *(Fact(f"Groups, {side}", thousands(number)) for side, number in groups.items()),
        )
    )
    columns = (
        Column("Set"),
        Column("Frames", number=True),
        Column("Groups", number=True),
        Column("Checked by an expert", number=True),
        Column("SHA-256 of its frame ids"),
    )
    rows = tuple(
        (text(s.set), count(s.frames), count(s.groups), count(s.verified), code(s.digest)) for s in certificate.sets
    )
    blocks: list[Block] = [facts, Table(columns, rows, title="Sets", note=_how_placed(certificate))]
    if certificate.crossing_examples:
        blocks.append(Note("; ".join(certificate.crossing_examples), title="Crossings found", tone=Tone.BAD))
    lead = f"{certificate.statement[:1].upper()}{certificate.statement[1:]}."
    return Section("split", "Split certificate", lead, tuple(blocks))


def _sets(placed: Placed, displays: Displays) -> Table:
    of_frame = dict(zip(placed.frames.id, placed.split_of, strict=True))
    boxes = Counter((of_frame[f], label) for f, label in zip(placed.labels.frame, placed.labels.label, strict=True))
    frames = Counter(placed.split_of)
    classes = list(displays)
    columns = (
        Column("Set"),
        Column("Frames", number=True),
        *(Column(displays[c], number=True) for c in classes),
        Column("Boxes", number=True),
    )
    rows = tuple(
        (text(s), count(frames[s]), *(count(boxes[s, c]) for c in classes), count(sum(boxes[s, c] for c in classes)))
        for s in SIDE_OF
    )
    return Table(columns, rows, title="Frames and boxes per set")


def _cameras(placed: Placed) -> Table:
    sides = np.array([SIDE_OF[name] for name in placed.split_of], object)
    rows = []
    for side in dict.fromkeys(SIDE_OF.values()):
        chosen = placed.frames.take(sides == side)
        seen = Counter(chosen.camera)
        named = ", ".join(f"{camera or 'unknown'} ({number})" for camera, number in sorted(seen.items()))
        cameras = named if len(seen) <= CAMERAS_NAMED else f"{thousands(len(seen))} cameras"
        rows.append((text(side), count(len(seen)), count(len(set(chosen.scene))), text(cameras or "–")))
    columns = (Column("Side"), Column("Cameras", number=True), Column("Scenes", number=True), Column("Which (frames)"))
    note = "Judging holds the sets test, golden and challenge: cameras that training never saw."
    return Table(columns, tuple(rows), title="Cameras", note=note)


def _covered(counted: ConditionCount) -> Cell:
    if not counted.value:
        return Cell("unknown", Tone.UNSURE, chip=True)
    if counted.needs_more:
        return Cell(f"{thousands(counted.needs_more)} more", Tone.UNSURE, chip=True)
    return Cell("yes", Tone.GOOD, chip=True)


def _findings(findings: Sequence[FindingKind]) -> Table:
    columns = (Column("Finding"), Column("Severity"), Column("Number", number=True), Column("For example"))
    tones = {"blocking": Tone.BAD, "warning": Tone.UNSURE}
    rows = tuple(
        (
            text(f.finding),
            Cell(f.severity, tones.get(f.severity, Tone.PLAIN), chip=True),
            count(f.number),
            text(f.example),
        )
        for f in findings
    )
    return Table(columns, rows, title="What validation found")


def _agreed(c: ClassAgreement, floor: float, displays: Displays) -> tuple[Cell, ...]:
    tone = Tone.GOOD if c.f1 is not None and c.f1 >= floor else Tone.BAD
    f1 = Cell("–", Tone.QUIET)
    if c.f1 is not None:
        f1 = Cell(digits(c.f1), span=Span(c.f1, 0.0, c.f1, floor, tone=tone))
    name = text(displays.get(c.label, c.label))
    return name, f1, text(f"≥ {floor:g}"), share(c.mean_iou), count(c.boxes), count(c.matched)


def _how_placed(certificate: Certificate) -> str:
    if certificate.official:
        return "An official split, brought with the data and audited here."
    window = certificate.time_window_s
    keys = [*certificate.keys, *([] if window is None else [f"time within {window:g} s of one camera"])]
    salt = certificate.salt
    return f"Frames that share {' or '.join(keys)} stay together; a group is placed by a hash salted with {salt!r}."
