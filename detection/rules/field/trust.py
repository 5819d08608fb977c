"""How far a camera's answers can be relied on: one figure, never without the parts and weights that make it.

A part that is not known is left out and said; it is not guessed, and it does not count as good. Of several signals the
worst is taken, since a mean hides the one that drifts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detection.rules.field.accuracy.outcomes import Diagnosis
from detection.rules.field.watching.findings import Findings, Standing
from detection.rules.field.watching.readings import JOINT, Reading
from detection.rules.field.watching.tally import Tally
from detection.rules.spec.field import Monitoring

OF_CAMERA = ("failed", "frozen", "covered", "moved")
"""Counters of frames that show not what the camera should."""
UNKNOWN = float("nan")


@dataclass(frozen=True, slots=True)
class TrustPart:
    """One part of the trust score.

    Attributes:
        name: ``accuracy``, ``drift``, ``domain``, ``camera``.
        value: 0 to 1; NaN for not enough data.
        weight: the spec's.
        reason: one line for people.
    """

    name: str
    value: float
    weight: float
    reason: str


@dataclass(frozen=True, slots=True)
class TrustScore:
    """How far a camera's answers (or, camera ``""``, the fleet's) can be relied on.

    Attributes:
        camera: whose, or ``""``.
        score: weighted mean of the parts that are known, 0 to 1; NaN if none is.
        known_share: weight of the known parts over the weight of all.
        parts: in the order of the spec.
    """

    camera: str
    score: float
    known_share: float
    parts: tuple[TrustPart, ...]


def worst_first(scores: Sequence[TrustScore]) -> tuple[TrustScore, ...]:
    """Least trusted first; what is unknown comes after, by name."""
    return tuple(sorted(scores, key=lambda s: (np.isnan(s.score), s.score if s.score == s.score else 0.0, s.camera)))


def trust(
    findings: Findings, field: Tally, diagnoses: Sequence[Diagnosis], monitoring: Monitoring
) -> tuple[TrustScore, ...]:
    """Scores of every camera in the field, and (camera ``""``, first) of the fleet: the mean of its cameras.

    Args:
        findings: what watching came to.
        field: the same telemetry, with its counters.
        diagnoses: of the cameras and of all.
        monitoring: of the spec: bounds and weights.
    """
    by_camera: dict[str, list[Standing]] = {}
    for standing in findings.standings:
        by_camera.setdefault(standing.camera, []).append(standing)
    accuracy = {diagnosis.camera: _accuracy(diagnosis) for diagnosis in diagnoses}
    totals = _totals(field)
    scores = []
    for camera in sorted(totals):
        drift = _drift(by_camera.get(camera, ()), monitoring)
        counted = totals[camera]
        parts = (accuracy.get(camera, (UNKNOWN, "no labels came back")), drift, _domain(counted), _camera(counted))
        scores.append(_score(camera, parts, monitoring))
    whole = accuracy.get("", (UNKNOWN, "no labels came back"))
    return _fleet(scores, whole, monitoring), *scores


def _score(camera: str, parts: Sequence[tuple[float, str]], monitoring: Monitoring) -> TrustScore:
    weights = monitoring.trust.model_dump()
    made = tuple(
        TrustPart(name, value, weight, reason)
        for (name, weight), (value, reason) in zip(weights.items(), parts, strict=True)
    )
    known = [part for part in made if not np.isnan(part.value) and part.weight > 0]
    weight, whole = sum(part.weight for part in known), sum(part.weight for part in made)
    score = sum(part.weight * part.value for part in known) / weight if weight else UNKNOWN
    return TrustScore(camera, score, weight / whole if whole else 0.0, made)


def _fleet(scores: Sequence[TrustScore], accuracy: tuple[float, str], monitoring: Monitoring) -> TrustScore:
    parts = [accuracy]
    for place in range(1, 4):
        known = [(score.parts[place].value, score.camera) for score in scores]
        known = [one for one in known if not np.isnan(one[0])]
        worst = min(known, default=(UNKNOWN, ""))
        mean = float(np.mean([value for value, _ in known])) if known else UNKNOWN
        reason = f"mean of {len(known)} of {len(scores)} cameras; lowest {worst[0]:.2f} ({worst[1]})"
        parts.append((mean, reason if known else "no camera has enough data"))
    return _score("", parts, monitoring)


def _accuracy(diagnosis: Diagnosis) -> tuple[float, str]:
    known = [value for value in (diagnosis.precision, diagnosis.recall) if not np.isnan(value)]
    if not known:
        return UNKNOWN, f"{diagnosis.labelled_frames} random frames labelled: not enough data"
    said = f"precision {diagnosis.precision:.3f}, recall {diagnosis.recall:.3f}, the lower one"
    return min(known), f"{said}; {diagnosis.labelled_frames} random frames labelled"


def _drift(standings: Sequence[Standing], monitoring: Monitoring) -> tuple[float, str]:
    """1 within the warning bound or the null band, 0 at twice the alarm's; the newest reading of the worst signal."""
    spoken = [standing for standing in standings if standing.spoken]
    if not spoken:
        return UNKNOWN, "no window has enough frames"
    value, worst = min(((_held(one.latest, monitoring), one) for one in spoken), key=lambda held: held[0])
    return value, f"furthest now: {worst.signal} at {worst.latest.distance:.2f} in the window of a {worst.window}"


def _held(reading: Reading, monitoring: Monitoring) -> float:
    if reading.signal == JOINT:
        quiet, none = reading.noise, 2 * monitoring.chance.joint_breach * reading.noise
    else:
        quiet, none = max(monitoring.psi_warning, reading.noise), 2 * max(monitoring.psi_alarm, reading.noise)
    return float(np.clip((none - reading.distance) / max(none - quiet, 1e-9), 0, 1))


def _domain(counted: Mapping[str, int]) -> tuple[float, str]:
    frames, outside = counted.get("frames", 0), counted.get("out_of_domain", 0)
    if not frames:
        return UNKNOWN, "no frames"
    return max(0.0, 1 - outside / frames), f"{outside} of {frames} frames outside the validated world"


def _camera(counted: Mapping[str, int]) -> tuple[float, str]:
    frames = counted.get("frames", 0)
    if not frames:
        return UNKNOWN, "no frames"
    bad = {name: counted.get(name, 0) for name in OF_CAMERA}
    said = ", ".join(f"{number} {name}" for name, number in bad.items() if number) or "none of its faults"
    return max(0.0, 1 - sum(bad.values()) / frames), f"{said} in {frames} frames"


def _totals(field: Tally) -> dict[str, dict[str, int]]:
    names, numbers = np.unique(field.camera.astype(str), return_inverse=True)
    columns = dict(field.counters) or {"frames": field.frames}
    sums = {name: np.bincount(numbers, column, len(names)).astype(np.int64) for name, column in columns.items()}
    return {str(name): {key: int(sums[key][row]) for key in sums} for row, name in enumerate(names)}
