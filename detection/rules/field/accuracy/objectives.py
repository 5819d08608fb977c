"""Service levels from labels that came back: a share over a rolling window of days, breached when it stays below.

A day on which the window holds too few labels is no evidence: it neither lengthens nor ends a row of days below.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from detection.rules.field.accuracy.labelled import FieldLabels
from detection.rules.field.accuracy.outcomes import Kept, ObjectiveDay, ObjectiveStanding
from detection.rules.field.watching.tally import DAY_S, Integers
from detection.rules.spec.field import Objective


def stand(objectives: Sequence[Objective], labels: FieldLabels) -> tuple[ObjectiveStanding, ...]:
    """Where each objective stood at the end of every day from the first label to the last.

    Args:
        objectives: of the spec.
        labels: only frames that were drawn at random count.
    """
    drawn = labels.take(labels.drawn)
    days = drawn.captured_s // DAY_S
    return tuple(standing(one, days, drawn.right(one.metric, one.label)) for one in objectives)


def standing(objective: Objective, days: Integers, counts: Integers) -> ObjectiveStanding:
    """Where one objective stood.

    Args:
        objective: of the spec.
        days: ``(n,)`` days since 1970 of each count; any order.
        counts: ``(n, 2)`` correct, and what it is a share of.
    """
    stood = tuple(_days(objective, days, counts)) if len(days) else ()
    breached = [day.day_s for day in stood if day.kept is Kept.BREACHED]
    return ObjectiveStanding(objective, stood, breached[0] if breached else None)


def _days(objective: Objective, days: Integers, counts: Integers) -> Iterator[ObjectiveDay]:
    first, last = int(days.min()), int(days.max())
    daily = np.zeros((last - first + 1, 2), np.int64)
    np.add.at(daily, days - first, counts)
    sums = np.concatenate([np.zeros((1, 2), np.int64), np.cumsum(daily, axis=0)])
    below_days = 0
    for day in range(len(daily)):
        correct, labelled = (sums[day + 1] - sums[max(0, day + 1 - objective.window_days)]).tolist()
        day_s = (first + day) * DAY_S
        if labelled < objective.minimum:
            yield ObjectiveDay(day_s, float("nan"), labelled, below_days, Kept.TOO_FEW)
            continue
        value = correct / labelled
        below_days = below_days + 1 if value < objective.at_least else 0
        kept = Kept.MET if not below_days else Kept.BREACHED if below_days >= objective.breaches else Kept.BELOW
        yield ObjectiveDay(day_s, value, labelled, below_days, kept)
