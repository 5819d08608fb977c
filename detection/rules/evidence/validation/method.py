"""How the figures came about: what a validator must know to believe them, or to make them again."""

from __future__ import annotations

from dataclasses import dataclass

from detection.rules.evidence.judging.figures import SETS
from detection.rules.evidence.numerals import thousands
from detection.rules.evidence.page import Fact, Facts, Note, Section
from detection.rules.evidence.tables import Cell, Column, Table, code, count, text
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
            Fact("Intervals", f"{calibration.confidence:.0%}", "two-sided; each bound of the gate one-sided"),
            Fact("Draws, calibration error", thousands(calibration.resamples), f"seed {calibration.seed}"),
            *_drawn(sheet),
        )
    )
    lead = "By which rules the figures were made. The same data, code and seeds give the same figures."
    return Section("method", "How it was judged", lead, (facts, _sets(judged), *_rules(judged.verdict)))


def _drawn(sheet: ScoreSheet) -> tuple[Fact, ...]:
    """Sets of more groups than draws have average precision from draws: leaving each out would take too long."""
    if max((row.groups for row in sheet.rows), default=0) <= sheet.resamples:
        return ()
    return (Fact("Draws, average precision", thousands(sheet.resamples), f"seed {sheet.seed}"),)


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
        if one.set in SETS and one.frames
    )
    note = (
        "The digests were taken when thresholds were chosen; scores of sets that changed since are refused. "
        f"{judged.certificate.judging[:1].upper()}{judged.certificate.judging[1:]}."
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
            "Calibration maps and cuts were made on val alone: nothing that was counted on a set that judges goes into "
            "them.",
            title="What was chosen where",
        ),
        Note(
            "Frames of one group (a site, camera or scene, and near-duplicates) are alike, so intervals come from how "
            "groups differ, not from how many frames there are. Precision, recall, F1 and false detections per frame: "
            "each group has a share of its own, and the posterior over what all groups have in common gives the "
            "interval. Average precision and average recall: every group is left out in turn, and what the figure "
            "loses is that group's part. Calibration errors: groups are drawn again and again, and the percentiles "
            "widened where groups are few. A line of the gate also states how often it would pass by luck.",
            title="Intervals",
        ),
    ]
    if verdict.family.sentence:
        said.append(Note(verdict.family.sentence, title="Many lines at once"))
    return tuple(said)
