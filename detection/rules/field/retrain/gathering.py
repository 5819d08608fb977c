"""From what watching the field came to, to the evidence of a decision. Order of the findings plays no part."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from detection.rules.field.accuracy.outcomes import Diagnosis, Kept, ObjectiveStanding
from detection.rules.field.accuracy.outcomes import Drift as Kind
from detection.rules.field.retrain.evidence import Degraded, Drift, Evidence, Labels, Live, Service, Standing
from detection.rules.field.watching.findings import Incident
from detection.rules.field.watching.readings import Severity

_LABELS: dict[Kind, Labels] = {Kind.DATA: "hold", Kind.NONE: "hold", Kind.CONCEPT: "worse"}
_STANDINGS: dict[Kept, Standing] = {
    Kept.MET: "met", Kept.BELOW: "below", Kept.BREACHED: "breached", Kept.TOO_FEW: "not-enough"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """What watching the field came to.

    Attributes:
        incidents: all of them; those that are closed are passed over.
        diagnoses: what labels say, camera by camera.
        objectives: the spec's, with the days that have labels.
        degraded: open incidents of cameras' health.
    """

    incidents: Sequence[Incident] = ()
    diagnoses: Sequence[Diagnosis] = ()
    objectives: Sequence[ObjectiveStanding] = ()
    degraded: Sequence[Degraded] = ()


def gathered(as_of: datetime, live: Live, seen: Seen, labels_at_hand: int = 0) -> Evidence:
    """The evidence, in an order of its own: same findings, same evidence, same digest.

    Args:
        as_of: the moment up to which the findings reach.
        live: the release that runs.
        seen: the findings.
        labels_at_hand: frames labelled since it was trained.
    """
    said = {one.camera: _LABELS.get(one.drift, "not-enough") for one in seen.diagnoses}
    drifts = [_drift(one, said.get(one.camera, "not-enough")) for one in seen.incidents if one.open]
    return Evidence(
        as_of=as_of.astimezone(UTC),
        live=live,
        drifts=tuple(sorted(drifts, key=lambda d: (d.camera, d.incident))),
        degraded=tuple(sorted(seen.degraded, key=lambda d: (d.camera, d.incident))),
        services=tuple(sorted((_service(one) for one in seen.objectives), key=lambda s: s.objective)),
        labels_at_hand=labels_at_hand,
    )


def _drift(incident: Incident, labels: Labels) -> Drift:
    return Drift(
        incident=incident.id,
        camera=incident.camera,
        severity="alarm" if incident.severity is Severity.ALARM else "warning",
        opened_at=datetime.fromtimestamp(incident.opened_s, UTC),
        signals=incident.signals,
        labels=labels,
    )


def _service(standing: ObjectiveStanding) -> Service:
    last = standing.days[-1] if standing.days else None
    known = last is not None and not math.isnan(last.value)
    return Service(
        objective=standing.objective.name,
        standing=_STANDINGS[standing.kept],
        value=last.value if last is not None and known else None,
        at_least=standing.objective.at_least,
        labelled=last.labelled if last is not None else 0,
        minimum=standing.objective.minimum,
    )
