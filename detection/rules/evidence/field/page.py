"""``monitor.html`` as values: one word for the fleet, then everything that stands behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from detection.rules.evidence.field import cameras, fleet, health, incidents, objectives, samples, trust, words
from detection.rules.evidence.field.cameras import Counted
from detection.rules.evidence.field.fleet import CameraState, State
from detection.rules.evidence.field.health import CameraHealth
from detection.rules.evidence.field.incidents import Trace
from detection.rules.evidence.field.samples import Sample
from detection.rules.evidence.numerals import thousands
from detection.rules.evidence.page import Banner, Fact, Page
from detection.rules.evidence.tone import Tone
from detection.rules.field.accuracy.outcomes import Diagnosis, Drift, ObjectiveStanding
from detection.rules.field.retrain.evidence import Degraded
from detection.rules.field.trust import TrustScore
from detection.rules.field.watching.findings import Findings

STAMPS = {
    State.ALARM: ("ALARM", Tone.BAD),
    State.DEGRADED: ("CAMERA TO MEND", Tone.UNSURE),
    State.WARNING: ("WARNING", Tone.UNSURE),
    State.OVER: ("QUIET", Tone.GOOD),
    State.QUIET: ("QUIET", Tone.GOOD),
    State.UNWATCHED: ("NOT ENOUGH DATA", Tone.UNSURE),
}
NAMED = 3
"""Cameras that the sentence names."""


@dataclass(frozen=True, slots=True)
class Release:
    """What was running, and what it is asked for.

    Attributes:
        name: of the release, with its counter.
        bundle: SHA-256 of its manifest.
        variants: model variants that ran, sorted.
        displays: class id to its name for people.
        p95_limit_ms: from arrival to answer; none if no target is known.
    """

    name: str
    bundle: str
    variants: tuple[str, ...]
    displays: Mapping[str, str]
    p95_limit_ms: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """Everything that is known of the field over a period.

    Attributes:
        release: what was running.
        begins_s: of the period, seconds since 1970 UTC.
        ends_s: likewise.
        findings: of the monitor.
        objectives: from labels that came back.
        diagnoses: likewise.
        trust: of cameras, and (camera ``""``) of the fleet.
        health: of each camera that sent anything.
        counted: histograms of those cameras that are shown in detail.
        traces: what came of incidents.
        samples: frames that devices kept.
        degraded: cameras that somebody has to mend.
    """

    release: Release
    begins_s: int
    ends_s: int
    findings: Findings
    objectives: tuple[ObjectiveStanding, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    trust: tuple[TrustScore, ...] = ()
    health: tuple[CameraHealth, ...] = ()
    counted: Mapping[str, Counted] = field(default_factory=dict)
    traces: tuple[Trace, ...] = ()
    samples: tuple[Sample, ...] = ()
    degraded: tuple[Degraded, ...] = ()

    def states(self) -> tuple[CameraState, ...]:
        """Every camera in a word, the worst first."""
        frames = {one.camera: one.counters.frames for one in self.health}
        return fleet.states(self.findings, self.trust, frames, self.degraded)


def page(watched: Watched) -> Page:
    """Put together what is known."""
    release, states, counted = watched.release, watched.states(), watched.counted
    chosen = [one for one in states if one.camera in counted]
    anchors = {one.camera: f"camera-{number}" for number, one in enumerate(chosen, 1)}
    sections = (
        fleet.section(states, release.displays, anchors),
        incidents.section(watched.findings.incidents, watched.traces, release.displays, watched.ends_s),
        objectives.section(watched.objectives, watched.diagnoses, release.displays),
        trust.section(watched.trust),
        cameras.section(chosen, watched.findings, counted, release.displays, anchors),
        health.health_section(watched.health, watched.degraded),
        health.latency_section(watched.health, release.p95_limit_ms),
        samples.section(watched.samples),
    )
    period = f"{words.moment(watched.begins_s)} to {words.moment(watched.ends_s)} UTC"
    ran = f", variant {', '.join(release.variants)}" if release.variants else ""
    colophon = f"Bundle {release.bundle[:16]}{ran}. {len(chosen)} of {len(states)} cameras are shown in detail."
    return Page(release.name, f"The field, {period}.", banner(watched, states), sections, colophon, "Monitor")


def banner(watched: Watched, states: tuple[CameraState, ...]) -> Banner:
    """One word for the fleet, what it means, what to do."""
    worst = min((one.state for one in states), key=fleet.ORDER.index, default=State.UNWATCHED)
    answer, tone = STAMPS[worst]
    sentence, step = sentence_of(states), _step(worst, watched.diagnoses)
    return Banner(answer, tone, sentence, step, _facts(watched, states))


def sentence_of(states: tuple[CameraState, ...]) -> str:
    """What the fleet comes to, in a sentence: for the terminal, too."""
    for state, one, many in (
        (State.ALARM, "no longer looks like the validated world", "no longer look like the validated world"),
        (State.DEGRADED, "is frozen, covered or moved", "are frozen, covered or moved"),
        (
            State.WARNING,
            "differs from its baseline by more than chance",
            "differ from their baselines by more than chance",
        ),
    ):
        names = [camera.camera or "(no name)" for camera in states if camera.state is state]
        if names:
            more = f" and {thousands(len(names) - NAMED)} more" if len(names) > NAMED else ""
            return f"{', '.join(names[:NAMED])}{more} {one if len(names) == 1 else many}."
    if any(one.state in (State.QUIET, State.OVER) for one in states):
        return "No camera is outside the world that was validated."
    return "No camera has sent enough to be compared."


def _step(worst: State, diagnoses: tuple[Diagnosis, ...]) -> str:
    concept = [one for one in diagnoses if one.drift is Drift.CONCEPT]
    if concept:
        return "Labels prove that the detector has become worse. What to do about it: detection monitor decide."
    if worst is State.ALARM:
        return "Look at the frames below, then: detection monitor decide, detection review queue."
    if worst is State.DEGRADED:
        return "Send somebody to the camera: what it shows is not the world, and its figures do not count until then."
    if worst is State.WARNING:
        return "Wait for the next windows, or have a few frames labelled: only labels prove what a change costs."
    return ""


def _facts(watched: Watched, states: tuple[CameraState, ...]) -> tuple[Fact, ...]:
    whole = health.added(watched.health)
    still = [incident for incident in watched.findings.incidents if incident.open]
    alarms = sum(one.state is State.ALARM for one in states)
    scores = [trust.headline(score) for score in watched.trust if not score.camera]
    p95 = health.p95_ms(whole)
    return (
        Fact("Cameras", thousands(len(states)), f"{alarms} with an open alarm" if alarms else ""),
        Fact("Frames", thousands(whole.counters.frames), f"{thousands(whole.counters.failed)} failed"),
        Fact("Incidents", thousands(len(watched.findings.incidents)), f"{len(still)} open"),
        *scores,
        Fact("p95", "–" if p95 != p95 else f"{p95:.1f} ms", "arrival to answer"),
    )
