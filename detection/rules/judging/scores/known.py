"""Whether observations that were read are of frames that were judged: a stranger would be counted as somebody else."""

from __future__ import annotations

import numpy as np

from detection.errors import LabelsError, ModelError
from detection.rules.judging.scores.observations import FrameFacts, Observations


def expect_known(seen: Observations, facts: FrameFacts, where: str) -> None:
    """Every observation is of a frame that was judged, in its set and group; scores and corners are numbers.

    Args:
        seen: of any variants and sets.
        facts: of the judged frames.
        where: the table that the observations come from.

    Raises:
        LabelsError: one is not; it would be counted for some other frame, and nobody would see it.
        ModelError: a detection's score, or a corner, is no number.
    """
    numbers = np.where(seen.kind == "detection", seen.score, 0.0)
    unsound = ~np.isfinite(numbers) | ~np.isfinite(seen.corners).all(axis=1)
    if unsound.any():
        raise ModelError(
            f"{where}: {int(unsound.sum())} of {len(seen)} observations have a score or corner that is no number, the "
            f"first in frame {seen.frame[unsound][0]}; expected finite ones; run `dvc repro evaluate` again"
        )
    if strange := strangers(seen, facts):
        raise LabelsError(
            f"{where}: speaks of frames that were not judged, {len(strange)} in all, or that are in another set or "
            "group; expected those of frames.parquet beside it; run `dvc repro evaluate` again",
            [f"frame {frame}: not known" for frame in strange[:10]],
        )


def strangers(seen: Observations, facts: FrameFacts) -> list[str]:
    """Ids of the frames that are not known, or are known in another set or group; sorted."""
    known = set(zip(facts.id.tolist(), facts.set.tolist(), facts.group.tolist(), strict=True))
    told = set(zip(seen.frame.tolist(), seen.set.tolist(), seen.group.tolist(), strict=True))
    return sorted({str(place[0]) for place in told - known})
