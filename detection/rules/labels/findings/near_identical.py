"""Two frames that show the same picture must have the same labels; where they differ, one of them is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from detection.edge.boxes import Boxes, Detections, partners
from detection.rules.labels import near_duplicates
from detection.rules.labels.findings.drawn import Drawn, rows_of
from detection.rules.labels.findings.finding import Finding, severity
from detection.rules.labels.findings.image_faults import Looked
from detection.rules.labels.samples import Assignments
from detection.rules.spec.labels import Labelling


@dataclass(frozen=True, slots=True, eq=False)
class _Answers:
    """Boxes by frame and annotator, and who answered.

    Attributes:
        made: the boxes.
        rows: frame id and annotator to rows of boxes.
        people: frame id to who answered, experts first, then by name.
    """

    made: Drawn
    rows: dict[tuple[str, str], list[int]]
    people: dict[str, list[tuple[bool, str]]]

    def pairing(self, one: str, other: str) -> tuple[str, str] | None:
        """Whose answers to compare: the expert's, else the same annotator's, else the first of each."""
        mine, theirs = self.people.get(one), self.people.get(other)
        if not mine or not theirs:
            return None
        if not (mine[0][0] or theirs[0][0]):
            common = sorted({name for _, name in mine} & {name for _, name in theirs})
            if common:
                return common[0], common[0]
        return mine[0][1], theirs[0][1]

    def of(self, frame: str, annotator: str) -> Detections:
        """One answer, corners as shares of the frame."""
        rows = np.array(self.rows.get((frame, annotator), []), np.int64)
        made = self.made
        frame_rows = made.row[rows]
        size = np.stack([made.frames.width[frame_rows], made.frames.height[frame_rows]] * 2, axis=1)
        corners: Boxes = (made.boxes.corners[rows] / np.maximum(size, 1)).astype(np.float32)
        return Detections.uncalibrated(corners, made.label.number[rows], np.ones(len(rows), np.float32))


def check(made: Looked, drawn: Drawn, assignments: Assignments, bits: int, labelling: Labelling) -> list[Finding]:
    """Compare the labels of frames that differ in ``bits`` of their hash at most.

    Frames hang together over near neighbours, and each is compared with the neighbours that tie it to the others: where
    one differs from the rest, it differs from a neighbour. Boxes match by class and the spec's agreement IoU, in shares
    of the frame, since copies may have another size.

    Args:
        made: frames and their hashes.
        drawn: usable boxes.
        assignments: who looked; frames at which nobody did are passed over.
        bits: Hamming distance up to which two frames are the same picture.
        labelling: for the IoU, and what a finding weighs.
    """
    answered = np.zeros(len(made.frames), bool)
    answered[rows_of(assignments.frame, made.frames.id.tolist())] = True
    statistics = made.statistics.take(made.statistics.readable & answered[made.row])
    edges = near_duplicates.forest(statistics.hash, bits)
    answers = _answers(drawn, assignments, set(statistics.frame[edges.ravel()].tolist()))
    names = dict(zip(made.frames.id.tolist(), made.frames.name.tolist(), strict=True))
    found = []
    for left, right in edges.tolist():
        one, other = str(statistics.frame[left]), str(statistics.frame[right])
        who = answers.pairing(one, other)
        if who is None:
            continue
        said = _difference(answers.of(one, who[0]), answers.of(other, who[1]), labelling.agreement_iou)
        if said:
            apart = int(np.bitwise_count(statistics.hash[left] ^ statistics.hash[right]))
            detail = f"shows the same picture as {names[other]} ({apart} bits apart), {said}; look at both"
            weight = severity(labelling, "near-identical")
            found.append(Finding("near-identical", weight, one, str(names[one]), who[0], detail, other=other))
    return found


def _difference(one: Detections, other: Detections, minimum_iou: float) -> str:
    """What differs, in words; empty if nothing does."""
    matched = len(partners(one, other, minimum_iou).left)
    lost, added = len(one) - matched, len(other) - matched
    if not lost and not added:
        return ""
    return f"and {lost} of its {len(one)} box(es) are not among the {len(other)} there, {added} there are not here"


def _answers(made: Drawn, assignments: Assignments, wanted: set[str]) -> _Answers:
    """The answers to some frames."""
    rows: dict[tuple[str, str], list[int]] = {}
    chosen = np.fromiter((frame in wanted for frame in made.boxes.frame), bool, count=len(made))
    for row in np.flatnonzero(made.usable() & chosen).tolist():
        rows.setdefault((made.boxes.frame[row], made.boxes.annotator[row]), []).append(row)
    return _Answers(made, rows, _people(assignments, wanted))


def _people(assignments: Assignments, wanted: set[str]) -> dict[str, list[tuple[bool, str]]]:
    people: dict[str, list[tuple[bool, str]]] = {}
    looks: Iterable[tuple[str, str, bool]] = zip(
        assignments.frame.tolist(), assignments.annotator.tolist(), assignments.verified.tolist(), strict=True
    )
    for frame, annotator, verified in looks:
        if frame in wanted:
            people.setdefault(frame, []).append((verified, annotator))
    return {frame: sorted(said, key=lambda s: (not s[0], s[1])) for frame, said in people.items()}
