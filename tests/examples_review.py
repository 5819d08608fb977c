"""Review queues and sessions for tests: small pictures with parcels, predictions of a made-up device."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

from detection.outside import files
from detection.outside.documents import write_value
from detection.outside.review import sessions
from detection.rules.field.queue.items import Cause, Item, LeftOut, Measured, Prediction, Queue
from detection.rules.field.review.session import (
    FORMAT,
    Answer,
    Answers,
    Box,
    Known,
    Session,
    Truth,
    proposed,
    session_id,
    shares,
)  # fmt: skip
from detection.rules.spec.review import Reason
from tests import examples_intake

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WIDTH, HEIGHT = 320, 240
CLASSES = ("box", "polybag", "tube")
REASONS: tuple[Reason, ...] = ("control", "low-margin", "out-of-domain", "drifted-camera")


def picture(number: int) -> bytes:
    """A PNG unlike all others: a dark belt, and a bright parcel where each prediction is."""
    image = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)
    image[0, 0] = (number % 256, number // 256, 0)
    for one in predictions(number):
        cv2.rectangle(image, (int(one.x1), int(one.y1)), (int(one.x2), int(one.y2)), (90, 160, 210), -1)
    return cv2.imencode(".png", image)[1].tobytes()


def predictions(number: int) -> tuple[Prediction, ...]:
    """Two that were told and one that was not; corners are float32 in their shortest spelling."""
    dice = np.random.default_rng(number)

    def one(label: str, score: float, told: bool) -> Prediction:
        x, y, w, h = dice.uniform((10, 10, 30, 30), (200, 120, 90, 90)).astype(np.float32)
        return Prediction(label, score, told, *(float(str(np.float32(v))) for v in (x, y, x + w, y + h)))

    return one("box", 0.91, True), one("polybag", 0.55, True), one("tube", 0.2, False)


def item(number: int, reason: Reason = "low-margin") -> Item:
    """A frame of the queue."""
    frame = hashlib.sha256(picture(number)).hexdigest()
    cause = Cause(reason, 0.5, "" if reason == "control" else "score 0.55 at threshold 0.50")
    return Item(
        frame, f"frames/{frame}.png", f"frame-{number:04d}.png", f"cam{number % 4}", NOW - timedelta(minutes=number),
        WIDTH, HEIGHT, "int8", "b" * 64, (), (cause,), NOW, NOW + timedelta(hours=number - 3),
        Measured(60.0, 12.0, 300.0, 20.0), f"{number:016x}", predictions(number),
    )  # fmt: skip


def queue(count: int, controls: int = 0) -> Queue:
    """A queue; the first items are blind controls."""
    reasons = ["control"] * controls + [REASONS[1 + n % 3] for n in range(count - controls)]
    items = tuple(item(number, reason) for number, reason in enumerate(reasons))  # type: ignore[arg-type]
    return Queue(
        1, "queue-0123456789abcdef", NOW, "", (), "c" * 64, "1.0", CLASSES, items, (LeftOut("low-margin", "quota", 3),)
    )


def written(folder: Path, made: Queue) -> Path:
    """The queue as a folder."""
    for number, one in enumerate(made.items):
        files.write_bytes(folder / one.file, picture(number))
    write_value(folder / "queue.json", made)
    return folder


def session(made: Queue, annotator: str = "reviewer-1") -> Session:
    """A session of a queue with no expert's frames."""
    name = session_id(made.id, annotator)
    return Session(FORMAT, name, made.id, annotator, NOW, made.guideline_version, made.classes, made.items, ())


def as_proposed(one: Item) -> tuple[Box, ...]:
    """The boxes that a reviewer finds."""
    return tuple(Box(one.predictions[n].label, shares(one.predictions[n], one), n) for n in proposed(one))


def drawn(one: Item, *places: int) -> tuple[Box, ...]:
    """Some of its predictions as boxes drawn by hand."""
    return tuple(Box(one.predictions[n].label, shares(one.predictions[n], one), None) for n in places)


def accepted(one: Item) -> Answer:
    """What was proposed is right; on a blind frame the same boxes were drawn by hand."""
    return Answer(one.frame, "accept", NOW, drawn(one, 0, 1) if one.blind else as_proposed(one))


def answers(made: Session, *given: Answer) -> Answers:
    """Answers of a session, complete; all accepted where none are given."""
    return Answers(FORMAT, made.id, True, given or tuple(map(accepted, made.items)))


def known(one: Item, *places: int) -> Known:
    """What an expert said of a frame: some of its predictions are objects."""
    chosen = [one.predictions[n] for n in places]
    return Known(one.frame, tuple(Truth(p.label, p.x1, p.y1, p.x2, p.y2) for p in chosen))


def opened(folder: Path, made: Session, known_of: tuple[Known, ...] = ()) -> Path:
    """A session's folder as ``detection review open`` leaves it, without a database."""
    pictures = {one.frame: picture(number) for number, one in enumerate(made.items)}
    sessions.make(folder, made, known_of, lambda one: pictures[one.frame])
    return folder


def workspace(folder: Path, monkeypatch: pytest.MonkeyPatch, controls: int) -> Path:
    """The place where sessions are closed: parameters of one old source, a spec that wants so many blind frames."""
    image = cv2.imencode(".jpg", np.full((16, 16, 3), 90, np.uint8))[1].tobytes()
    examples_intake.delivery(folder / "delivery", {"old": image})
    spec = yaml.safe_load((examples_intake.ROOT / "specs" / "spec.yaml").read_text())
    changed = {
        "labelling": spec["labelling"] | {"guideline_version": "1.0"},
        "review": spec["review"] | {"control_minimum": controls},
    }
    examples_intake.workspace(folder, monkeypatch, examples_intake.entry(), **changed)
    monkeypatch.chdir(folder)
    return folder


def relabelled(box: Box, label: str) -> Box:
    """A box of another class."""
    return replace(box, label=label)
