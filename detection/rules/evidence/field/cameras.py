"""One camera in detail: histograms before its baseline's, and how far each window was beside what chance reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detection.rules.evidence.charts import Reals
from detection.rules.evidence.drawings import POINTS, Bars, Drawings, Event, Line, Track, gathered
from detection.rules.evidence.field import words
from detection.rules.evidence.field.fleet import TONES, CameraState
from detection.rules.evidence.numerals import thousands
from detection.rules.evidence.page import Fact, Facts, Folded, Note, Plain, Section
from detection.rules.evidence.tone import Tone
from detection.rules.field.watching.findings import Findings, Incident, Standing
from detection.rules.field.watching.readings import ANSWERS, JOINT, Answer, Readings

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """One camera's histograms of some period, and those of its baseline.

    Attributes:
        begins_s: of the period, seconds since 1970 UTC.
        ends_s: likewise.
        edges: inner bin edges of each signal.
        reference: ``(bins,)`` counts of each signal; the last bin is NaN's.
        field: likewise.
    """

    begins_s: int
    ends_s: int
    edges: Mapping[str, Reals]
    reference: Mapping[str, Counts]
    field: Mapping[str, Counts]


def section(
    chosen: Sequence[CameraState],
    findings: Findings,
    counted: Mapping[str, Counted],
    displays: Mapping[str, str],
    anchors: Mapping[str, str],
) -> Section:
    """What stands behind each word, a folded part for each camera, the worst first and open.

    Args:
        chosen: cameras that are shown, the worst first.
        findings: of the monitor.
        counted: each shown camera's histograms.
        displays: class id to its name for people.
        anchors: camera to its anchor.
    """
    lead = (
        "Blue or coloured bars are the field, grey ones the baseline; bins are (lower, upper], the outer ones are "
        "open, the last counts frames that gave no value. Lines are distances of windows; the grey band is what "
        "windows of that size reach when nothing has changed."
    )
    shown = tuple(_camera(one, findings, counted.get(one.camera), displays, anchors[one.camera]) for one in chosen)
    return Section("cameras", "Cameras", lead, shown or (Note("No camera sent anything."),))


def _camera(
    one: CameraState, findings: Findings, counted: Counted | None, displays: Mapping[str, str], anchor: str
) -> Folded:
    standings = [s for s in findings.standings if s.camera == one.camera]
    incidents = [incident for incident in findings.incidents if incident.camera == one.camera]
    parts: list[Plain] = [_facts(one, incidents)]
    if counted is not None:
        parts.append(_histograms(counted, _worst_by_signal(standings), displays))
    parts += [_tracks(chosen, standings, incidents, displays) for chosen in _readable(one.camera, findings.readings)]
    remark = "" if one.incident is None else f"since {words.moment(one.incident.opened_s)}"
    return Folded(one.camera or "(no name)", tuple(parts), one.state.value, TONES[one.state], remark, anchor)


def _facts(one: CameraState, incidents: Sequence[Incident]) -> Facts:
    baseline = "–" if one.worst is None else words.BASELINES[one.worst.baseline]
    trust = "–" if one.trust != one.trust else f"{one.trust:.2f}"
    return Facts(
        (
            Fact("Frames", thousands(one.frames)),
            Fact("Trust", trust),
            Fact("Incidents", str(len(incidents)), tone=Tone.BAD if any(i.open for i in incidents) else Tone.PLAIN),
            Fact("Compared with", baseline),
        )
    )


def _worst_by_signal(standings: Sequence[Standing]) -> dict[str, Standing]:
    """For each signal its standing with the worst answer, over the durations."""
    worst: dict[str, Standing] = {}
    for standing in standings:
        known = worst.get(standing.signal)
        if known is None or _badness(standing) > _badness(known):
            worst[standing.signal] = standing
    return worst


def _badness(standing: Standing) -> tuple[bool, int, float]:
    return standing.raised is not None, standing.worst.answer.code, words.excess(standing.worst)


def _histograms(counted: Counted, worst: Mapping[str, Standing], displays: Mapping[str, str]) -> Drawings:
    drawn = [_bars(name, counted, worst.get(name), displays) for name in counted.edges if name in counted.field]
    order = sorted(drawn, key=lambda bars: _loudness(bars.tone))
    title = f"Histograms, {words.moment(counted.begins_s)} to {words.moment(counted.ends_s)} UTC"
    return Drawings(tuple(order), title)


_LOUD = (Tone.BAD, Tone.UNSURE)


def _loudness(tone: Tone) -> int:
    return _LOUD.index(tone) if tone in _LOUD else len(_LOUD)


def _bars(name: str, counted: Counted, standing: Standing | None, displays: Mapping[str, str]) -> Bars:
    before, now = counted.reference[name], counted.field[name]
    tone, remark = Tone.PLAIN, "not watched by itself"
    if standing is not None:
        remark = words.told(standing.worst) if standing.worst.answer is Answer.TOO_FEW else _spoken(standing)
        tone = words.ANSWER_TONES[standing.worst.answer]
    tone = tone if tone in (*_LOUD, Tone.QUIET) else Tone.PLAIN
    return Bars(words.signal(name, displays), bins(counted.edges[name]), _shares(before), _shares(now), remark, tone)


def _spoken(standing: Standing) -> str:
    worst = standing.worst
    return f"furthest {standing.window} window: {words.told(worst)}; JS {words.figure(worst.js)}"


def bins(edges: Reals) -> tuple[str, ...]:
    """Names of a histogram's bins: ``≤ 0.1``, ``0.1 to 0.2``, ..., ``> 0.9``, ``none``."""
    inner = [f"{lower:g} to {upper:g}" for lower, upper in pairwise(edges)]
    return (f"≤ {edges[0]:g}", *inner, f"> {edges[-1]:g}", "none")


def _shares(counts: Counts) -> tuple[float, ...]:
    return tuple(float(share) for share in counts / max(1, int(counts.sum())))


def _readable(camera: str, readings: Sequence[Readings]) -> list[Readings]:
    """The finest duration of which at least half the windows say something and all fit a small drawing.

    Where there is none, the one that says most; none at all of a camera without windows.
    """
    own = [table for table in (table.of(camera) for table in readings) if len(table)]
    own.sort(key=lambda table: table.duration.length_s)
    fine = [table for table in own if len(table) <= POINTS and _share_spoken(table) >= 0.5]
    return fine[:1] or sorted(own, key=_share_spoken)[-1:]


def _share_spoken(table: Readings) -> float:
    """Share of windows of which any signal says something."""
    return float((table.answer != Answer.TOO_FEW.code).any(axis=1).mean())


def _tracks(
    own: Readings, standings: Sequence[Standing], incidents: Sequence[Incident], displays: Mapping[str, str]
) -> Drawings:
    mine = {standing.signal: standing for standing in standings if standing.window == own.duration.name}
    drawn = [_track(own, column, mine.get(name), incidents, displays) for column, name in enumerate(own.signals)]
    drawn.sort(key=lambda track: _loudness(track.tone))
    return Drawings(tuple(drawn), f"Distance from the baseline over time, windows: {own.duration.name}")


def _track(
    own: Readings, column: int, standing: Standing | None, incidents: Sequence[Incident], displays: Mapping[str, str]
) -> Track:
    name, rows = own.signals[column], gathered(len(own))
    worst = max(own.answer[:, column], default=0)
    tone = words.ANSWER_TONES[ANSWERS[int(worst)]]
    lines = [Line(words.measure(name), _peaks(own.distance[:, column], rows), tone if tone in _LOUD else Tone.PLAIN)]
    if name != JOINT:
        lines.append(Line("JS", _peaks(own.js[:, column], rows), Tone.QUIET, dashed=True))
    begins = [float(own.begins_s[part.start]) for part in rows]
    return Track(
        title=words.signal(name, displays),
        x=tuple(begins),
        ends=(words.moment(begins[0]), words.moment(begins[-1])) if begins else ("", ""),
        lines=tuple(lines),
        band=_peaks(own.noise[:, column], rows),
        events=_events(name, begins, incidents),
        remark="" if standing is None else _breached(standing),
        tone=tone,
    )


def _breached(standing: Standing) -> str:
    if not standing.spoken:
        return "too few samples in every window"
    silent = standing.windows - standing.spoken
    return f"{standing.breaches} of {standing.spoken} windows in breach{f', {silent} too small' if silent else ''}"


def _peaks(values: Reals | NDArray[np.float32], rows: Sequence[slice]) -> tuple[float, ...]:
    """The highest value of each part; NaN where it holds none."""
    parts = (values[part] for part in rows)
    return tuple(float(np.nanmax(part)) if np.isfinite(part).any() else float("nan") for part in parts)


def _events(name: str, begins: Sequence[float], incidents: Sequence[Incident]) -> tuple[Event, ...]:
    """Moments at which an incident that this signal is part of opened and closed, as far as they are in view."""
    met = [incident for incident in incidents if name in incident.signals]
    opened = [Event("incident opened", float(i.opened_s), words.SEVERITY_TONES[i.severity]) for i in met]
    closed = [Event("closed", float(i.closed_s), Tone.QUIET) for i in met if i.closed_s is not None]
    return tuple(event for event in (*opened, *closed) if begins and begins[0] <= event.at)
