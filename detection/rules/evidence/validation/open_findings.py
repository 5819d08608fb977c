"""What stays open, collected from everything that was measured: each finding with its evidence and who must act.

A finding is open where the evidence says less than the release needs, whatever the verdict: a validator reads this list
first, and a release that passes still has one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from detection.rules.evidence.judging.calibration import effect
from detection.rules.evidence.judging.figures import class_name, reach, slice_name
from detection.rules.evidence.judging.verdict import Displays
from detection.rules.evidence.judging.weakest import surely_below, weakest
from detection.rules.evidence.lineage import Lineage
from detection.rules.evidence.numerals import digits, thousands
from detection.rules.evidence.page import Note, Section
from detection.rules.evidence.tables import Cell, Column, Table, code, text
from detection.rules.evidence.tone import Tone
from detection.rules.judging.calibration.reliability import ReliabilitySheet
from detection.rules.judging.gates.lines import Verdict
from detection.rules.judging.operating.points import OperatingSheet
from detection.rules.judging.scores.rows import ALL, ScoreSheet
from detection.rules.labels.agreement.floor import low_classes
from detection.rules.labels.agreement.sheet import Agreement
from detection.rules.labels.findings.coverage import Coverage
from detection.rules.labels.splits.certificate import Certificate
from detection.rules.spec.spec import declared_only
from detection.rules.variants import Variants

Weight = Literal["blocking", "major", "minor"]
_TONES = {"blocking": Tone.BAD, "major": Tone.UNSURE, "minor": Tone.QUIET}
_WEIGHTS = ("blocking", "major", "minor")


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """One thing that is not settled.

    Attributes:
        weight: blocking holds the release back; major needs a decision by a person; minor needs to be known.
        area: which part of the evidence.
        what: what is open.
        evidence: the figures behind it.
        next_step: what would settle it.
    """

    weight: Weight
    area: str
    what: str
    evidence: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything that findings are looked for in.

    Attributes:
        verdict: of the gate.
        sheet: the scores.
        variants: what was judged.
        calibration: reliability on the frozen sets.
        operating: the chosen points.
        coverage: of the data.
        agreement: of the annotators.
        certificate: of the split.
        suspicions: labels of the judging sets that look wrong.
        lineage: what it was made of.
        practice: whether the frames were drawn by a program.
    """

    verdict: Verdict
    sheet: ScoreSheet
    variants: Variants
    calibration: ReliabilitySheet
    operating: OperatingSheet
    coverage: Coverage
    agreement: Agreement
    certificate: Certificate
    suspicions: int
    lineage: Lineage
    practice: bool


def collected(measured: Measured, displays: Displays) -> tuple[OpenFinding, ...]:
    """Every open finding, the heaviest first."""
    found = (
        *_gate(measured.verdict),
        *_data(measured, displays),
        *_weak(measured, displays),
        *_scores(measured, displays),
        *_declared(measured),
    )
    return tuple(sorted(found, key=lambda one: _WEIGHTS.index(one.weight)))


def counted(findings: tuple[OpenFinding, ...]) -> str:
    """``0 blocking, 2 major, 5 minor``."""
    return ", ".join(f"{sum(one.weight == weight for one in findings)} {weight}" for weight in _WEIGHTS)


def section(findings: tuple[OpenFinding, ...]) -> Section:
    """The list, numbered, so that an answer can name what it answers."""
    columns = (
        Column("No."), Column("Finding"), Column("Evidence"), Column("What would settle it"), Column("Weight"),
    )  # fmt: skip
    rows = tuple(
        (
            code(f"F{number:02d}"),
            Cell(one.what, note=one.area),
            text(one.evidence),
            text(one.next_step),
            Cell(one.weight, _TONES[one.weight], chip=True),
        )
        for number, one in enumerate(findings, 1)
    )
    lead = f"What is not settled, whatever the verdict: {counted(findings)}. Collected from the evidence by rule."
    note = Note("A finding is closed by evidence in a later report, not by a remark in this one.")
    return Section("findings", "Open findings", lead, (Table(columns, rows), note))


def _gate(verdict: Verdict) -> Iterator[OpenFinding]:
    for line in verdict.lines:
        if line.verdict == "FAIL":
            action = "a better model, or a changed limit with its reason in specs/changes.md"
            yield OpenFinding("blocking", "Gate", "A line of the gate fails", line.sentence, action)
        elif line.verdict == "NOT PROVEN":
            settles = f"about {thousands(line.needs_images)} more images" if line.needs_images else "a better model"
            settles = "more timed frames, on a quiet machine" if line.kind == "target" else settles
            yield OpenFinding("major", "Gate", "A line of the gate is not proven", line.sentence, settles)
    for said in verdict.unmeasured:
        settles = "an installation on such a device, where self-test and watch decide"
        yield OpenFinding("minor", "Targets", "A target was not measured", said, settles)


def _data(measured: Measured, displays: Displays) -> Iterator[OpenFinding]:
    if measured.certificate.crossings:
        said = f"{measured.certificate.crossings} crossings: {'; '.join(measured.certificate.crossing_examples[:2])}"
        yield OpenFinding("blocking", "Split", "Train, val and judging share material", said, "a split without them")
    for low in low_classes(measured.agreement):
        said = f"F1 {digits(low.f1.value if low.f1 else None)}, floor {measured.agreement.floor:g}"
        what = f"Annotators do not agree on {class_name(low.label, displays)}"
        yield OpenFinding("major", "Labels", what, said, "a clearer guideline, then labels anew")
    short = [
        f"{c.condition} {c.value}: {c.needs_more} more frames" for c in measured.coverage.conditions if c.needs_more
    ]
    short += [
        f"{class_name(c.label, displays)}: {c.needs_more} more objects"
        for c in measured.coverage.classes
        if c.needs_more
    ]
    short += [
        f"{' x '.join(c.values)}: {c.needs_more} more {c.counted}" for c in measured.coverage.crossings if c.needs_more
    ]
    if short:
        yield OpenFinding("minor", "Data", "Some conditions are hardly covered", "; ".join(short), "more such frames")
    if measured.suspicions:
        said = f"{thousands(measured.suspicions)} labels look wrong to the model"
        yield OpenFinding("minor", "Labels", "Labels to look at again", said, "a review of the ranked list")


def _weak(measured: Measured, displays: Displays) -> Iterator[OpenFinding]:
    """Slices that lie surely below the whole."""
    for variant in measured.variants.variants[:1]:
        for weak in weakest(measured.sheet, variant.name):
            whole = weak.whole.f1
            if not surely_below(weak.row, whole):
                continue
            name = f"{class_name(weak.row.label, displays)}, {slice_name(weak.row.slice)}"
            known = f"F1 {digits(weak.row.f1)} ({reach(weak.row.intervals.f1)}) on {weak.row.set}"
            said = f"{known}; all together {digits(whole)}"
            yield OpenFinding("major", "Results", f"{name} is surely worse than the rest", said, "see Failures")


def _scores(measured: Measured, displays: Displays) -> Iterator[OpenFinding]:
    for row in measured.calibration.rows:
        if row.slice == ALL and effect(row).tone is Tone.BAD:
            said = f"error {digits(row.raw.error)} raw, {digits(row.calibrated.error)} calibrated, on {row.set}"
            what = f"Calibration makes scores worse: {class_name(row.label, displays)}, {row.variant}"
            yield OpenFinding("major", "Calibration", what, said, "more frames in val, or no map")
    warned = [row for row in measured.calibration.rows if row.slice == ALL and row.warning]
    for said in dict.fromkeys(row.warning for row in warned):
        whose = dict.fromkeys(f"{class_name(r.label, displays)}, {r.variant}" for r in warned if r.warning == said)
        yield OpenFinding("minor", "Calibration", f"A map with a caveat: {'; '.join(whose)}", said, "more val frames")
    for point in measured.operating.rows:
        if point.warning:
            what = f"A cut does not follow its policy: {class_name(point.label, displays)}, {point.variant}"
            what += f", {slice_name(point.by)}" if point.by else ""
            settles = "more frames in val, or another policy in specs/spec.yaml"
            yield OpenFinding("major", "Operating points", what, f"{point.policy}: {point.warning}", settles)


def _declared(measured: Measured) -> Iterator[OpenFinding]:
    if measured.practice:
        said = "all frames were drawn by a program"
        yield OpenFinding("major", "Limits", "Nothing is known of the real world", said, "frames of the place of use")
    if measured.lineage.changed:
        said = "tracked files differ from the commit that is named"
        yield OpenFinding("minor", "Lineage", "The code is not what was committed", said, "commit, and run it again")
    unenforced = ", ".join(name.replace("_", " ") for name in declared_only())
    if unenforced:
        what = "Sections of the specification that nothing enforces yet"
        yield OpenFinding("minor", "Specification", what, unenforced, "procedures outside of this pipeline")
