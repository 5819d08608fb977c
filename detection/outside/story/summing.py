"""What a year comes to: true figures by week beside what the monitor saw, slice by slice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial

import numpy as np
from numpy.typing import NDArray

from detection.outside.story import watching
from detection.outside.story.frames import Scene
from detection.outside.story.living import Life
from detection.outside.story.running import Ran
from detection.rules.field.accuracy.hits import Hits, count
from detection.rules.field.story.chronicle import ALL, UNSEEN, WEEK, Figure, Told, Week
from detection.rules.field.watching.findings import Incident
from detection.rules.field.watching.readings import Reading
from detection.rules.judging.matching import Predictions, Truth
from detection.scenes.cargo import CROWDINGS, Crowding
from detection.scenes.lighting import LIGHTINGS, Lighting

FALLEN_DAYS = 28
"""Before the challenger: how low the first release had come."""

Chosen = Callable[[Scene], bool]


def told(life: Life) -> Told:
    """The year as a row of weeks."""
    plan = life.terms.plan
    rows = []
    for end in watching.week_ends(plan.first_day, plan.last_day, plan.watch.windows[0].length_s):
        if end - WEEK >= plan.first_day:
            rows.append(_week(life, end - WEEK))
    return Told(life.folder.name, tuple(rows), tuple(life.happenings))


def figures(life: Life, taught: frozenset[str]) -> tuple[Figure, ...]:
    """Every slice, before and after.

    Args:
        life: the year that changed.
        taught: cameras whose frames teach.
    """
    plan = life.terms.plan
    first = [one.before(plan.baseline_end) for one in life.ran]
    since = (life.live or plan.last_day) - timedelta(days=FALLEN_DAYS)
    fallen = [_from(one, since) for one in life.ran]
    kinds = life.terms.kinds

    def figure(name: str, chosen: Chosen, label: int | None = None) -> Figure:
        return Figure(name, *(hits(ran, chosen, label) for ran in (first, fallen, life.after)))

    return (
        figure(ALL, lambda scene: True),
        *(figure(light, partial(_lit, light)) for light in LIGHTINGS),
        *(figure(crowd, partial(_crowded, crowd)) for crowd in CROWDINGS),
        *(figure(kind, lambda scene: True, number) for number, kind in enumerate(kinds)),
        figure(UNSEEN, lambda scene: scene.take.shot.camera not in taught),
    )


def _lit(light: Lighting, scene: Scene) -> bool:
    return scene.take.shot.lighting == light


def _crowded(crowding: Crowding, scene: Scene) -> bool:
    return scene.take.shot.crowding == crowding


def hits(ran: Sequence[Ran], chosen: Chosen, label: int | None = None) -> Hits:
    """Count over the frames chosen; objects of kinds that a release does not know are not asked of it.

    Args:
        ran: periods of one release.
        chosen: which frames.
        label: of one kind alone; None for all that the release knows.
    """
    total = Hits(0, 0, 0)
    for one in ran:
        flags = np.array([chosen(scene) for scene in one.scenes], bool)
        if not flags.any():
            continue
        truth, found = one.truth(), one.found
        known = len(one.bundle.manifest.classes)
        asked = truth.label < known if label is None else truth.label == label
        kept = np.ones(len(found.frame), bool) if label is None else found.label == label
        part = count(_truths(truth, asked), _predictions(found, kept), flags)
        total = Hits(total.correct + part.correct, total.detections + part.detections, total.truths + part.truths)
    return total


def _week(life: Life, begins: date) -> Week:
    days = range(begins.toordinal(), (begins + WEEK).toordinal())
    ran = [*life.ran, *life.after]
    parts = [hits([one], lambda scene: scene.day.toordinal() in days) for one in ran]
    summed = Hits(*(sum(values) for values in zip(*((p.correct, p.detections, p.truths) for p in parts), strict=True)))
    inside = [(one, scene) for one in ran for scene in one.scenes if scene.day.toordinal() in days]
    newest = len(life.terms.kinds) - 1
    reading = next((r for r in _readings(life, begins) if r is not None), None)
    open_ = sum(_open(one.opened_s, one.closed_s, begins) for one in _alarms(life, begins))
    return Week(
        begins=begins,
        release=max((one.bundle.manifest.counter for one, _ in inside), default=0),
        hits=summed,
        crates=sum(int((scene.labels == newest).sum()) for _, scene in inside),
        distance=reading.distance if reading is not None else None,
        band=reading.noise if reading is not None else None,
        signal=f"{reading.camera} {reading.signal}" if reading is not None else "",
        alarms=open_,
    )


def _readings(life: Life, begins: date) -> Iterator[Reading | None]:
    return (watching.worst(findings, begins) for findings in life.findings)


def _alarms(life: Life, begins: date) -> list[Incident]:
    """Of the releases that ran in a week: with a release its alarms go."""
    gone = 1 if life.live is not None and begins >= life.live else 0
    return [one for findings in life.findings[gone:] for one in findings.alarms]


def _open(opened_s: int, closed_s: int | None, begins: date) -> bool:
    ends_s = watching.epoch_s(begins + WEEK)
    return opened_s <= ends_s and (closed_s is None or closed_s > ends_s)


def _from(ran: Ran, day: date) -> Ran:
    """The same, from a day on; telemetry is left whole."""
    return ran.where(ran.days >= day.toordinal())


def _truths(truth: Truth, rows: NDArray[np.bool_]) -> Truth:
    return Truth(truth.frame[rows], truth.label[rows], truth.corners[rows])


def _predictions(found: Predictions, rows: NDArray[np.bool_]) -> Predictions:
    return Predictions(found.frame[rows], found.label[rows], found.score[rows], found.corners[rows])
