"""What several people drew, gathered into objects: each holds at most one box of an answer, whatever its class.

Answers join one after the other, by annotator's name. The boxes of a newcomer are matched with those of the first
annotator, what is left of them with those of the second that lie in an object without a box of the newcomer, and so on;
what matches nobody's becomes an object. It is the gathering of Tschirschwitz et al., "Drawing the same bounding box
twice?" (2022), so that Krippendorff's alpha over these objects is the one of their tool.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from detection.rules.labels.agreement.answers import Answers, Integers
from detection.rules.labels.agreement.assignment import partners
from detection.rules.labels.agreement.matching import overlap


@dataclass(frozen=True, slots=True, eq=False)
class Objects:
    """``k`` objects, ordered by frame, made of the answers that are not the expert's.

    Attributes:
        frame: ``(k,)`` code of the frame, ascending.
        looked: ``(frames,)`` how many annotators looked at each frame.
        box: ``(b,)`` position of each annotator's box in :class:`Answers`, ascending.
        of_box: ``(b,)`` the object it belongs to.
    """

    frame: Integers
    looked: Integers
    box: Integers
    of_box: Integers

    def __len__(self) -> int:
        return len(self.frame)


def gather(answers: Answers, at_least: float) -> Objects:
    """Gather the annotators' boxes into objects.

    Args:
        answers: everybody's; the expert's are left out.
        at_least: overlap below which two boxes are not one object, above 0.
    """
    rows = np.flatnonzero(~answers.verified)
    frame = answers.frame[rows]
    bounds = np.searchsorted(frame, np.arange(len(answers.frames) + 1)).astype(np.int64)
    of_box, found = _gather(answers.corners, answers.starts, rows, bounds, at_least)
    box = np.flatnonzero(of_box >= 0)
    frame_of = np.repeat(np.arange(len(answers.frames), dtype=np.int64), found)
    return Objects(frame_of, np.diff(bounds), box, of_box[box])


@njit(cache=True)
def _gather(corners, starts, rows, bounds, at_least):  # type: ignore[no-untyped-def]
    """The object of every box (-1 for boxes of other answers), and how many objects each frame has."""
    of_box, found = np.full(len(corners), -1, np.int64), np.zeros(len(bounds) - 1, np.int64)
    before = 0
    for frame in range(len(bounds) - 1):
        objects = 0
        for newcomer in range(bounds[frame], bounds[frame + 1]):
            a, b = starts[rows[newcomer]], starts[rows[newcomer] + 1]
            taken = np.zeros(objects, np.bool_)
            for earlier in range(bounds[frame], newcomer):
                c, d = starts[rows[earlier]], starts[rows[earlier] + 1]
                _join(corners, of_box, taken, (a, b, c, d, before), at_least)
            for box in range(a, b):
                if of_box[box] < 0:
                    of_box[box] = before + objects
                    objects += 1
        found[frame] = objects
        before += objects
    return of_box, found


@njit(cache=True)
def _join(corners, of_box, taken, bounds, at_least):  # type: ignore[no-untyped-def]
    """Match what is left of a newcomer's boxes with an earlier annotator's, where their objects are free."""
    a, b, c, d, before = bounds
    worth = np.zeros((b - a, d - c))
    for i in range(b - a):
        if of_box[a + i] >= 0:
            continue
        for j in range(d - c):
            if not taken[of_box[c + j] - before]:
                shared = overlap(corners, a + i, c + j)
                if shared >= at_least:
                    worth[i, j] = shared
    chosen = partners(worth)
    for i in range(b - a):
        if chosen[i] >= 0:
            of_box[a + i] = of_box[c + chosen[i]]
            taken[of_box[a + i] - before] = True
