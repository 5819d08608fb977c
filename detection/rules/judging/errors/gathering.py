"""Observations with numbers for names: every variant's detections beside the objects of the judged frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from detection.errors import LabelsError
from detection.rules.judging.errors.rows import Examined, examined
from detection.rules.judging.matching import Flags, Integers, Predictions, Truth
from detection.rules.judging.scores.observations import FrameFacts, Observations
from detection.rules.labels.samples import Strings

OBSERVATIONS = "data/evaluate/observations.parquet"


def gather(seen: Observations, facts: FrameFacts, labels: Sequence[str], iou: float) -> Iterator[Examined]:
    """Tell the kinds of the errors of every variant, in all sets at once; matching is frame by frame.

    Args:
        seen: every detection above the score floor and every object.
        facts: of the judged frames; frames are numbered by their rows.
        labels: class ids in the order of their numbers.
        iou: overlap from which a detection has found an object.

    Raises:
        LabelsError: an observation names a frame or a class that nobody knows.
    """
    frame = numbers(seen.frame, facts.id, f"{OBSERVATIONS}: frame")
    label = numbers(seen.label, np.array(labels, object), f"{OBSERVATIONS}: class")
    detection: Flags = seen.kind == "detection"
    for variant in dict.fromkeys(seen.variant.tolist()):
        own = seen.variant == variant
        there, said = np.flatnonzero(own & ~detection), np.flatnonzero(own & detection)
        truth = Truth(frame[there], label[there], seen.corners[there])
        predictions = Predictions(frame[said], label[said], seen.score[said], seen.corners[said])
        yield examined(str(variant), truth, predictions, seen.kept[said], iou)


def numbers(names: Strings, known: Strings, what: str) -> Integers:
    """``(n,)`` the row of each name among the known ones; ``what`` says where the names stand and what they name.

    Raises:
        LabelsError: a name is not known.
    """
    distinct, place = np.unique(names.astype(str), return_inverse=True)
    row_of = {str(name): row for row, name in enumerate(known)}
    strange = [name for name in distinct if str(name) not in row_of]
    if strange:
        raise LabelsError(
            f"{what} {str(strange[0])!r} is not known, and {len(strange) - 1} more; expected the frames that earlier "
            "stages left and the classes of the specification; run `dvc repro`"
        )
    rows: Integers = np.array([row_of[str(name)] for name in distinct], np.int64)[place]
    return rows
