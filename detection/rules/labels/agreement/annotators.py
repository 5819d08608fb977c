"""The annotators ranked, and those below the spec's floor marked.

The order is that of what is proven: the lower end of the interval of the F1 that decides. Ten frames without an error
rank below a thousand frames with few.
"""

from __future__ import annotations

import numpy as np

from detection.rules.labels.agreement.figures import Groups, Shares, ratios
from detection.rules.labels.agreement.gathering.answers import Answers, Reals
from detection.rules.labels.agreement.settling.others import Tally
from detection.rules.labels.agreement.settling.reliability import Reliability
from detection.rules.labels.agreement.sheet import Annotator, Figure, Judged


def rank(answers: Answers, reliability: Reliability, groups: Groups, floor: float) -> tuple[Annotator, ...]:
    """Everybody but the expert, best proven first.

    Args:
        answers: everybody's.
        reliability: how they were judged.
        groups: for the intervals.
        floor: F1 below which one is unreliable.
    """
    drew = answers.annotator[~answers.verified]
    size = len(answers.annotators)
    frames = np.bincount(drew, minlength=size)
    boxes = np.bincount(drew, np.diff(answers.starts)[~answers.verified], size).astype(np.int64)
    consensus = _judged(answers, reliability.consensus, groups)
    verified = _judged(answers, reliability.verified, groups)
    listed = []
    for code in np.flatnonzero(frames):
        deciding = next((j.f1 for j in (verified[code], consensus[code]) if j is not None and j.f1 is not None), None)
        listed.append(
            Annotator(
                answers.annotators.names[code], int(frames[code]), int(boxes[code]), consensus[code], verified[code],
                weight=float(reliability.weight[code]),
                unreliable=deciding is not None and deciding.value < floor,
            )
        )  # fmt: skip
    return tuple(sorted(listed, key=lambda a: (-_proven(a.deciding), a.name)))


def _judged(answers: Answers, tally: Tally, groups: Groups) -> tuple[Judged | None, ...]:
    """One entry an annotator, in the order of their codes; None for who was not judged."""
    size = len(answers.annotators)
    frame, who = answers.frame[tally.answer], answers.annotator[tally.answer]

    def figures(part: Reals, whole: Reals) -> tuple[Figure | None, ...]:
        return ratios(Shares(frame, who, part, whole), size, groups)

    frames = np.bincount(who, minlength=size)
    there = np.bincount(who, tally.there, size)
    columns = zip(
        frames, there,
        figures(tally.found, tally.drawn),
        figures(tally.found, tally.there),
        figures(2 * tally.found, tally.drawn + tally.there),
        figures(tally.overlap, tally.found),
        strict=True,
    )  # fmt: skip
    return tuple(Judged(int(n), int(objects), *four) if n else None for n, objects, *four in columns)


def _proven(figure: Figure | None) -> float:
    if figure is None:
        return -1.0
    return figure.value if figure.lower is None else figure.lower
