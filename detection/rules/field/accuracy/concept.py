"""Data drift or concept drift? Histograms say that frames changed; only labels say that the detector has failed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detection.rules.field.accuracy.labelled import FieldLabels
from detection.rules.field.accuracy.outcomes import Diagnosis, Drift
from detection.rules.field.watching.findings import Findings, Incident
from detection.rules.field.watching.tally import HOUR_S
from detection.rules.judging.intervals import Bounds, share_bounds
from detection.rules.spec.field import Monitoring, Objective

EVERY = "every"


def diagnose(findings: Findings, labels: FieldLabels, monitoring: Monitoring) -> tuple[Diagnosis, ...]:
    """One diagnosis for every camera that was watched or labelled, and (camera ``""``, first) for all of them.

    While a camera's incident is open, only labels of frames since it opened count: those before say how it was.

    Args:
        findings: what watching came to.
        labels: only frames that were drawn at random count.
        monitoring: of the spec; its objectives of every class give the floors, and how sure a loss must be.
    """
    drawn = labels.take(labels.drawn)
    going = {incident.camera: incident for incident in findings.incidents if incident.open}
    watched = {standing.camera for standing in findings.standings if standing.spoken}
    cameras = sorted({s.camera for s in findings.standings} | {str(camera) for camera in drawn.camera})
    since = np.array([_since(going.get(str(camera))) for camera in drawn.camera], np.int64)
    recent = drawn.take(drawn.captured_s >= since)
    whole = _diagnosis("", recent, monitoring, (bool(going), bool(watched)))
    return whole, *(
        _diagnosis(camera, recent.take(recent.camera == camera), monitoring, (camera in going, camera in watched))
        for camera in cameras
    )


def _diagnosis(camera: str, labels: FieldLabels, monitoring: Monitoring, seen: tuple[bool, bool]) -> Diagnosis:
    (moved, watched), objectives = seen, monitoring.objectives
    precision, recall = _bounds(labels, "precision", monitoring), _bounds(labels, "recall", monitoring)
    worse = any(_below(bounds, metric, objectives) for bounds, metric in ((precision, "precision"), (recall, "recall")))
    if worse:
        drift = Drift.CONCEPT
    elif precision is not None and recall is not None:
        drift = Drift.DATA if moved else Drift.NONE
    elif moved:
        drift = Drift.UNKNOWN
    else:
        drift = Drift.NONE if watched else Drift.UNWATCHED
    return Diagnosis(
        camera, drift, _observed(precision), _upper(precision), _observed(recall), _upper(recall), len(labels)
    )


def _bounds(labels: FieldLabels, metric: str, monitoring: Monitoring) -> Bounds | None:
    """Bounds of one share, grouped by camera and hour, for frames of one scene fail together; none if too few."""
    counts = labels.right(metric, EVERY)
    minimum = min(
        (one.minimum for one in monitoring.objectives if one.metric == metric and one.label == EVERY), default=1
    )
    if counts[:, 1].sum() < minimum:
        return None
    hours = np.array([f"{one}/{at}" for one, at in zip(labels.camera, labels.captured_s // HOUR_S, strict=True)])
    groups, numbers = np.unique(hours, return_inverse=True)
    grouped = np.zeros((len(groups), 2), np.int64)
    np.add.at(grouped, numbers, counts)
    return share_bounds(grouped[:, 0], grouped[:, 1], monitoring.chance.proof, 1)


def _below(bounds: Bounds | None, metric: str, objectives: Sequence[Objective]) -> bool:
    floors = [one.at_least for one in objectives if one.metric == metric and one.label == EVERY]
    return bounds is not None and any(bounds.upper < floor for floor in floors)


def _since(incident: Incident | None) -> int:
    return 0 if incident is None else incident.opened_s


def _observed(bounds: Bounds | None) -> float:
    return float("nan") if bounds is None else bounds.observed


def _upper(bounds: Bounds | None) -> float:
    return float("nan") if bounds is None else bounds.upper
