"""The fleet at a glance: one word for each camera, the worst first, a thousand of them still readable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from detection.rules.evidence.drawings import Tile, Tiles
from detection.rules.evidence.field import words
from detection.rules.evidence.numerals import thousands
from detection.rules.evidence.page import Block, Folded, Section
from detection.rules.evidence.tables import Cell, Column, Table, count, text
from detection.rules.evidence.tone import Tone
from detection.rules.field.retrain.evidence import Degraded
from detection.rules.field.trust import TrustScore
from detection.rules.field.watching.findings import Findings, Incident, Standing
from detection.rules.field.watching.readings import Severity

SHOWN = 12
"""Cameras in the table that is open."""
PAGE = 100
"""Cameras in each folded one."""
LISTED = 3
"""Signals of an incident that are named in a row."""


class State(Enum):
    """One word for a camera, the worst first."""

    ALARM = "ALARM"
    DEGRADED = "to mend"
    """It is frozen, covered, or moved: whatever else it shows does not count."""
    WARNING = "warning"
    OVER = "over"
    """There was an incident, and it has closed."""
    QUIET = "quiet"
    UNWATCHED = "not enough data"


TONES = {
    State.ALARM: Tone.BAD,
    State.DEGRADED: Tone.BAD,
    State.WARNING: Tone.UNSURE,
    State.OVER: Tone.PLAIN,
    State.QUIET: Tone.GOOD,
    State.UNWATCHED: Tone.QUIET,
}
ORDER = tuple(State)
LEGEND = (
    "Red: an alarm is open, or the camera is to be mended. Amber: a warning is open. Blue: over. Green: quiet. Grey: "
    "not enough data. Point at a tile for its name; a tile leads to its detail."
)


@dataclass(frozen=True, slots=True)
class CameraState:
    """One camera, in one row.

    Attributes:
        camera: its name.
        state: in a word.
        incident: the one behind that word; none if it is quiet.
        worst: the standing furthest beyond its bound; none without readings.
        trust: its trust score, 0 to 1; NaN if it is not known.
        frames: in the period.
    """

    camera: str
    state: State
    incident: Incident | None
    worst: Standing | None
    trust: float
    frames: int

    @property
    def excess(self) -> float:
        """How far the furthest reading is beyond what may be; -1 without one."""
        return -1.0 if self.worst is None else words.excess(self.worst.worst)


def states(
    findings: Findings,
    trust: Iterable[TrustScore],
    frames: Mapping[str, int],
    degraded: Iterable[Degraded] = (),
) -> tuple[CameraState, ...]:
    """Every camera that sent anything, the worst first.

    Args:
        findings: of the monitor.
        trust: of each camera; that of the fleet is passed over.
        frames: camera to frames in the period.
        degraded: cameras that somebody has to mend.
    """
    sick = {one.camera for one in degraded}
    known = {score.camera: score.score for score in trust}
    by_camera: dict[str, list[Standing]] = {camera: [] for camera in frames}
    for standing in findings.standings:
        by_camera.setdefault(standing.camera, []).append(standing)
    incidents: dict[str, list[Incident]] = {}
    for incident in findings.incidents:
        incidents.setdefault(incident.camera, []).append(incident)
    found = [
        _state(camera, standings, incidents.get(camera, []), known.get(camera, float("nan")), frames.get(camera, 0))
        for camera, standings in by_camera.items()
    ]
    found = [replace(one, state=_with_fault(one.state)) if one.camera in sick else one for one in found]
    return tuple(sorted(found, key=lambda one: (ORDER.index(one.state), -one.excess, one.camera)))


def section(cameras: Sequence[CameraState], displays: Mapping[str, str], anchors: Mapping[str, str]) -> Section:
    """A tile for each camera, a table of the worst, the rest folded.

    Args:
        cameras: the worst first.
        displays: class id to its name for people.
        anchors: camera to the anchor where its detail stands; some have none.
    """
    tiles = tuple(
        Tile(one.camera, TONES[one.state], _said(one, displays), anchors.get(one.camera, "")) for one in cameras
    )
    blocks: list[Block] = [Tiles(tiles, note=LEGEND)]
    blocks.append(_table(cameras[:SHOWN], displays))
    for begin in range(SHOWN, len(cameras), PAGE):
        rows = cameras[begin : begin + PAGE]
        title = f"Cameras {begin + 1} to {begin + len(rows)}"
        blocks.append(Folded(title, (_table(rows, displays),), remark=_counted(rows)))
    return Section("fleet", "Fleet", f"{_counted(cameras)}.", tuple(blocks))


def _state(
    camera: str, standings: Sequence[Standing], incidents: Sequence[Incident], trust: float, frames: int
) -> CameraState:
    still = [incident for incident in incidents if incident.open]
    alarms = [incident for incident in still if incident.severity is Severity.ALARM]
    worst = max(standings, key=_badness, default=None)
    if still:
        chosen, state = (alarms[0], State.ALARM) if alarms else (still[0], State.WARNING)
        return CameraState(camera, state, chosen, worst, trust, frames)
    if incidents:
        return CameraState(camera, State.OVER, incidents[-1], worst, trust, frames)
    spoken = any(standing.spoken for standing in standings)
    return CameraState(camera, State.QUIET if spoken else State.UNWATCHED, None, worst, trust, frames)


def _with_fault(state: State) -> State:
    return min(state, State.DEGRADED, key=ORDER.index)


def _badness(standing: Standing) -> tuple[int, float]:
    return standing.worst.answer.code, words.excess(standing.worst)


def _table(cameras: Sequence[CameraState], displays: Mapping[str, str]) -> Table:
    columns = (
        Column("Camera"), Column("State"), Column("Since"), Column("Signals"), Column("Furthest from its baseline"),
        Column("Trust", number=True), Column("Frames", number=True),
    )  # fmt: skip
    return Table(columns, tuple(_row(one, displays) for one in cameras))


def _row(one: CameraState, displays: Mapping[str, str]) -> tuple[Cell, ...]:
    return (
        text(one.camera or "(no name)"),
        Cell(one.state.value, TONES[one.state], chip=True),
        _since(one.incident),
        text(_signals(one, displays) or "–"),
        _furthest(one.worst, displays),
        text("–" if one.trust != one.trust else f"{one.trust:.2f}"),
        count(one.frames),
    )


def _since(incident: Incident | None) -> Cell:
    if incident is None:
        return text("–")
    until = "" if incident.closed_s is None else f"until {words.moment(incident.closed_s)}"
    return Cell(words.moment(incident.opened_s), note=until)


def _furthest(worst: Standing | None, displays: Mapping[str, str]) -> Cell:
    if worst is None:
        return text("–")
    against = f"{worst.window}, against {words.BASELINES[worst.baseline]}"
    return Cell(f"{words.signal(worst.signal, displays)}: {words.told(worst.worst)}", note=against)


def _signals(one: CameraState, displays: Mapping[str, str]) -> str:
    names = () if one.incident is None else one.incident.signals
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(words.signal(name, displays) for name in names[:LISTED]) + more


def _said(one: CameraState, displays: Mapping[str, str]) -> str:
    signals = _signals(one, displays)
    return f"{one.state.value}{', ' + signals if signals else ''}"


def _counted(cameras: Sequence[CameraState]) -> str:
    """``1,000 cameras: 3 ALARM, 12 warning, 985 quiet``."""
    number = len(cameras)
    met = [(state.value, sum(one.state is state for one in cameras)) for state in ORDER]
    parts = ", ".join(f"{thousands(many)} {name}" for name, many in met if many)
    return f"{thousands(number)} camera{'' if number == 1 else 's'}: {parts or 'nothing yet'}"
