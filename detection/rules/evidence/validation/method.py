"""How the figures came about: what a validator must know to believe them, or to make them again."""

from __future__ import annotations

from dataclasses import dataclass

from detection.rules.evidence.judging.figures import SETS
from detection.rules.evidence.page import Cell, Column, Fact, Facts, Note, Section, Table, code, count, text, thousands
from detection.rules.judging.calibration.reliability import ReliabilitySheet
from detection.rules.judging.errors.sheet import ErrorSheet
from detection.rules.judging.gates.lines import Verdict
from detection.rules.judging.scores.rows import ScoreSheet
from detection.rules.labels.splits.certificate import Certificate


@dataclass(frozen=True, slots=True)
class Judged:
    """What judged, and what was judged by.

    Attributes:
        sheet: the scores.
        calibration: reliability on the frozen sets.
        errors: kinds of errors.
        verdict: of the gate.
        certificate: of the split.
    """

    sheet: ScoreSheet
    calibration: ReliabilitySheet
    errors: ErrorSheet
    verdict: Verdict
    certificate: Certificate


def section(judged: Judged) -> Section:
    """Rules, sets and seeds."""
    sheet, calibration = judged.sheet, judged.calibration
    facts = Facts(
        (
            Fact(
                "A detection is right from", f"IoU {judged.errors.iou:g}", "one object is found once, best score first"
            ),
            Fact(
                "Intervals of scores",
                "from how groups differ",
                f"average precision of more than {thousands(sheet.resamples)} groups: drawn, seed {sheet.seed}",
            ),
            Fact("Draws, calibration", thousands(calibration.resamples), f"seed {calibration.seed}"),
            Fact("Confidence", f"{calibration.confidence:.0%}", "two-sided; lines of the gate one-sided"),
        )
    )
    lead = "By which rules the figures were made. The same data, code and seeds give the same figures."
    return Section("method", "How it was judged", lead, (facts, _sets(judged), *_rules(judged.verdict)))


def _sets(judged: Judged) -> Table:
    columns = (
        Column("Set"), Column("Frames", number=True), Column("Groups", number=True),
        Column("Checked by an expert", number=True), Column("SHA-256 of frames and labels"),
    )  # fmt: skip
    rows = tuple(
        (
            text(one.set),
            count(one.frames),
            count(one.groups),
            count(one.verified),
            code(judged.sheet.set_digests[one.set]) if one.set in judged.sheet.set_digests else Cell("–"),
        )
        for one in judged.certificate.sets
        if one.set in SETS
    )
    note = (
        f"Scores of other sets than those that thresholds were chosen beside are refused. {judged.certificate.judging}."
    )
    return Table(columns, rows, title="The sets that judge", note=note)


def _rules(verdict: Verdict) -> tuple[Note, ...]:
    said = [
        Note(
            "Every variant was run by the device's own code on the exported model, not by the trainer on its "
            "checkpoint; parity shows that they see and say the same.",
            title="What was run",
        ),
        Note(
            "Calibration maps and cuts were made on val alone. No set that judges was looked at before the figures in "
            "this report were made.",
            title="What was chosen where",
        ),
        Note(
            "Frames of one group (camera, scene, near-duplicates) are not independent. Shares have a Wilson score "
            "interval at their effective number of observations, everything else percentiles over drawn groups; both "
            "are widened where groups are few.",
            title="Intervals",
        ),
    ]
    if verdict.family.sentence:
        said.append(Note(verdict.family.sentence, title="Many lines at once"))
    return tuple(said)
