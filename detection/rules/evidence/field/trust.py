"""How far answers can be relied on, with the parts and weights that make the score: none of it is hidden."""

from __future__ import annotations

from collections.abc import Sequence

from detection.rules.evidence.page import Block, Fact, Facts, Folded, Note, Section
from detection.rules.evidence.tables import Cell, Column, Span, Table, text
from detection.rules.evidence.tone import Tone
from detection.rules.field.trust import TrustPart, TrustScore, worst_first

SHOWN = 10
PAGE = 100
GOOD, POOR = 0.8, 0.5
"""From where a score is drawn as good, and below where as bad: colours only, nothing is decided by them."""

LEAD = (
    "A weighted mean of four parts, each from 0 to 1. A part that is not known is left out and said, not guessed; the "
    "weights are the specification's."
)


def section(scores: Sequence[TrustScore]) -> Section:
    """The fleet's score with its parts, then the cameras, the least trusted first.

    Args:
        scores: of cameras, and (camera ``""``) of the fleet.
    """
    fleet = [score for score in scores if not score.camera]
    cameras = worst_first([score for score in scores if score.camera])
    blocks: list[Block] = []
    for score in fleet:
        blocks += [Facts((headline(score),)), _parts(score)]
    if cameras:
        blocks.append(_cameras(cameras[:SHOWN], "Least trusted cameras"))
    for begin in range(SHOWN, len(cameras), PAGE):
        part = cameras[begin : begin + PAGE]
        blocks.append(Folded(f"Cameras {begin + 1} to {begin + len(part)}", (_cameras(part),)))
    return Section("trust", "Trust", LEAD, tuple(blocks) or (Note("Nothing is known yet."),))


def headline(score: TrustScore) -> Fact:
    """One score as a fact."""
    known = f"{score.known_share:.0%} of its weight is known"
    return Fact("Trust", "–" if score.score != score.score else f"{score.score:.2f}", known, tone(score.score))


def tone(score: float) -> Tone:
    """A score's colour."""
    if score != score:
        return Tone.QUIET
    return Tone.GOOD if score >= GOOD else Tone.BAD if score < POOR else Tone.UNSURE


def _parts(score: TrustScore) -> Table:
    columns = (Column("Part"), Column("Value"), Column("Weight", number=True), Column("Why"))
    return Table(columns, tuple(_part(part) for part in score.parts), "What it is made of")


def _part(part: TrustPart) -> tuple[Cell, ...]:
    known = part.value == part.value
    span = Span(part.value, 0.0, part.value, tone=tone(part.value)) if known else None
    return (
        text(part.name),
        Cell(f"{part.value:.2f}" if known else "not enough data", tone(part.value), span=span),
        text(f"{part.weight:g}"),
        text(part.reason),
    )


def _cameras(scores: Sequence[TrustScore], title: str = "") -> Table:
    names = tuple(part.name for part in scores[0].parts)
    columns = (Column("Camera"), Column("Score", number=True), *(Column(name, number=True) for name in names))
    return Table((*columns, Column("Weakest part")), tuple(_camera(score) for score in scores), title)


def _camera(score: TrustScore) -> tuple[Cell, ...]:
    known = [part for part in score.parts if part.value == part.value]
    weakest = min(known, key=lambda part: part.value, default=None)
    return (
        text(score.camera),
        _washed(score.score),
        *(_washed(part.value) for part in score.parts),
        text("–" if weakest is None else f"{weakest.name}: {weakest.reason}"),
    )


def _washed(value: float) -> Cell:
    return Cell("–" if value != value else f"{value:.2f}", tone(value), washed=value == value)
