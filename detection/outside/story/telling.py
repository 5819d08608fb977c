"""The story from its beginning to its end: a year that changes, a control year, and what both come to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from detection.edge.trust.bundle import Bundle
from detection.errors import GateRefusalError
from detection.outside import documents, files, processes, rehearsal
from detection.outside.dataset import Dataset
from detection.outside.story import album, reviewers, summing, workshop
from detection.outside.story.asking import Reviewed
from detection.outside.story.frames import Year
from detection.outside.story.living import Challenger, Life, Terms
from detection.rules.field.story.chronicle import Chronicle
from detection.rules.field.story.plan import Plan
from detection.rules.field.story.verdicts import verdicts
from detection.rules.spec.spec import Spec

PATIENCE = 10
"""By so much those who draw let others go first."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is told, and where.

    Attributes:
        workspace: with a finished ``dvc repro``; only read.
        plan: the story's.
        out: folder for everything; emptied first.
        workers: processes that draw.
        say: tells people how far it is.
    """

    workspace: Path
    plan: Plan
    out: Path
    workers: int
    say: Callable[[str], None]


@dataclass(slots=True)
class Clock:
    """Seconds of each part."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count what runs inside to a part."""
        begin = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = round(self.seconds.get(name, 0.0) + time.monotonic() - begin, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Lived:
    """The story and the lives it is told from."""

    chronicle: Chronicle
    year: Life
    control: Life


def tell(wish: Wish) -> Lived:
    """Play both years.

    Raises:
        DetectionError: the workspace holds no finished release, or none of the practice world.
    """
    champion = workshop.expect_finished(wish.workspace)
    spec = documents.read_document(Spec, wish.workspace / workshop.SPEC)
    world, taught = rehearsal.world_of(wish.workspace), _taught(wish.workspace)
    files.empty_folder(wish.out)
    clock = Clock()
    terms = Terms(wish.plan, spec, wish.workspace / workshop.SPEC, wish.out, wish.say)
    cameras = tuple(sorted(wish.plan.cameras))
    year = Life(
        terms,
        Year(world, cameras, wish.plan.frames_per_day, wish.plan.crates_from),
        champion,
        lambda back: _challenger(wish, back, clock),
    )
    control = Life(terms, Year(world, cameras, wish.plan.frames_per_day, None), champion, None)
    with processes.pool(wish.workers, PATIENCE) as pool:
        shown = album.album(pool, [*year.months, *control.months])
        with clock.part("the year, the challenger's making included"):
            year.run(shown)
        with clock.part("the control year"):
            control.run(shown)
    told = summing.told(year), summing.told(control)
    slices = summing.figures(year, taught)
    gate = next((one.at_least for one in spec.monitoring.objectives if one.metric == "precision"), 0.0)
    held = verdicts(wish.plan, gate, told, slices)
    return Lived(Chronicle(gate, *told, slices, held, clock.seconds), year, control)


def _taught(workspace: Path) -> frozenset[str]:
    dataset = Dataset.open(workspace / "data")
    return frozenset(str(name) for name in dataset.frames.camera[dataset.chosen("train")])


def _challenger(wish: Wish, back: Sequence[Reviewed], clock: Clock) -> Challenger:
    """Train, judge and compare; what was reviewed is read where it was delivered."""
    spec = documents.read_document(Spec, wish.workspace / workshop.SPEC)
    entries = tuple(
        reviewers.source_entry(f"review-{one.back:%Y%m%d}", one.delivery.resolve(), spec.sources[0].id) for one in back
    )
    frames = sum(len(one.queue.items) for one in back)

    def say(stage: str) -> None:
        wish.say(f"challenger: stage {stage}")

    with clock.part("of it, the challenger"):
        place = workshop.prepare(workshop.Order(wish.workspace, wish.out / "challenger", wish.plan, entries))
        try:
            bundle = workshop.make(place, wish.plan, say)
        except GateRefusalError as refusal:
            return Challenger(None, f"from {frames} reviewed frames: {refusal}".replace(":; ", ": "))
        sheet = workshop.compare(place)
    said = sheet.recommendation
    words = f"from {frames} reviewed frames; compared with what is live: {said.advice}, {'; '.join(said.reasons)}"
    return Challenger(_if_better(bundle, said.advice), words)


def _if_better(bundle: Bundle, advice: str) -> Bundle | None:
    return bundle if advice == "PROMOTE" else None
