"""Does every box keep its class's rules: large enough, visible enough, and truncated where the border cuts it?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detection.edge.boxes import areas
from detection.rules.labels.findings.drawn import Drawn, Integers, Mask
from detection.rules.labels.findings.finding import Finding, of_all
from detection.rules.spec.labels import Boxes, Labelling, ObjectClass


def check(made: Drawn, classes: Sequence[ObjectClass], rules: Boxes, labelling: Labelling) -> list[Finding]:
    """Hold every box that lies in its frame against the rules of its class.

    Args:
        made: boxes as they were drawn; those that are none, and crowd regions, are passed over.
        classes: with their rules; boxes of others are passed over.
        rules: for the margin within which a box ends at the border.
        labelling: what each finding weighs.
    """
    usable = made.usable() & np.isin(made.boxes.label, [rule.id for rule in classes])
    found = [*_too_small(made, usable, classes, labelling), *_too_hidden(made, usable, classes, labelling)]
    return found + _truncation(made, usable, rules.border_margin_px, labelling)


def _of_class(made: Drawn, classes: Sequence[ObjectClass], field: str) -> NDArray[np.float64]:
    """``(m,)`` a number of each box's class; 0 for classes that the spec does not know."""
    values = {rule.id: float(getattr(rule, field)) for rule in classes}
    return np.array([values.get(name, 0.0) for name in made.label.names] or [0.0])[made.label.number]


def _too_small(made: Drawn, usable: Mask, classes: Sequence[ObjectClass], labelling: Labelling) -> list[Finding]:
    corners = made.clipped()
    shorter = (corners[:, 2:] - corners[:, :2]).min(axis=1, initial=np.inf)
    minimum = _of_class(made, classes, "minimum_size_px")
    rows = np.flatnonzero(usable & (shorter < minimum))
    why = [f"is {shorter[r]:.1f} px on its shorter side (label from {minimum[r]:g} px); remove it" for r in rows]
    return made.findings("below-minimum-size", labelling, rows, why)


def _too_hidden(made: Drawn, usable: Mask, classes: Sequence[ObjectClass], labelling: Labelling) -> list[Finding]:
    """The visible part can only be told where somebody drew beyond the border; what hides behind things cannot."""
    whole = areas(made.boxes.corners)
    visible = np.divide(areas(made.clipped()), whole, out=np.ones_like(whole), where=usable)
    minimum = _of_class(made, classes, "minimum_visible_share")
    rows = np.flatnonzero(usable & (visible < minimum))
    why = [f"has {visible[r]:.2f} of itself in the frame (label from {minimum[r]:g}); remove it" for r in rows]
    return made.findings("below-visible-share", labelling, rows, why)


def _truncation(made: Drawn, usable: Mask, margin_px: int, labelling: Labelling) -> list[Finding]:
    """Marks against the border; an annotator who never marks anything is told once, not once a box."""
    truncated, at_border = made.boxes.truncated, made.at_border(margin_px)
    names = made.annotator
    marks = np.bincount(names.number[truncated], minlength=len(names.names)) > 0
    unmarked = usable & at_border & ~truncated
    reason = f"ends within {margin_px} px of the border and is not marked truncated; mark it, or draw it anew"
    found = made.findings("unmarked-truncation", labelling, np.flatnonzero(unmarked & marks[names.number]), [reason])
    found += _never_marking(made, np.bincount(names.number[unmarked], minlength=len(marks)), marks, labelling)
    inside = np.flatnonzero(usable & ~at_border & truncated)
    reason = f"is marked truncated and ends more than {margin_px} px from every border; unmark it, or draw it anew"
    return found + made.findings("unreached-truncation", labelling, inside, [reason])


def _never_marking(made: Drawn, unmarked: Integers, marks: Mask, labelling: Labelling) -> list[Finding]:
    return [
        of_all(
            "unmarked-truncation",
            labelling,
            f"{made.annotator.names[who]} marks no box as truncated, and {unmarked[who]} end at the border; "
            "ask for the mark, or leave the attribute out of what you rely on",
        )
        for who in np.flatnonzero((unmarked > 0) & ~marks)
    ]
