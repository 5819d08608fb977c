"""Service levels from labels that came back, day by day, and whether it is the world or the detector that changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detection.rules.evidence.drawings import Drawings, Event, Line, Track, gathered
from detection.rules.evidence.field import words
from detection.rules.evidence.numerals import cut, thousands
from detection.rules.evidence.page import Block, Folded, Note, Section
from detection.rules.evidence.tables import Cell, Column, Table, text
from detection.rules.evidence.tone import Tone
from detection.rules.field.accuracy.outcomes import Diagnosis, Drift, Kept, ObjectiveDay, ObjectiveStanding

LEAD = (
    "Histograms say that something has changed; only labels say whether the detector is still right. Each objective is "
    "a figure over a rolling window of days, from frames that people have labelled since."
)


def section(
    standings: Sequence[ObjectiveStanding], diagnoses: Sequence[Diagnosis], displays: Mapping[str, str]
) -> Section:
    """Objectives with their floors, and the diagnosis of each camera that has labels.

    Args:
        standings: of the specification's objectives.
        diagnoses: of cameras, or (camera ``""``) of all.
        displays: class id to its name for people.
    """
    blocks: list[Block] = []
    drawn = tuple(_track(one, displays) for one in standings if one.days)
    if drawn:
        blocks.append(Drawings(drawn))
    if standings:
        blocks.append(_objectives(standings, displays))
    if not drawn:
        blocks.append(Note("No labels have come back from the field yet: no objective can be judged."))
    blocks += _diagnoses(diagnoses)
    return Section("objectives", "Objectives", LEAD, tuple(blocks))


def name(standing: ObjectiveStanding, displays: Mapping[str, str]) -> str:
    """``precision, all classes`` or ``recall, Crate``."""
    asked = standing.objective
    return f"{asked.metric}, {'all classes' if asked.label == 'every' else displays.get(asked.label, asked.label)}"


def _track(one: ObjectiveStanding, displays: Mapping[str, str]) -> Track:
    parts = gathered(len(one.days))
    lowest = [min(one.days[part], key=_low) for part in parts]
    breach = () if one.breached_at_s is None else (Event("breached", float(one.breached_at_s), Tone.BAD),)
    floor = one.objective.at_least
    values = tuple(day.value for day in lowest)
    return Track(
        title=name(one, displays),
        x=tuple(float(day.day_s) for day in lowest),
        ends=(words.day(lowest[0].day_s), words.day(lowest[-1].day_s)),
        lines=(Line(one.objective.metric, values, _loud(one.kept)),),
        limit=floor,
        limit_name=f"floor {floor:g}",
        events=breach,
        bottom=max(0.0, min([floor, *(v for v in values if v == v)]) - 0.05),
        remark=one.kept.value,
        tone=words.KEPT_TONES[one.kept],
    )


def _low(day: ObjectiveDay) -> float:
    return day.value if day.value == day.value else 2.0


def _loud(kept: Kept) -> Tone:
    return words.KEPT_TONES[kept] if kept in (Kept.BELOW, Kept.BREACHED) else Tone.PLAIN


def _objectives(standings: Sequence[ObjectiveStanding], displays: Mapping[str, str]) -> Table:
    columns = (
        Column("Objective"), Column("Newest", number=True), Column("Labelled", number=True),
        Column("Days below", number=True), Column("Breached"), Column("State"),
    )  # fmt: skip
    return Table(columns, tuple(_objective(one, displays) for one in standings))


def _objective(one: ObjectiveStanding, displays: Mapping[str, str]) -> tuple[Cell, ...]:
    asked, newest = one.objective, one.days[-1] if one.days else None
    breached = "never" if one.breached_at_s is None else f"on {words.day(one.breached_at_s)}"
    value = newest.value if newest is not None and newest.value == newest.value else None
    return (
        Cell(name(one, displays), note=f"over {asked.window_days} days, {asked.breaches} below in a row breach it"),
        Cell(cut(value), words.KEPT_TONES[one.kept], note=f"needs {asked.at_least:g}"),
        Cell(thousands(newest.labelled if newest else 0), note=f"needs {asked.minimum:,}"),
        text(str(newest.below_days if newest else 0)),
        text(breached),
        Cell(one.kept.value, words.KEPT_TONES[one.kept], chip=True),
    )


def _diagnoses(diagnoses: Sequence[Diagnosis]) -> list[Block]:
    """All cameras at once and those that have something to say; the others folded."""
    if not diagnoses:
        return []
    order = sorted(diagnoses, key=lambda d: (d.camera != "", _LOUDEST.index(words.DRIFT_TONES[d.drift]), d.camera))
    open_ones = [one for one in order if not one.camera or one.drift not in (Drift.NONE, Drift.UNWATCHED)]
    note = "Concept drift is said only where the figure is below its floor as surely as the spec asks."
    shown = open_ones[:SHOWN]
    rest = [one for one in order if one not in shown]
    blocks: list[Block] = [Table(COLUMNS, tuple(map(_diagnosis, shown)), "The world or the detector?", note)]
    for begin in range(0, len(rest), PAGE):
        part = rest[begin : begin + PAGE]
        title = f"{len(part)} more camera{'' if len(part) == 1 else 's'}"
        blocks.append(Folded(title, (Table(COLUMNS, tuple(map(_diagnosis, part))),)))
    return blocks


SHOWN = 12
PAGE = 100
COLUMNS = (
    Column("Camera"), Column("Diagnosis"), Column("Precision", number=True), Column("Recall", number=True),
    Column("Labelled frames", number=True),
)  # fmt: skip
_LOUDEST = (Tone.BAD, Tone.UNSURE, Tone.GOOD, Tone.QUIET, Tone.PLAIN)


def _diagnosis(one: Diagnosis) -> tuple[Cell, ...]:
    return (
        text(one.camera or "all cameras"),
        Cell(one.drift.value, words.DRIFT_TONES[one.drift], chip=True),
        _bounded(one.precision, one.precision_upper),
        _bounded(one.recall, one.recall_upper),
        text(thousands(one.labelled_frames)),
    )


def _bounded(value: float, upper: float) -> Cell:
    known = value == value
    return Cell(f"{value:.3f}" if known else "–", note=f"at most {upper:.3f}" if known and upper == upper else "")
