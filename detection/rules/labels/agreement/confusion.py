"""Which classes the annotators take for one another, "nothing" being a class."""

from __future__ import annotations

import numpy as np

from detection.rules.labels.agreement.gathering.answers import Answers, Couples, Names
from detection.rules.labels.agreement.gathering.matching import Drawings, match
from detection.rules.labels.agreement.sheet import Confusion
from detection.rules.labels.intake.arrivals import strings


def confusion(answers: Answers, couples: Couples, classes: tuple[str, ...], at_least: float) -> Confusion:
    """Count, for every box of every couple of answers, what the other said of it.

    Args:
        answers: everybody's.
        couples: which answers to compare.
        classes: class ids of the spec; boxes of others are left out.
        at_least: overlap from which two boxes are one object, whatever their class.
    """
    drawn = Drawings(answers.corners, answers.label, answers.starts)
    found = match(drawn, couples, at_least, any_class=True)
    code = Names(classes).codes(strings(answers.labels.names))[answers.label]
    said = code[found.box]
    other = np.full(len(found), len(classes))
    partnered = found.partner >= 0
    other[partnered] = code[found.partner[partnered]]
    known = (said >= 0) & (other >= 0)
    width = len(classes) + 1
    counts = np.bincount(said[known] * width + other[known], minlength=len(classes) * width).reshape(-1, width)
    return Confusion(classes, tuple(tuple(int(n) for n in row) for row in counts))
