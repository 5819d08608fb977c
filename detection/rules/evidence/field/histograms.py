"""What the monitor saw, for people: histograms of the field beside the reference, and one word per camera."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from detection.rules.evidence.charts import Reals, Shares
from detection.rules.field.drift import OWN_BLOCKS_MINIMUM, Answer, Standing, Tally

SIGNAL_NAMES = {"best_score": "best score of a frame", "brightness": "brightness", "score": "scores"}


def histograms(
    scenes: Tally, windows: Tally, edges: Mapping[str, Reals], standings: Sequence[Standing]
) -> tuple[Shares, ...]:
    """One panel per camera and signal that had enough samples, alarms first.

    Args:
        scenes: the reference.
        windows: the field.
        edges: inner bin edges of each signal.
        standings: what the monitor made of it.
    """
    spoken = [s for s in standings if not np.isnan(s.worst.psi)]
    return tuple(_panel(scenes, windows, edges, s) for s in sorted(spoken, key=lambda s: not s.alarm))


def verdict_of(standing: Standing) -> str:
    """One word for all windows of a camera's signal."""
    answers = {reading.answer for reading in standing.readings}
    if standing.alarm:
        return "ALARM"
    if Answer.BREACH in answers:
        return "breach, not lasting"
    if Answer.WARNING in answers:
        return "warning"
    return "quiet" if Answer.QUIET in answers else Answer.TOO_FEW.value


def _panel(scenes: Tally, windows: Tally, edges: Mapping[str, Reals], standing: Standing) -> Shares:
    own = scenes.of(standing.camera)
    compared = own if len(own) >= OWN_BLOCKS_MINIMUM else scenes
    field = windows.of(standing.camera).counts[standing.signal].sum(axis=0)
    reference = compared.counts[standing.signal].sum(axis=0)
    name = SIGNAL_NAMES.get(standing.signal, standing.signal)
    remark = f"{verdict_of(standing)} · PSI {standing.worst.psi:.2f}"
    return Shares(
        f"{standing.camera} · {name}",
        edges[standing.signal],
        reference / max(1, reference.sum()),
        field / max(1, field.sum()),
        remark,
        standing.alarm,
    )
