"""What a page shows of the field: telemetry beside the bundle it was counted under, labels, samples, decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from detection.edge.telemetry.counters import COUNTERS, Counters
from detection.edge.telemetry.latency import STEPS, Latencies
from detection.edge.trust.bundle import Bundle
from detection.outside import documents
from detection.outside.monitoring import baselines, lineage, thumbnails
from detection.outside.monitoring.labels import labels
from detection.outside.monitoring.lineage import Places
from detection.outside.telemetry.reading import telemetry_of
from detection.outside.telemetry.watched import Watched as Compared
from detection.outside.telemetry.watched import watch_folder
from detection.rules.evidence.field import fleet
from detection.rules.evidence.field.cameras import Counted
from detection.rules.evidence.field.counting import Known, counted
from detection.rules.evidence.field.health import CameraHealth
from detection.rules.evidence.field.page import Release, Watched
from detection.rules.evidence.field.samples import Sample
from detection.rules.field.accuracy.concept import diagnose
from detection.rules.field.accuracy.objectives import stand
from detection.rules.field.degraded import degraded
from detection.rules.field.trust import trust
from detection.rules.field.watching.tally import Tally
from detection.rules.spec.spec import Spec


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What is asked, and where the answers lie.

    Attributes:
        telemetry: folder of segments, or a receiver's store.
        bundle: that was running, verified.
        baselines: folder of accepted periods; none if cameras learn nothing.
        samples: folder of frames that devices kept; none if it is not here.
        places: of decisions, queues and sessions.
        detailed: cameras that are shown in detail.
        pictures: sampled frames that are shown.
    """

    telemetry: Path
    bundle: Bundle
    baselines: Path | None = None
    samples: Path | None = None
    places: Places = field(default_factory=Places)
    detailed: int = 12
    pictures: int = 24


def watched(question: Question) -> Watched:
    """Read, compare, gather.

    Raises:
        TelemetryError: no record at all, a damaged or foreign one, or an empty reference.
        DetectionError: another record is damaged; which one is said.
    """
    bundle, spec = question.bundle, spec_of(question.bundle)
    edges = bundle.reference().edges
    learnt = None if question.baselines is None else baselines.read(question.baselines, bundle.digest, edges)
    compared = watch_folder(question.telemetry, bundle, learnt)
    findings, monitoring = compared.findings, compared.monitoring
    length_s = min(window.length_s for window in monitoring.windows)
    told = labels(question.places.sessions, bundle.manifest.classes, bundle.digest)
    diagnoses = diagnose(findings, told, monitoring)
    return Watched(
        release=_release(bundle, spec, compared.variants),
        begins_s=int(compared.field.begins_s.min()),
        ends_s=int(compared.field.begins_s.max() + length_s),
        findings=findings,
        objectives=stand(monitoring.objectives, told),
        diagnoses=diagnoses,
        trust=trust(findings, compared.field, diagnoses, monitoring),
        health=_health(compared.field, _latency(question.telemetry, bundle)),
        counted=_counted(compared, Known(edges, compared.scenes, learnt), length_s, question.detailed),
        traces=lineage.traces(question.places, [incident.id for incident in findings.incidents]),
        samples=_samples(question),
        degraded=degraded(compared.field, bundle.digest, monitoring.chance.degraded_share),
    )


def spec_of(bundle: Bundle) -> Spec:
    """The specification that travels in a bundle.

    Raises:
        BundleError: the evidence lacks it, or it was changed.
        DocumentError: it is not a specification.
    """
    bundle.read("evidence/spec.yaml")
    return documents.read_document(Spec, bundle.folder / "evidence" / "spec.yaml")


def _release(bundle: Bundle, spec: Spec, variants: tuple[str, ...]) -> Release:
    manifest = bundle.manifest
    limits = {target.p95_ms for target in manifest.targets if target.variant in variants}
    return Release(
        name=f"{manifest.name} {manifest.counter}",
        bundle=bundle.digest,
        variants=variants,
        displays={one.id: one.display for one in spec.classes},
        p95_limit_ms=limits.pop() if len(limits) == 1 else None,
    )


def _latency(folder: Path, bundle: Bundle) -> dict[str, Mapping[str, Latencies]]:
    """For each step its counts by camera."""
    told = telemetry_of(folder, bundle)
    return {step: told.latencies(step) for step in STEPS}


def _health(windows: Tally, latency: Mapping[str, Mapping[str, Latencies]]) -> tuple[CameraHealth, ...]:
    names, numbers = np.unique(windows.camera.astype(str), return_inverse=True)
    sums = [np.bincount(numbers, windows.counters[name], len(names)).astype(np.int64).tolist() for name in COUNTERS]
    return tuple(
        CameraHealth(
            camera,
            Counters(*(column[row] for column in sums)),
            {step: by_camera[camera] for step, by_camera in latency.items() if camera in by_camera},
        )
        for row, camera in enumerate(names.tolist())
    )


def _samples(question: Question) -> tuple[Sample, ...]:
    if question.samples is None:
        return ()
    return thumbnails.samples(question.samples, question.bundle, question.pictures)


def _counted(compared: Compared, known: Known, length_s: float, detailed: int) -> dict[str, Counted]:
    """Histograms of the worst cameras."""
    standings = {one.camera: one for one in reversed(compared.findings.standings)}
    states = fleet.states(compared.findings, (), {})
    chosen = [one for one in states if one.camera in standings][:detailed]
    return {
        one.camera: counted(compared.field.of(one.camera), length_s, standings[one.camera], known, one.incident)
        for one in chosen
    }
