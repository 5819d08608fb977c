"""A session in another tool: out as CVAT or Label Studio, and back. What comes back counts as decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import Enum
from pathlib import Path, PurePosixPath

import numpy as np

from detection.errors import SourceError
from detection.outside import deliveries
from detection.outside.documents import write_value
from detection.outside.fiftyone.program import ANSWERS, FRAMES
from detection.outside.formats.reading import cvat as cvat_reading
from detection.outside.formats.reading import label_studio as label_studio_reading
from detection.outside.formats.writing import cvat, label_studio
from detection.rules.field.review import returned
from detection.rules.field.review.labels import shown
from detection.rules.field.review.session import FORMAT, Answer, Answers, Session
from detection.rules.labels.intake.arrivals import LabelledImage
from detection.rules.labels.intake.limits import Limits
from detection.rules.labels.intake.mapping import Mapping
from detection.rules.labels.intake.sources import DeliveredSource
from detection.rules.labels.outgoing import Labelled

LIMITS = Limits(pixels=64_000_000, members=100_000, member_bytes=500_000_000, total_bytes=20_000_000_000, expansion=200)


class Tool(Enum):
    """Whose format."""

    CVAT = "cvat"
    LABEL_STUDIO = "label_studio"


def send(folder: Path, session: Session, tool: Tool, out: Path) -> None:
    """Write a session's frames with their proposals; a blind frame has none, and is named like all others.

    Raises:
        FolderError: ``out`` is taken.
        DiskError: the disk is full or refuses.
    """
    made = shown(session)
    files = {item.frame: folder / FRAMES / Path(item.file).name for item in session.items}
    images = [files[str(frame)] for frame in made.frames.id]
    labelled = Labelled(made.frames, made.boxes, made.assignments, session.classes)
    write = cvat.write if tool is Tool.CVAT else label_studio.write
    note = f"Frames of {session.id} for {session.annotator}.\n"
    write(out, labelled, lambda row: images[row].read_bytes(), False, note)


def receive(folder: Path, session: Session, tool: Tool, come: Path, now: datetime) -> Answers:
    """Read what came back, and write it as the session's answers.

    Args:
        folder: of the session; held by whoever calls.
        session: that was sent.
        tool: whose format.
        come: folder or archive that the tool exported.
        now: when.

    Raises:
        SourceError: it cannot be read, or holds frames that were not sent.
    """
    source = _source(session, tool, come)
    reader = cvat_reading if tool is Tool.CVAT else label_studio_reading
    with deliveries.opened(come, LIMITS) as delivery:
        export = reader.read(delivery, source)
    faults = [f"{row.name}: {row.reason}" for row in export.rejected]
    items = {item.frame: item for item in session.items}
    given = []
    for image in export.images:
        frame = PurePosixPath(image.name).stem
        if frame not in items:
            faults.append(f"{image.name}: is no frame of {session.id}")
        elif len(image.answers) > 1:
            faults.append(f"{image.name}: {len(image.answers)} people answered; one session has one annotator")
        elif image.answers:
            given.append(_answer(session, image, now))
    if faults:
        raise SourceError(f"{come}: {len(faults)} fault(s); export it again", faults[:20])
    answers = Answers(FORMAT, session.id, complete=True, answers=tuple(given))
    write_value(folder / ANSWERS, answers)
    return answers


def _answer(session: Session, image: LabelledImage, now: datetime) -> Answer:
    item = next(item for item in session.items if item.frame == PurePosixPath(image.name).stem)
    said = image.answers[0]
    scale = np.array([item.width, item.height] * 2, np.float32) if image.relative else np.ones(4, np.float32)
    found = returned.answer(item, [str(label) for label in said.labels], said.corners * scale, now)
    return found if np.isfinite(said.corners).all() else replace(found, decision="")


def _source(session: Session, tool: Tool, come: Path) -> DeliveredSource:
    return DeliveredSource(
        format=tool.value, id="returned", origin="returned", path=str(come), images="absent",
        annotator=session.annotator, annotators={}, guideline_version=session.guideline_version, class_names={},
        empty_names=[], boxes_follow="displayed", keep=None, keep_metadata=[], metadata=Mapping(),
    )  # fmt: skip
