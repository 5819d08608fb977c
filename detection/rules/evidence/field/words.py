"""How the field is spoken of: signals, moments, answers. The same words in the terminal and on the page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from detection.rules.evidence.tone import Tone
from detection.rules.field.accuracy.outcomes import Drift, Kept
from detection.rules.field.watching.readings import JOINT, Answer, Baseline, Reading, Severity

SIGNALS = {
    "best_score": "best score of a frame",
    "detections": "detections in a frame",
    "brightness": "brightness",
    "contrast": "contrast",
    "sharpness": "sharpness",
    "red_cast": "red cast",
    "blue_cast": "blue cast",
    "dark_share": "share of black pixels",
    "blown_share": "share of white pixels",
    "view": "likeness to the camera's own view",
    "box_size": "size of boxes",
    "box_aspect": "shape of boxes",
    JOINT: "all signals together",
}
PER_CLASS = "score/"
"""How the name of a class's scores begins."""

BASELINES = {
    Baseline.OWN: "its own baseline", Baseline.LEARNT: "its baseline learnt in the field", Baseline.FLEET: "the fleet",
}  # fmt: skip
ANSWER_TONES = {
    Answer.TOO_FEW: Tone.QUIET, Answer.QUIET: Tone.GOOD, Answer.WARNING: Tone.UNSURE, Answer.BREACH: Tone.BAD,
}  # fmt: skip
SEVERITY_WORDS = {Severity.ALARM: "ALARM", Severity.WARNING: "warning"}
SEVERITY_TONES = {Severity.ALARM: Tone.BAD, Severity.WARNING: Tone.UNSURE}
KEPT_TONES = {Kept.TOO_FEW: Tone.QUIET, Kept.MET: Tone.GOOD, Kept.BELOW: Tone.UNSURE, Kept.BREACHED: Tone.BAD}
DRIFT_TONES = {
    Drift.NONE: Tone.GOOD, Drift.DATA: Tone.UNSURE, Drift.CONCEPT: Tone.BAD, Drift.UNKNOWN: Tone.UNSURE,
    Drift.UNWATCHED: Tone.QUIET,
}  # fmt: skip


def signal(name: str, displays: Mapping[str, str]) -> str:
    """A signal's name for people.

    Args:
        name: as it stands in documents.
        displays: class id to its name for people.
    """
    if name.startswith(PER_CLASS):
        label = name.removeprefix(PER_CLASS)
        return f"scores, {displays.get(label, label)}"
    return SIGNALS.get(name, name)


def moment(seconds: float) -> str:
    """Seconds since 1970 as ``2026-06-01 09:00``, UTC as everything here."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"


def day(seconds: float) -> str:
    """Seconds since 1970 as ``2026-06-01``."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"


def measure(name: str) -> str:
    """What a signal's distance is called."""
    return "MMD" if name == JOINT else "PSI"


def figure(value: float) -> str:
    """A distance: two digits after the point, three where it is small; a dash where there was too little."""
    if value != value:
        return "–"
    return f"{value:.3f}" if abs(value) < 0.1 else f"{value:.2f}"


def told(reading: Reading) -> str:
    """One reading in a few words: the distance beside what chance reaches."""
    if reading.distance != reading.distance:
        return f"{Answer.TOO_FEW.value} ({reading.samples:,})"
    return f"{measure(reading.signal)} {figure(reading.distance)}, chance reaches {figure(reading.noise)}"


def excess(reading: Reading) -> float:
    """How far a reading is beyond what may be, to put readings of several signals in order; -1 for one without samples.

    A band can be all but nothing where the baseline's scenes are all alike, so that no distance counts as large before
    it reaches :data:`SMALL`.
    """
    if reading.distance != reading.distance:
        return -1.0
    least = 0.0 if reading.signal == JOINT else SMALL
    return reading.distance / max(reading.noise, least, 1e-9)


SMALL = 0.1
"""A PSI that nobody would look at: the rule of thumb. Only the order of rows depends on it."""


def lasted(seconds: float) -> str:
    """A span of time in the unit people use: ``40 min``, ``5.5 h``, ``3.2 days``; never less than nothing."""
    seconds = max(0.0, seconds)
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 172_800 else f"{seconds / 86_400:.1f} days"
