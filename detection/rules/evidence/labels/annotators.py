"""The annotators one by one, and what they take for one another, for people."""

from __future__ import annotations

from detection.rules.evidence.judging.verdict import Displays
from detection.rules.evidence.numerals import digits
from detection.rules.evidence.page import Section
from detection.rules.evidence.tables import Cell, Column, Span, Table, count, scale_start, share, text
from detection.rules.evidence.tone import Tone
from detection.rules.labels.agreement.sheet import Agreement, Annotator, Confusion, Figure, Judged


def section(agreement: Agreement) -> Section:
    """Who can be relied on, best proven first; those below the floor are named."""
    ranked = agreement.annotators
    columns = (
        Column("Annotator"), Column(""), Column("F1"), Column("Against"), Column("Precision", number=True),
        Column("Recall", number=True), Column("Mean IoU", number=True), Column("F1, others", number=True),
        Column("Frames", number=True), Column("Weight", number=True),
    )  # fmt: skip
    start = scale_start(f for a in ranked if a.deciding is not None for f in (a.deciding.value, a.deciding.lower))
    rows = tuple(_row(annotator, agreement.annotator_floor, start) for annotator in ranked)
    note = (
        "Against the expert on verified frames, or else against what the others agree on. Ranked by the lower end of "
        "the interval: few frames prove little. The weight is that of their word in the settled labels."
    )
    return Section("annotators", "Annotators", "", (Table(columns, rows, note=note),) if rows else ())


def confusion_section(confusion: Confusion, displays: Displays) -> Section:
    """What the others said where one said a class."""
    columns = (Column("One said"), *(Column(displays.get(c, c), number=True) for c in (*confusion.labels, "nothing")))
    rows = []
    for place, counts in enumerate(confusion.counts):
        whole = sum(counts)
        cells = [_share(n, whole, own=other == place) for other, n in enumerate(counts)]
        rows.append((text(displays.get(confusion.labels[place], confusion.labels[place])), *cells))
    note = "Part of a class's boxes that another annotator gave each class, or did not draw, wherever boxes match."
    table = Table(columns, tuple(rows), note=note)
    drawn = any(any(counts) for counts in confusion.counts)
    return Section("confusion", "What they take for one another", "", (table,) if drawn else ())


def bar(figure: Figure | None, limit: float | None, start: float) -> Cell:
    """A figure with its interval against a limit; a dash for none."""
    if figure is None:
        return Cell("–", Tone.QUIET)
    tone = Tone.PLAIN if limit is None else Tone.GOOD if figure.value >= limit else Tone.BAD
    lower = figure.value if figure.lower is None else figure.lower
    upper = figure.value if figure.upper is None else figure.upper
    return Cell(digits(figure.value), span=Span(figure.value, lower, upper, limit, start, tone))


def value(figure: Figure | None) -> float | None:
    """What was seen, without its interval."""
    return None if figure is None else figure.value


def _row(annotator: Annotator, floor: float, start: float) -> tuple[Cell, ...]:
    judge = annotator.verified if annotator.verified is not None and annotator.verified.f1 else annotator.consensus
    against = "" if judge is None else "expert" if judge is annotator.verified else "others"
    four: tuple[Figure | None, ...] = (None, None, None)
    if judge is not None:
        four = (judge.precision, judge.recall, judge.mean_iou)
    others: Judged | None = annotator.consensus
    return (
        text(annotator.name), Cell("unreliable", Tone.BAD, chip=True) if annotator.unreliable else text(""),
        bar(annotator.deciding, floor, start), text(against),
        *(share(value(figure)) for figure in four),
        share(value(others.f1) if others is not None else None),
        count(annotator.frames), share(annotator.weight),
    )  # fmt: skip


def _share(part: int, whole: int, *, own: bool) -> Cell:
    if not part:
        return Cell("–", Tone.QUIET)
    return Cell(f"{part / whole:.3f} ({part:,})", Tone.PLAIN if own else Tone.UNSURE)
