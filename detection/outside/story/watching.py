"""What the monitor knew at the end of a day: telemetry up to then, against what it learnt of each camera."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from detection.outside.story.running import Ran
from detection.rules.field.watching.drift import watch
from detection.rules.field.watching.findings import Findings, Incident
from detection.rules.field.watching.readings import JOINT, Answer, Reading
from detection.rules.field.watching.tally import Tally, together
from detection.rules.field.watching.windows import bounds, scenes
from detection.rules.field.watching.yardsticks import Yardsticks, yardsticks
from detection.rules.spec.field import Monitoring


@dataclass(frozen=True, slots=True, eq=False)
class Monitor:
    """One release under watch.

    Attributes:
        digest: of its manifest.
        sticks: what its cameras are compared with.
        begins: first day that is compared; before it lies what was learnt.
    """

    digest: str
    sticks: Yardsticks
    begins: date

    def known(self, minutes: Tally, until: date) -> Findings:
        """What the telemetry before a day says.

        Args:
            minutes: of this release.
            until: the first day that is not known yet.
        """
        seen = (minutes.begins_s >= epoch_s(self.begins)) & (minutes.begins_s < epoch_s(until))
        return watch(self.sticks, minutes.take(np.flatnonzero(seen)), self.digest)


def monitor_of(ran: Sequence[Ran], monitoring: Monitoring, baseline: tuple[date, date] | None) -> Monitor:
    """Prepare to watch a release.

    Args:
        ran: at least one period of it; all of the baseline.
        monitoring: the settings.
        baseline: first day of what a person accepted as every camera's own, and the first day after; None for none.
    """
    bundle = ran[0].bundle
    minutes = told(ran)
    learnt = None
    if baseline is not None:
        inside = (minutes.begins_s >= epoch_s(baseline[0])) & (minutes.begins_s < epoch_s(baseline[1]))
        learnt = minutes.take(np.flatnonzero(inside))
    sticks = yardsticks(scenes(bundle.reference()), bounds(monitoring), learnt)
    begins = baseline[1] if baseline is not None else min(scene.day for one in ran for scene in one.scenes)
    return Monitor(bundle.digest, sticks, begins)


def told(ran: Sequence[Ran]) -> Tally:
    """All telemetry of some periods."""
    return together([one.minutes for one in ran])


def worst(findings: Findings, begins: date) -> Reading | None:
    """Of the windows that began on a day, the reading furthest beyond its band; None where nothing could be said."""
    found: list[Reading] = []
    for table in findings.readings:
        for row in np.flatnonzero(table.begins_s == epoch_s(begins)).tolist():
            found += [table.one(row, name) for name in table.signals if name != JOINT]
    spoken = [one for one in found if one.answer is not Answer.TOO_FEW and one.noise > 0]
    return max(spoken, key=lambda one: one.distance / one.noise, default=None)


def alarms(incidents: Sequence[Incident]) -> list[Incident]:
    """Open incidents that call somebody."""
    return [one for one in incidents if one.open and one.alarmed_s is not None]


def epoch_s(day: date) -> int:
    """Seconds since 1970 UTC at the beginning of a day."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def day_of(moment_s: float) -> date:
    """The UTC day of a moment."""
    return datetime.fromtimestamp(moment_s, UTC).date()


def week_ends(first: date, last: date, length_s: float) -> list[date]:
    """Days between ``first`` (not itself) and ``last`` on which a window of whole days has just ended."""
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return [day for day in days if epoch_s(day) % int(length_s) == 0]
