"""From what devices kept to a queue, from the queue to a delivery: what a decision to look costs and brings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from detection.edge.telemetry.samples import Sample
from detection.outside import files
from detection.outside.queues import asked, sampled
from detection.outside.queues.folder import write_queue
from detection.outside.story import reviewers
from detection.outside.story.frames import Scene, Year
from detection.outside.story.reviewers import Asked, Rule
from detection.outside.story.running import Ran
from detection.outside.story.watching import epoch_s
from detection.rules.field.queue.candidates import Candidate, Context
from detection.rules.field.queue.filling import fill
from detection.rules.field.queue.items import FORMAT, Queue
from detection.rules.field.retrain.records import Record
from detection.rules.field.story.plan import Plan
from detection.rules.labels.outgoing import Labelled
from detection.rules.spec.spec import Spec

WEEK_DAYS = 7
"""Frames of so many days are drawn from while nobody has agreed to a challenger."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Which frames are looked at.

    Attributes:
        agreed: for a challenger that somebody agreed to; else only frames drawn at random from the last week.
        known: frames that were looked at before.
    """

    agreed: bool
    known: frozenset[str]


@dataclass(frozen=True, slots=True)
class Desk:
    """Who looks, by which rules, and where it is kept.

    Attributes:
        plan: the story's.
        spec: of the release; its digest names the queue's quotas.
        spec_path: its file.
        folder: for queues and deliveries.
    """

    plan: Plan
    spec: Spec
    spec_path: Path
    folder: Path


@dataclass(frozen=True, slots=True, eq=False)
class Reviewed:
    """One queue, answered.

    Attributes:
        queue: what was looked at.
        back: first day on which the answers are known.
        delivery: folder of the Label Studio export.
        labelled: what stands in it.
    """

    queue: Queue
    back: date
    delivery: Path
    labelled: Labelled

    @property
    def kinds(self) -> dict[str, int]:
        """How many boxes of each kind the first answer of every frame holds."""
        boxes = self.labelled.boxes
        names, counts = np.unique(boxes.label.astype(str), return_counts=True)
        return dict(zip(names.tolist(), counts.tolist(), strict=True))


def review(desk: Desk, year: Year, ran: Sequence[Ran], record: Record, wish: Asking) -> Reviewed:
    """Queue what a decision asks for, and have it looked at.

    Args:
        desk: by which rules.
        year: what reviewers see.
        ran: the release's periods; frames after the decision are not looked at.
        record: the decision.
        wish: which frames.
    """
    as_of = record.inputs.evidence.as_of
    queue, pictures = _queue(desk, ran, record, wish)
    named = write_queue(desk.folder / f"queue-{as_of:%Y%m%d}", queue, pictures)
    scenes = {scene.sha256: scene for one in ran for scene in one.scenes}
    wanted = [_asked(scenes[item.frame], pictures[item.frame]) for item in named.items]
    source = desk.spec.sources[0]
    rule = Rule(tuple(desk.plan.classes(desk.spec)), desk.plan.guideline_version, source.id, source.licence)
    place = desk.folder / f"delivery-{as_of:%Y%m%d}"
    labelled = reviewers.deliver(place, year, wanted, rule)
    back = max((item.due_at for item in named.items), default=as_of)
    return Reviewed(named, (back + timedelta(days=1)).date(), place, labelled)


def _queue(desk: Desk, ran: Sequence[Ran], record: Record, wish: Asking) -> tuple[Queue, dict[str, Path]]:
    as_of = record.inputs.evidence.as_of
    since = as_of - timedelta(days=desk.plan.reviewing.look_back_days if wish.agreed else WEEK_DAYS)
    candidates: list[Candidate] = []
    pictures: dict[str, Path] = {}
    for one in ran:
        if max(scene.day for scene in one.scenes) < since.date() or not _kept(one.samples):
            continue
        found = sampled.read(one.samples, one.bundle, each=_between(since, as_of))
        candidates += found.candidates
        pictures |= found.pictures
    bundle = ran[-1].bundle
    cuts = {v.name: bundle.thresholds(v.name).common(bundle.manifest.classes) for v in bundle.manifest.variants}
    suspicions = asked.by_decision(record)
    filled = fill(candidates, Context(cuts, suspicions), desk.plan.review(desk.spec, wish.agreed), as_of, wish.known)
    queue = Queue(
        format=FORMAT,
        id="",
        made_at=as_of,
        decision=record.id,
        incidents=tuple(one.incident for one in suspicions),
        spec=files.sha256(desk.spec_path),
        guideline_version=desk.plan.guideline_version,
        classes=tuple(one.id for one in desk.plan.classes(desk.spec)),
        items=filled.items,
        left_out=filled.left_out,
    )
    return queue, pictures


def _between(since: datetime, as_of: datetime) -> Callable[[list[Sample]], list[Sample]]:
    """Only frames of some days: to measure one costs a second opinion of another variant."""

    def taken(one: Sample) -> datetime:
        return datetime.fromisoformat(one.captured_at).astimezone(UTC)

    return lambda samples: [one for one in samples if since <= taken(one) < as_of]


def _kept(samples: Path) -> bool:
    return samples.is_dir() and any(samples.iterdir())


def _asked(scene: Scene, picture: Path) -> Asked:
    return Asked(scene.take, scene.sha256, picture.read_bytes())


def moment(day: date) -> datetime:
    """The beginning of a day."""
    return datetime.fromtimestamp(epoch_s(day), UTC)
