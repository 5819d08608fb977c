"""Make a queue: samples are read, held against what is known, chosen by the spec, and written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from detection.edge.trust.bundle import Bundle
from detection.edge.vision.frames import Image, read_image
from detection.outside import documents
from detection.outside.dataset import Dataset
from detection.outside.queues import appearance, sampled
from detection.outside.queues.appearance import Known
from detection.outside.queues.folder import read_queue, write_queue
from detection.outside.queues.sampled import Progress, Read
from detection.rules.field.queue.candidates import Context, Suspicion
from detection.rules.field.queue.filling import Filled, fill
from detection.rules.field.queue.items import FORMAT, Queue
from detection.rules.spec.spec import Spec

KNOWN_FRAMES = 2_000
"""Frames of the data set that are looked at for what is known; more are passed over evenly."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a queue is made of.

    Attributes:
        samples: folder that ``run --samples`` wrote to.
        spec: file whose quotas, bounds and classes count.
        known: folder of the data set; passed over if it is not there.
        earlier: folders of queues whose frames are not queued again.
        decision: id of the decision that asks; ``""`` if a person does.
        suspicions: open incidents.
    """

    samples: Path
    spec: Path
    known: Path
    earlier: tuple[Path, ...] = ()
    decision: str = ""
    suspicions: tuple[Suspicion, ...] = ()


def make(asked: Asked, bundle: Bundle, now: datetime, out: Path, each: Progress = iter) -> Queue:
    """Make a queue and write it to ``out``; nothing is left if anything is wrong.

    Args:
        asked: what it is made of.
        bundle: that was running.
        now: when the clock begins to run.
        out: folder that is not there yet.
        each: shows progress.

    Raises:
        DocumentError: the specification or the data set is not sound.
        TelemetryError: the samples are not.
        QueueError: an earlier queue is not, or ``out`` is there.
        DiskError: the disk refuses.
    """
    spec = documents.read_document(Spec, asked.spec)
    earlier = [item for folder in asked.earlier for item in read_queue(folder).items]
    dataset = Dataset.open(asked.known) if (asked.known / "split" / "splits.parquet").exists() else None
    read = sampled.read(asked.samples, bundle, None if dataset is None else known_frames(dataset), each)
    labelled = [] if dataset is None else dataset.frames.id.tolist()
    cuts = {one.variant: bundle.thresholds(one.variant).common(bundle.manifest.classes) for one in read.candidates}
    context = Context(cuts, asked.suspicions, [int(item.hash, 16) for item in earlier])
    filled = fill(read.candidates, context, spec.review, now, frozenset([*(item.frame for item in earlier), *labelled]))
    return write_queue(out, _queue(asked, spec, now, filled, read), read.pictures)


def _queue(asked: Asked, spec: Spec, now: datetime, filled: Filled, read: Read) -> Queue:
    return Queue(
        format=FORMAT,
        id="",
        made_at=now,
        decision=asked.decision,
        incidents=tuple(sorted({one.incident for one in asked.suspicions})),
        spec=hashlib.sha256(asked.spec.read_bytes()).hexdigest(),
        guideline_version=spec.labelling.guideline_version,
        classes=tuple(spec.class_ids()),
        items=filled.items,
        left_out=(*filled.left_out, *read.left_out),
    )


def known_frames(dataset: Dataset) -> Known | None:
    """What the frames look like that a model learnt from or was tuned on."""
    rows = dataset.chosen("train", "val")
    rows = rows[:: max(1, len(rows) // KNOWN_FRAMES)]
    parts = [appearance.parts_of(image_of(dataset, int(row))) for row in rows]
    scenes = [f"{dataset.frames.camera[row]}/{dataset.frames.scene[row]}" for row in rows]
    return appearance.known_of(parts, scenes)


def image_of(dataset: Dataset, row: int) -> Image:
    """One frame of the data set, decoded."""
    frames = dataset.frames
    return read_image(dataset.image(row), int(frames.width[row] * frames.height[row]))
