"""A session as a FiftyOne data set, and back: frames with their reasons, boxes to be edited, decisions.

A blind frame shows nothing but its picture: neither predictions nor where it comes from, so that it cannot be told from
the expert's frames.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fiftyone as fo
from fiftyone import ViewField as F

from detection.rules.field.queue.items import Item
from detection.rules.field.review.session import (
    DECISIONS,
    FORMAT,
    Answer,
    Answers,
    Box,
    Session,
    doubted,
    proposed,
    shares,
)  # fmt: skip

NAME = "review"
"""Of the data set; its database holds nothing else."""
BOXES, DOUBTFUL = "boxes", "doubtful"
"""The field that is edited, and the field of predictions below their threshold."""

_BUILT = "built"


def built(session: Session, frames: Path) -> Any:
    """The session's data set; built if it is not there, completed with frames that were deleted from it.

    Args:
        session: what to show.
        frames: folder of the pictures, as it is now.
    """
    data = fo.load_dataset(NAME) if fo.dataset_exists(NAME) else fo.Dataset(NAME, persistent=True)
    known = set(data.values("frame")) if data.info.get(_BUILT) else set()
    if not data.info.get(_BUILT):
        data.clear()
        _declare(data, session)
    missing = [item for item in session.items if item.frame not in known]
    data.add_samples([_sample(item, frames) for item in missing], progress=False)
    data.set_values("filepath", {s: str(frames / Path(p).name) for s, p in _paths(data)}, key_field="id")
    if not data.info.get(_BUILT):
        _save_views(data, session)
        data.info[_BUILT] = True
        data.save()
    return data


def read(session: Session, complete: bool) -> Answers:
    """What the reviewer decided and drew, as it stands in the database now."""
    data = fo.load_dataset(NAME)
    data.reload()
    answers = tuple(_answer(sample) for sample in data.iter_samples())
    return Answers(FORMAT, session.id, complete, answers)


def _paths(data: Any) -> list[tuple[str, str]]:
    return list(zip(*data.values(["id", "filepath"]), strict=True))


def _declare(data: Any, session: Session) -> None:
    texts = ("frame", "name", "reason", "detail", "camera", "variant", "decision")
    for name in texts:
        data.add_sample_field(name, fo.StringField)
    for name in ("score", "brightness", "contrast", "sharpness", "saturation"):
        data.add_sample_field(name, fo.FloatField)
    for name in ("captured_at", "due_at", "decided_at"):
        data.add_sample_field(name, fo.DateTimeField)
    for name in (BOXES, DOUBTFUL):
        data.add_sample_field(name, fo.EmbeddedDocumentField, embedded_doc_type=fo.Detections)
    data.add_sample_field(f"{BOXES}.detections.proposal", fo.IntField)
    data.default_classes = list(session.classes)
    data.info = {"annotator": session.annotator, "guideline": session.guideline_version, "session": session.id}
    data.save()
    data.set_label_schemas(
        {
            BOXES: {"type": "detections", "component": "dropdown", "classes": list(session.classes), "attributes": []},
            "decision": {"type": "str", "component": "radio", "values": list(DECISIONS)},
        }
    )
    data.activate_label_schemas([BOXES, "decision"])


def _sample(item: Item, frames: Path) -> Any:
    shown = dict(
        filepath=str(frames / Path(item.file).name), frame=item.frame, reason=item.reason, due_at=item.due_at,
        metadata=fo.ImageMetadata(width=item.width, height=item.height),
        **{BOXES: _detections(item, proposed(item)), DOUBTFUL: _detections(item, doubted(item))},
    )  # fmt: skip
    if item.blind:
        return fo.Sample(tags=["blind"], **shown)
    measured = item.measured
    return fo.Sample(
        name=item.name, camera=item.camera, captured_at=item.captured_at, variant=item.variant, score=item.score,
        detail="; ".join(cause.detail for cause in item.causes if cause.detail),
        brightness=measured.brightness_u8, contrast=measured.contrast_u8, sharpness=measured.sharpness,
        saturation=measured.saturation_u8,
        tags=sorted({*item.flags, *(cause.reason for cause in item.causes)}), **shown,
    )  # fmt: skip


def _detections(item: Item, places: tuple[int, ...]) -> Any:
    return fo.Detections(detections=[_detection(item, place) for place in places])


def _detection(item: Item, place: int) -> Any:
    one = item.predictions[place]
    return fo.Detection(label=one.label, bounding_box=list(shares(one, item)), confidence=one.score, proposal=place)


def _save_views(data: Any, session: Session) -> None:
    open_ = ~F("decision").exists() | (F("decision") == "")
    overdue = fo.Mongo([{"$match": {"$expr": {"$lt": ["$due_at", "$$NOW"]}}}])
    worst = data.match(open_).sort_by("score", reverse=True)
    data.save_view("to decide", data.match(open_), "No decision yet, in the order of looking.")
    data.save_view("worst first", worst, "No decision yet; what its reason holds for the worst comes first.")
    data.save_view("overdue", data.match(open_).add_stage(overdue), "No decision yet, and its time is up.")
    data.save_view("not sure", data.match(F("decision") == "unsure"), "Somebody else must look.")
    for reason in dict.fromkeys(item.reason for item in session.items):
        data.save_view(f"reason {reason}", data.match(F("reason") == reason), f"Looked at because of {reason}.")


def _answer(sample: Any) -> Answer:
    decided = sample.decision or ""
    moment = sample.decided_at or sample.last_modified_at
    drawn = sample[BOXES].detections if sample[BOXES] is not None else []
    when = _utc(moment) if decided else None
    return Answer(str(sample.frame or sample.id), decided, when, tuple(map(_box, drawn)))


def _box(detection: Any) -> Box:
    place = detection.bounding_box or []
    sound = all(isinstance(value, int | float) and math.isfinite(value) for value in place)
    proposal = detection.get_field("proposal") if detection.has_field("proposal") else None
    return Box(str(detection.label or ""), tuple(map(float, place)) if sound else (), proposal)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
