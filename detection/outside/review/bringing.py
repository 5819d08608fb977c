"""The way home: a delivery that stage ``collect`` reads, tables for whoever joins labels to predictions, a ledger.

Everything is written before ``closed.json``: a run that was cut off is repeated, and gives the same.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path

import numpy as np

from detection.outside import tables
from detection.outside.documents import write_value
from detection.outside.fiftyone.program import FRAMES
from detection.outside.formats.writing import cvat
from detection.outside.review import params
from detection.outside.review.params import NewSource
from detection.outside.review.sessions import CLOSED, Closed
from detection.rules.field.review import labels
from detection.rules.field.review.control import Control
from detection.rules.field.review.home import Home
from detection.rules.field.review.labels import Entry
from detection.rules.field.review.session import Session
from detection.rules.labels import reimport
from detection.rules.labels.intake.arrivals import Tables, strings
from detection.rules.labels.outgoing import Labelled
from detection.rules.spec.labels import Source


@dataclass(frozen=True, slots=True)
class Destination:
    """Where labels go.

    Attributes:
        folder: of the delivery.
        params: the file ``params.yaml``.
        source: of the spec; the right under which the frames are used.
        conditions: condition ids of the spec.
    """

    folder: Path
    params: Path
    source: Source
    conditions: tuple[str, ...]


def source_id(session: Session) -> str:
    """The id of a session's source in ``collect.sources``."""
    return session.id.replace("session-", "review-")


def bring(folder: Path, session: Session, home: Home, to: Destination) -> None:
    """Write the delivery, the tables, and the new source.

    Args:
        folder: of the session.
        session: who answered.
        home: what came home; at least one frame of the queue.
        to: where it goes.

    Raises:
        LabelsError: the labels cannot be written.
        ParamsError: params.yaml takes no new line.
        DiskError: the disk is full or refuses.
    """
    made = labels.labelled(session, home, to.source, to.conditions)
    file_of = {item.frame: Path(item.file).name for item in session.items}
    labelled = Labelled(made.frames, made.boxes, made.assignments, session.classes)
    entry = _entry(session, made, to)
    note = "To collect it, its source in params.yaml is:\n\n{}\n".format("\n".join(entry.lines))
    images = [folder / FRAMES / file_of[str(frame)] for frame in made.frames.id]
    cvat.write(to.folder, labelled, lambda row: images[row].read_bytes(), True, note)
    tables.write_frames(folder / "frames.parquet", made.frames)
    tables.write_annotations(folder / "labels.parquet", made.boxes)
    tables.write_assignments(folder / "assignments.parquet", made.assignments)
    _write_ledger(folder / "ledger.parquet", labels.ledger(session, home))
    params.add(to.params, entry)


def finish(folder: Path, session: Session, home: Home, control: Control, to: Destination, now: datetime) -> Closed:
    """Write ``closed.json``: from now on the session is closed."""
    new = labels.delivered(session, home)
    offered = [one for one in home.brought if not one.item.blind]
    kept, changed = (sum(one.origins.count(origin) for one in offered) for origin in ("kept", "changed"))
    closed = Closed(
        session.id, session.queue, session.annotator, now,
        decided=len(home.brought), unsure=len(home.unsure), left=len(home.left),
        delivered=len(new), boxes=sum(len(one.labels) for one in new),
        kept=kept, changed=changed, added=sum(one.origins.count("added") for one in offered),
        removed=sum(one.removed for one in offered), unchanged_share=home.unchanged_share(),
        control_frames=control.frames, control_f1=control.f1,
        delivery=_named(to.folder, to.params), source=source_id(session),
    )  # fmt: skip
    write_value(folder / CLOSED, closed)
    return closed


def _entry(session: Session, made: Tables, to: Destination) -> NewSource:
    quoted = json.dumps(_named(to.folder, to.params))
    return NewSource(
        source_id(session),
        (
            f"id: {source_id(session)}   # {session.queue}, reviewed by {session.annotator}",
            f"origin: {to.source.id}",
            "format: cvat",
            f"path: {quoted}",
            "images: present",
            f"annotator: {session.annotator}",
            "annotators: {}",
            f"guideline_version: {json.dumps(session.guideline_version)}",
            "class_names: {}",
            "empty_names: []",
            "boxes_follow: displayed",
            "keep: null",
            "keep_metadata: []",
            *reimport.mapping_lines(made.frames, "", ""),
        ),
    )


def _named(folder: Path, beside: Path) -> str:
    """A folder as params.yaml names it: relative to its own place where that is possible."""
    whole, root = folder.resolve(), beside.resolve().parent
    return whole.relative_to(root).as_posix() if whole.is_relative_to(root) else whole.as_posix()


def _write_ledger(path: Path, entries: list[Entry]) -> None:
    rows = [asdict(entry) for entry in entries]
    columns = {}
    for field in fields(Entry):
        values = [row[field.name] for row in rows]
        kind = {"str": None, "int": np.int64, "bool": np.bool_}[str(field.type)]
        columns[field.name] = strings(values) if kind is None else np.array(values, kind)
    tables.write_columns(path, columns)
