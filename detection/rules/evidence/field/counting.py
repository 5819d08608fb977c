"""Which of the field's windows a camera's histograms are drawn from, and which baseline stands behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.rules.evidence.charts import Reals
from detection.rules.evidence.field.cameras import Counted
from detection.rules.field.watching.findings import Incident, Standing
from detection.rules.field.watching.readings import Baseline
from detection.rules.field.watching.tally import Tally

BEFORE_S = 3600
"""What is shown begins so long before an incident opened: it opens when a breach has lasted."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What cameras are compared with.

    Attributes:
        edges: inner bin edges of each signal.
        scenes: of the reference, all cameras.
        learnt: minutes that people accepted as some cameras' baselines; none if nobody did.
    """

    edges: Mapping[str, Reals]
    scenes: Tally
    learnt: Tally | None = None

    def behind(self, camera: str, baseline: Baseline) -> Tally:
        """The blocks a camera was compared with, of all hours."""
        if baseline is Baseline.LEARNT and self.learnt is not None:
            return self.learnt.of(camera)
        return self.scenes.of(camera) if baseline is Baseline.OWN else self.scenes


def counted(own: Tally, length_s: float, standing: Standing, known: Known, incident: Incident | None) -> Counted:
    """One camera's histograms beside its baseline's.

    Args:
        own: the camera's windows, oldest first; at least one.
        length_s: of such a window.
        standing: of the camera; says what it was compared with.
        known: what that holds.
        incident: if there is one, its time is shown, and all of it otherwise.
    """
    shown = own.take(_rows(own, incident))
    return Counted(
        begins_s=int(shown.begins_s[0]),
        ends_s=int(shown.begins_s[-1] + length_s),
        edges=known.edges,
        reference=_sums(known.behind(standing.camera, standing.baseline)),
        field=_sums(shown),
    )


def _sums(blocks: Tally) -> dict[str, NDArray[np.int64]]:
    return {name: table.sum(axis=0) for name, table in blocks.counts.items()}


def _rows(own: Tally, incident: Incident | None) -> NDArray[np.int64]:
    everything = np.arange(len(own))
    if incident is None:
        return everything
    ends_s = own.begins_s[-1] + 1 if incident.closed_s is None else incident.closed_s
    rows = np.flatnonzero((own.begins_s >= incident.opened_s - BEFORE_S) & (own.begins_s < ends_s))
    return rows if len(rows) else everything
