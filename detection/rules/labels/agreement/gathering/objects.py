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

from detection.rules.labels.agreement.gathering.answers import Answers, Integers
from detection.rules.labels.agreement.gathering.assignment import partners
from detection.rules.labels.agreement.gathering.matching import overlap


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
    before, most = 0, 1
    for row in rows:
        most = max(most, starts[row + 1] - starts[row])
    room = (np.zeros(most, np.int64), np.zeros(most, np.int64), np.zeros(most, np.int64))
    for frame in range(len(bounds) - 1):
        total = 0
        for place in range(bounds[frame], bounds[frame + 1]):
            total += starts[rows[place] + 1] - starts[rows[place]]
        objects, taken = 0, np.full(total, -1, np.int64)
        for newcomer in range(bounds[frame], bounds[frame + 1]):
            a, b = starts[rows[newcomer]], starts[rows[newcomer] + 1]
            left = b - a
            for earlier in range(bounds[frame], newcomer):
                c, d = starts[rows[earlier]], starts[rows[earlier] + 1]
                if left and c < d:
                    left -= _join(corners, of_box, taken, (a, b, c, d, before, newcomer), at_least, room)
            for box in range(a, b):
                if of_box[box] < 0:
                    of_box[box] = before + objects
                    objects += 1
        found[frame] = objects
        before += objects
    return of_box, found


@njit(cache=True)
def _join(corners, of_box, taken, bounds, at_least, room):  # type: ignore[no-untyped-def]
    """Match a newcomer's boxes that are left with an earlier annotator's whose objects are free; say how many."""
    a, b, c, d, before, newcomer = bounds
    of_row, of_column, last = room
    of_column[: d - c] = 0
    for i in range(b - a):
        of_row[i] = 0
        for j in range(d - c):
            free = _free(of_box, taken, a + i, c + j, before, newcomer)
            if free and overlap(corners, a + i, c + j) >= at_least:
                of_row[i] += 1
                of_column[j] += 1
                last[i] = j
    certain = True
    for i in range(b - a):
        certain = certain and (of_row[i] == 0 or (of_row[i] == 1 and of_column[last[i]] == 1))
    if not certain:
        _search(corners, of_box, taken, bounds, at_least, room)
    joined = 0
    for i in range(b - a):
        if of_row[i] > 0:
            of_box[a + i] = of_box[c + last[i]]
            taken[of_box[a + i] - before] = newcomer
            joined += 1
    return joined


@njit(cache=True)
def _free(of_box, taken, box, other, before, newcomer):  # type: ignore[no-untyped-def]
    """Whether a newcomer's box has no object yet, and the other's object no box of the newcomer's."""
    return of_box[box] < 0 and taken[of_box[other] - before] != newcomer


@njit(cache=True)
def _search(corners, of_box, taken, bounds, at_least, room):  # type: ignore[no-untyped-def]
    """Partners where some box has several candidates: where ``of_row`` is 1, ``last`` is the column."""
    a, b, c, d, before, newcomer = bounds
    of_row, _, last = room
    worth = np.zeros((b - a, d - c))
    for i in range(b - a):
        for j in range(d - c):
            if _free(of_box, taken, a + i, c + j, before, newcomer):
                shared = overlap(corners, a + i, c + j)
                if shared >= at_least:
                    worth[i, j] = shared
    chosen = partners(worth)
    for i in range(b - a):
        of_row[i] = 1 if chosen[i] >= 0 else 0
        last[i] = chosen[i]
