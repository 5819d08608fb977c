"""Stage ``agreement``: do the annotators agree enough to learn from?

Reads  data/validate/frames.parquet, boxes.parquet, assignments.parquet; data/collect/shards (for pictures)
Writes data/agreement/agreement.json, labels.parquet (one set per frame), labelled.parquet (one row per frame),
       review.parquet (what people should look at again, worst first), agreement.html

All of it is written even when the stage stops the run, so that people can talk about the frames it names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from detection.errors import LabelsError
from detection.outside import contact_sheet, documents, exits, files, html, pictures, shards, tables
from detection.outside.pictures import Mark
from detection.rules.document import Document
from detection.rules.evidence.labels import agreement as agreement_page
from detection.rules.evidence.page import DataUri, Picture
from detection.rules.labels.agreement import floor, measurement
from detection.rules.labels.agreement.figures import Dice
from detection.rules.labels.agreement.settling import consensus, review
from detection.rules.labels.agreement.settling.consensus import Agreed
from detection.rules.labels.agreement.settling.reliability import hear
from detection.rules.labels.agreement.sheet import Agreement, Review, WorstFrame
from detection.rules.labels.intake.arrivals import Tables
from detection.rules.labels.samples import Frames
from detection.rules.spec.labels import Labelling, ObjectClass
from detection.rules.spec.spec import Spec

VALIDATE = Path("data/validate")
SHARDS = Path("data/collect/shards")
OUT = Path("data/agreement")

WIDTH_PX = 460
"""Of a picture on the page."""
PAPER = 244
"""Grey on which boxes are drawn where only the labels are known."""
_TALLEST = 4
_INKS = (
    ("blue", (200, 110, 30)), ("orange", (20, 120, 235)), ("green", (80, 160, 40)), ("purple", (180, 80, 140)),
    ("red", (60, 50, 210)), ("teal", (150, 150, 20)), ("pink", (170, 110, 240)), ("brown", (40, 80, 120)),
)  # fmt: skip
_EXPERT_INKS = (("black", (20, 20, 20)), ("white", (255, 255, 255)))
"""On paper, and on pictures."""


class Params(Document):
    """Section ``agreement`` of params.yaml; what decides stands in the spec."""

    resamples: Annotated[int, Field(ge=1, le=10_000)]
    """How often groups of frames are drawn for an interval."""
    seed: Annotated[int, Field(ge=0)]
    confidence: Annotated[float, Field(gt=0, lt=1)]
    """Two-sided level of the intervals."""
    pictures: Annotated[int, Field(ge=0, le=60)]
    """Frames shown on the page, worst first."""


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """What the stage writes."""

    agreement: Agreement
    agreed: Agreed
    review: Review


def run(params: Params, made: Tables, classes: Sequence[ObjectClass], labelling: Labelling) -> Settled:
    """Compare the annotators, settle one set of labels per frame, list what to look at again."""
    dice = Dice(params.resamples, params.seed, params.confidence)
    heard = hear(made.boxes, made.assignments, labelling.agreement_iou)
    measured = measurement.measure(heard, made.frames, [c.id for c in classes], labelling, dice)
    settled = consensus.settle(heard)
    disputed = review.disputed(heard, settled, labelling.agreement_iou)
    return Settled(measured, consensus.standing(made.boxes, heard, settled), disputed)


def refuse(settled: Settled) -> None:
    """Stop if a class is below the floor.

    Raises:
        LabelsError: names class, figure, floor, whom to talk to and the frames that show it best.
    """
    low = floor.below_floor(settled.agreement)
    if low:
        page = OUT / "agreement.html"
        raise LabelsError(
            f"the annotators agree too little to learn from; look at {page}, talk over the guideline and relabel", low
        )


def main() -> None:
    """Read the accepted labels, measure, settle, write, and only then refuse."""
    params = documents.read_document(Params, Path("params.yaml"), section="agreement")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    made = Tables(
        tables.read_frames(VALIDATE / "frames.parquet"),
        tables.read_annotations(VALIDATE / "boxes.parquet"),
        tables.read_assignments(VALIDATE / "assignments.parquet"),
    )
    settled = run(params, made, spec.classes, spec.labelling)
    out = files.empty_folder(OUT)
    documents.write_value(out / "agreement.json", settled.agreement)
    tables.write_annotations(out / "labels.parquet", settled.agreed.labels)
    tables.write_assignments(out / "labelled.parquet", settled.agreed.labelled)
    tables.write_columns(out / "review.parquet", _columns(settled.review, made.frames))
    shown = _shown(made, agreement_page.worst_frames(settled.agreement, params.pictures))
    names = {c.id: c.display for c in spec.classes}
    page = agreement_page.page(spec.name, settled.agreement, settled.review, names, shown)
    files.write_text(out / "agreement.html", html.page(page))
    refuse(settled)
    print(f"agreement: {settled.agreement.statement}; {len(settled.review)} objects to look at again")


def _columns(disputed: Review, frames: Frames) -> tables.Columns:
    name_of = dict(zip(frames.id, frames.name, strict=True))
    names = np.array([name_of.get(frame, "") for frame in disputed.frame], object)
    corners = {name: disputed.corners[:, i] for i, name in enumerate(("x1", "y1", "x2", "y2"))}
    plain = {name: getattr(disputed, name) for name in ("frame", "label", "reason", "score", "kept")}
    return {"name": names} | plain | corners


def _shown(made: Tables, worst: Sequence[WorstFrame]) -> tuple[Picture, ...]:
    """The frames with each annotator's boxes in a colour of theirs; on blank paper where there are no pixels."""
    place = {str(frame): row for row, frame in enumerate(made.frames.id)}
    everybody = sorted(set(made.assignments.annotator[~made.assignments.verified]))
    return tuple(_picture(made, place[frame.id], frame, everybody) for frame in worst if frame.id in place)


def _picture(made: Tables, row: int, worst: WorstFrame, everybody: Sequence[str]) -> Picture:
    looked = made.assignments.take(np.flatnonzero(made.assignments.frame == worst.id))
    boxes = made.boxes.take(np.flatnonzero(made.boxes.frame == worst.id))
    people = sorted(set(looked.annotator[~looked.verified]))
    turns = everybody if len(everybody) <= len(_INKS) else people
    marks, said = [], []
    for who, verified in sorted(zip(looked.annotator, looked.verified, strict=True), key=lambda one: (one[1], one[0])):
        colour, ink = _EXPERT_INKS[bool(made.frames.length[row])] if verified else _INKS[turns.index(who) % len(_INKS)]
        own = boxes.corners[boxes.annotator == who]
        marks += [Mark((float(a), float(b), float(c), float(d)), ink, dashed=bool(verified)) for a, b, c, d in own]
        said.append(f"{who} {colour} {len(own)}")
    caption = f"{worst.name}, {worst.unmatched} boxes without a partner\n{' · '.join(said)}"
    return Picture(_drawn(made.frames, row, marks), f"Frame {worst.name} with everybody's boxes", caption)


def _drawn(frames: Frames, row: int, marks: Sequence[Mark]) -> DataUri:
    if frames.length[row]:
        place = SHARDS / str(frames.shard[row]), int(frames.offset[row]), int(frames.length[row])
        return pictures.frame(shards.read_member(*place, str(frames.id[row])), marks, WIDTH_PX)
    reach = np.array([mark.corners for mark in marks]).reshape(-1, 4).max(axis=0, initial=1.0)
    width, height = max(int(frames.width[row]), reach[2]), max(int(frames.height[row]), reach[3])
    scale = WIDTH_PX / width
    paper = np.full((round(min(max(height * scale, 1), _TALLEST * WIDTH_PX)), WIDTH_PX, 3), PAPER, np.uint8)
    scaled = [Mark(_times(mark, scale), mark.colour, mark.dashed) for mark in marks]
    image = pictures.drawn(paper, scaled, WIDTH_PX)
    return html.data_uri("image/jpeg", contact_sheet.encoded(image, ".jpg"))


def _times(mark: Mark, scale: float) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (value * scale for value in mark.corners)
    return x1, y1, x2, y2


if __name__ == "__main__":
    exits.run(main)
