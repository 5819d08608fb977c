"""The floor: classes whose annotators agree too little, said so that people know what to do next."""

from __future__ import annotations

from detection.rules.labels.agreement.sheet import Agreement, Annotator, ClassAgreement, Figure

NAMED_FRAMES = 3
"""Frames that a message names; the page shows more."""


def low_classes(agreement: Agreement) -> tuple[ClassAgreement, ...]:
    """The classes below the floor, in the spec's order."""
    return tuple(c for c in agreement.classes if c.f1 is not None and c.f1.value < agreement.floor)


def below_floor(agreement: Agreement) -> list[str]:
    """One line for each class whose annotators agree too little to learn from: figure, limit, people, frames."""
    known = {a.name: a for a in agreement.annotators}
    lines = []
    for low in low_classes(agreement):
        assert low.f1 is not None
        shown = ", ".join(frame.name for frame in low.worst_frames[:NAMED_FRAMES])
        lines.append(
            f"class {low.label}: F1 {figure(low.f1)} at IoU {agreement.iou:g}, needs {agreement.floor:g}; "
            f"{whom(low, known)}; the frames that show it best: {shown}"
        )
    return lines


def whom(low: ClassAgreement, known: dict[str, Annotator]) -> str:
    """Whom to talk to, and why."""
    if not low.weakest:
        return "no single annotator pulls it down: talk to all, over the guideline"
    who = " and ".join(low.weakest)
    if low.f1_without is not None:
        return f"talk to {who} (without them F1 {low.f1_without:.3f})"
    judged = [known[name].verified for name in low.weakest if name in known]
    against = [f"{j.f1.value:.3f}" for j in judged if j is not None and j.f1 is not None]
    told = f" (against verified frames F1 {' and '.join(against)})" if len(against) == len(low.weakest) else ""
    return f"talk to {who}{told}"


def figure(value: Figure) -> str:
    """A figure with its interval, for a line of text."""
    if value.lower is None or value.upper is None:
        return f"{value.value:.3f}"
    return f"{value.value:.3f} ({value.lower:.3f} to {value.upper:.3f})"
